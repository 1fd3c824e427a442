// Rows under headings in aligned columns: as wide as the terminal, or as the text where there is none.

import type { Cell } from '../view/shown.ts'
import { harmless, type Io } from './terminal.ts'

const gap = '  '
/** No column is made narrower to fit a terminal. */
const narrowest = 8
/** Words whose meaning a colour repeats: SGR codes (ECMA-48 §8.3.117). */
const colors: Readonly<Record<string, number>> = { hard: 31, soft: 33, agrees: 32 }
const bold = 1

/**
 * Writes a table; cells longer than `widest` characters, or than the terminal leaves them, end with an ellipsis. On a
 * terminal that is too narrow for its columns, a block of lines for each row.
 */
export function printTable(
  io: Io,
  headings: readonly string[],
  rows: readonly (readonly Cell[])[],
  widest = 48,
): void {
  const cells = [headings, ...rows].map(row => row.map(cell => cut(cellText(cell), widest)))
  const natural = headings.map((_, column) => Math.max(...cells.map(row => lengthOf(row[column] ?? ''))))
  const columns = io.terminal?.columns ?? Number.POSITIVE_INFINITY
  const widths = fitted(natural, columns)
  const paint = io.terminal?.hasColors ? painted : (text: string) => text
  const lines =
    rows.length === 0 || sum(widths) + gap.length * (widths.length - 1) <= columns
      ? tableLines(cells, widths, paint)
      : blockLines(headings, cells.slice(1), columns, paint)
  io.out(lines.join('\n'))
}

type Paint = (text: string, color: number) => string
type Texts = readonly string[]

function tableLines(cells: readonly Texts[], widths: readonly number[], paint: Paint): Texts {
  return cells.map((row, at) =>
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
}

/** A line for each cell, an empty one between the rows. */
function blockLines(headings: Texts, rows: readonly Texts[], columns: number, paint: Paint): Texts {
  const label = Math.max(...headings.map(lengthOf))
  const room = Math.max(narrowest, columns - label - gap.length)
  return rows.flatMap((row, at) => [
    ...(at === 0 ? [] : ['']),
    ...row.map((cell, column) => {
      const heading = headings[column] ?? ''
      const color = colors[cell]
      const text = color === undefined ? cut(cell, room) : paint(cell, color)
      return paint(heading, bold) + ' '.repeat(label - lengthOf(heading)) + gap + text
    }),
  ])
}

/** A value as people read it. */
export function cellText(cell: Cell): string {
  if (cell === null) return '–'
  if (cell instanceof Date) return cell.toISOString()
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no'
  return harmless(String(cell))
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)

const lengthOf = (text: string): number => [...text].length

function cut(text: string, width: number): string {
  return lengthOf(text) > width ? `${[...text].slice(0, width - 1).join('')}…` : text
}

const painted = (text: string, color: number): string => `\u001b[${color}m${text}\u001b[0m`

/** Takes from the widest columns until all fit, or none can give more. */
function fitted(natural: readonly number[], columns: number): readonly number[] {
  const widths = [...natural]
  const room = columns - gap.length * (widths.length - 1)
  for (let excess = sum(widths) - room; excess > 0; excess--) {
    const widest = Math.max(...widths)
    if (widest <= narrowest) break
    widths[widths.indexOf(widest)] = widest - 1
  }
  return widths
}
