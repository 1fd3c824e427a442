// Charts as SVG, drawn on the server; the numbers behind them stand in their tables or titles.

import type { VNode } from 'preact'
import type { Summary } from '../model/summary.ts'
import { Table, type TableColumn } from './table.tsx'

type Item = Summary['items'][number]

const width = 720
const height = 180
const foot = 18
const left = 34
/** Of one column. */
const widest = 40

/** What is drawn on what, from below. */
interface Layer {
  readonly name: string
  readonly title: string
  readonly of: (item: Item) => number
}

const layers: readonly Layer[] = [
  { name: 'hard', title: 'Hard', of: ({ hard }) => hard },
  { name: 'soft', title: 'Soft', of: ({ soft, blocked }) => soft - blocked },
  { name: 'blocked', title: 'Soft, blocked', of: ({ blocked }) => blocked },
]
const sent: readonly Layer[] = [{ name: 'sent', title: 'Sent', of: item => item.sent ?? 0 }]

interface ColumnsProps {
  readonly items: readonly Item[]
  readonly label: string
}

/** Hard, soft and blocked of each day or hour, one on the other. */
export function Columns(props: ColumnsProps): VNode {
  return (
    <Chart
      {...props}
      layers={layers}
      words={({ key, hard, soft, blocked }) =>
        `${key}: ${hard} hard, ${soft} soft, ${blocked} of them blocked`
      }
    />
  )
}

/** Mails sent on each day. */
export function SentColumns(props: ColumnsProps): VNode {
  return <Chart {...props} layers={sent} words={item => `${item.key}: ${item.sent ?? 0} sent`} />
}

function Chart({
  items,
  label,
  layers,
  words,
}: ColumnsProps & { readonly layers: readonly Layer[]; readonly words: (item: Item) => string }): VNode {
  const sumOf = (item: Item): number => layers.reduce((sum, { of }) => sum + of(item), 0)
  const most = niceTop(Math.max(1, ...items.map(sumOf)))
  const step = Math.min(widest, (width - left) / Math.max(items.length, 1))
  const scale = (height - foot - 8) / most
  const every = Math.ceil(items.length / 8)
  return (
    <figure class="figure-block">
      <figcaption>{label}</figcaption>
      <svg class="chart" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
        {[0, most / 2, most].map(value => (
          <g key={value}>
            <line class="axis" x1={left} x2={width} y1={yOf(value, scale)} y2={yOf(value, scale)} />
            <text x={left - 6} y={yOf(value, scale) + 4} text-anchor="end">
              {short(value)}
            </text>
          </g>
        ))}
        {items.map((item, at) => (
          <g key={item.key}>
            <title>{words(item)}</title>
            <Stack
              item={item}
              layers={layers}
              x={left + at * step}
              width={Math.max(step - 2, 1)}
              scale={scale}
            />
          </g>
        ))}
        {items.map((item, at) =>
          at % every === 0 ? (
            <text
              key={item.key}
              x={left + at * step}
              y={height - 4}
              class={(at / every) % 2 === 1 ? 'foot second' : 'foot'}
            >
              {item.key.length > 10 ? `${item.key.slice(5, 10)} ${item.key.slice(11)}h` : item.key.slice(5)}
            </text>
          ) : null,
        )}
      </svg>
      <Legend layers={layers} />
    </figure>
  )
}

const yOf = (value: number, scale: number): number => height - foot - value * scale

function Stack(props: {
  readonly item: Item
  readonly layers: readonly Layer[]
  readonly x: number
  readonly width: number
  readonly scale: number
}): VNode {
  const { item, layers, x, width, scale } = props
  let below = 0
  return (
    <>
      {layers.map(({ name, of }) => {
        const value = of(item)
        below += value
        return value === 0 ? null : (
          <rect
            key={name}
            class={`${name}-fill`}
            x={x.toFixed(1)}
            y={yOf(below, scale).toFixed(1)}
            width={width.toFixed(1)}
            height={(value * scale).toFixed(1)}
          />
        )
      })}
    </>
  )
}

function Legend({ layers }: { readonly layers: readonly Layer[] }): VNode {
  return (
    <ul class="legend">
      {layers.map(({ name, title }) => (
        <li key={name}>
          <svg viewBox="0 0 10 10" aria-hidden="true">
            <rect class={`${name}-fill`} width="10" height="10" rx="2" />
          </svg>
          {title}
        </li>
      ))}
    </ul>
  )
}

/** One bar of hard, soft and blocked, as long as its share of `most`. */
function Bar({ item, most }: { readonly item: Item; readonly most: number }): VNode {
  let x = 0
  return (
    <svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
      {layers.map(({ name, of }) => {
        const length = (100 * of(item)) / Math.max(most, 1)
        x += length
        return length === 0 ? null : (
          <rect
            key={name}
            class={`${name}-fill`}
            x={(x - length).toFixed(2)}
            width={length.toFixed(2)}
            height="6"
          />
        )
      })}
    </svg>
  )
}

/** The sums by one key, each with its bar. */
export function SumTable(props: {
  readonly items: readonly Item[]
  readonly heading: string
  readonly label: string
  /** Where a row leads. */
  readonly link?: (key: string) => string
}): VNode {
  const { items, heading, label, link } = props
  const shown = items.filter(({ hard, soft }) => hard + soft > 0).slice(0, 12)
  const most = Math.max(0, ...shown.map(({ hard, soft }) => hard + soft))
  const number = (title: string, value: (item: Item) => number): TableColumn<Item> => ({
    title,
    kind: 'number',
    cell: item => value(item).toLocaleString('en'),
  })
  const columns: readonly TableColumn<Item>[] = [
    { title: heading, cell: ({ key }) => (link === undefined ? key : <a href={link(key)}>{key}</a>) },
    number('Hard', item => item.hard),
    number('Soft', item => item.soft),
    number('Blocked', item => item.blocked),
    { title: 'Share', kind: 'share', cell: item => <Bar item={item} most={most} /> },
  ]
  return (
    <Table
      label={label}
      columns={columns}
      items={shown}
      keyOf={({ key }) => key}
      isSlim
      empty="No bounces: nothing to compare yet."
    />
  )
}

/** The next number that is round, and whose half is whole. */
function niceTop(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most))
  const top = [1, 2, 4, 6, 8, 10].map(factor => factor * power).find(value => value >= most) ?? most
  return Math.max(2, top)
}

function short(value: number): string {
  if (value >= 1_000_000) return `${value / 1_000_000}M`
  return value >= 1_000 ? `${value / 1_000}k` : String(value)
}
