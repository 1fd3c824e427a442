// Rows under headings in aligned columns: as wide as the terminal, or as the text where there is none.

import type { Cell } from '../view/shown.ts'
import { harmless, type Io } from './terminal.ts'

const gap = '  '
/** No column is made narrower to fit a terminal. */
const narrowest = 8
/** Words whose meaning a colour repeats: SGR codes (ECMA-48 §8.3.117). */
const colors: Readonly<Record<string, number>> = { hard: 31, soft: 33, agrees: 32 }
const bold = 1

/** Writes a table; cells longer than `widest` characters, or than the terminal leaves them, end with an ellipsis. */
export function printTable(
  io: Io,
  headings: readonly string[],
  rows: readonly (readonly Cell[])[],
  widest = 48,
): void {
  const cells = [headings, ...rows].map(row => row.map(cell => cut(cellText(cell), widest)))
  const natural = headings.map((_, column) => Math.max(...cells.map(row => lengthOf(row[column] ?? ''))))
  const widths = io.terminal === undefined ? natural : fitted(natural, io.terminal.columns)
  const paint = io.terminal?.hasColors ? painted : (text: string) => text
  const lines = cells.map((row, at) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0
        const text = cut(cell, width)
        const color = at === 0 ? bold : colors[cell]
        // Nothing behind the last column: a line that wraps is two.
        const padding = column === row.length - 1 ? '' : ' '.repeat(width - lengthOf(text))
        return (color === undefined ? text : paint(text, color)) + padding
      })
      .join(gap)
      .trimEnd(),
  )
  io.out(lines.join('\n'))
}

/** A value as people read it. */
export function cellText(cell: Cell): string {
  if (cell === null) return '–'
  if (cell instanceof Date) return cell.toISOString()
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no'
  return harmless(String(cell))
}

const lengthOf = (text: string): number => [...text].length

function cut(text: string, width: number): string {
  return lengthOf(text) > width ? `${[...text].slice(0, width - 1).join('')}…` : text
}

const painted = (text: string, color: number): string => `\u001b[${color}m${text}\u001b[0m`

/** Takes from the widest columns until all fit, or none can give more. */
function fitted(natural: readonly number[], columns: number): readonly number[] {
  const widths = [...natural]
  const room = columns - gap.length * (widths.length - 1)
  for (let excess = widths.reduce((sum, width) => sum + width, 0) - room; excess > 0; excess--) {
    const widest = Math.max(...widths)
    if (widest <= narrowest) break
    widths[widths.indexOf(widest)] = widest - 1
  }
  return widths
}
