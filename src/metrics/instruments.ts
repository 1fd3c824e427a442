// Counters, gauges and histograms as the table describes them: a label or a word that is not in it does not compile.

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { type LabelValues, type MetricRow, table, type Vocabulary } from './table.ts'

type Table = typeof table
type Name = keyof Table
type NameOf<Kind extends MetricRow['kind']> = {
  [N in Name]: Table[N]['kind'] extends Kind ? N : never
}[Name]

type Word<Values> = Values extends readonly (infer W extends string)[] ? W : string

/** The labels of a metric: each with a word of its set, or with any text where another room owns the set. */
export type Labels<N extends Name> = Table[N] extends { readonly labels: infer L }
  ? { readonly [Label in keyof L]: Word<L[Label]> }
  : Readonly<Record<never, never>>

type LabelsIfAny<N extends Name> = Table[N] extends { readonly labels: object } ? [Labels<N>] : []

export interface Instruments {
  /** Adds one, or `by`. */
  readonly counter: <N extends NameOf<'counter'>>(name: N) => (labels: Labels<N>, by?: number) => void
  readonly gauge: <N extends NameOf<'gauge'>>(name: N) => GaugeOf<N>
  readonly histogram: <N extends NameOf<'histogram'>>(
    name: N,
  ) => (value: number, ...labels: LabelsIfAny<N>) => void
  /** In the Prometheus text format, Node's own metrics included. */
  readonly text: () => Promise<Exposition>
}

/** As HTTP sends it. */
export interface Exposition {
  readonly contentType: string
  readonly body: string
}

export interface GaugeOf<N extends Name> {
  readonly set: (labels: Labels<N>, value: number) => void
  readonly add: (labels: Labels<N>, by: number) => void
}

/** Stands for every word that is not of another room's set. */
export const other = 'other'

/** Makes of a function one that tells `onError` where it would throw. */
export const guard =
  (onError: (error: unknown) => void) =>
  <Arguments extends readonly unknown[]>(move: (...given: Arguments) => void) =>
  (...given: Arguments): void => {
    try {
      move(...given)
    } catch (error) {
      onError(error)
    }
  }

/** Instruments in a registry of their own. None of what they give throws: `onError` is told instead. */
export function createInstruments(vocabulary: Vocabulary, onError: (error: unknown) => void): Instruments {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const rowOf = (name: Name): MetricRow => table[name]
  const known = Object.fromEntries(
    Object.entries(vocabulary).map(([set, words]) => [set, new Set([...words, other])]),
  )
  /** What a label may have, once every set is known; null for free text. */
  const wordsOf = (values: LabelValues): ReadonlySet<string> | null =>
    typeof values === 'string' ? (known[values] ?? null) : new Set(values)

  const options = (name: Name) => {
    const { help, labels, buckets } = rowOf(name)
    return {
      name,
      help,
      registers: [registry],
      ...(labels ? { labelNames: Object.keys(labels) } : {}),
      ...(buckets ? { buckets: [...buckets] } : {}),
    }
  }
  const guarded = guard(onError)
  /** Holds words of other rooms' sets to these sets. */
  const folding = (name: Name) => {
    const sets = Object.entries(rowOf(name).labels ?? {}).flatMap(([label, values]) => {
      const words = typeof values === 'string' ? wordsOf(values) : null
      return words ? [[label, words] as const] : []
    })
    return (labels: Readonly<Record<string, string>>): Record<string, string> => {
      const folded = { ...labels }
      for (const [label, words] of sets) if (!words.has(folded[label] ?? '')) folded[label] = other
      return folded
    }
  }

  /** All series of a metric: rate() misses the first event of one that has no 0 before it. */
  const seriesOf = (name: Name) =>
    product(
      Object.entries(rowOf(name).labels ?? {}).map(([label, values]) => [
        label,
        [...(wordsOf(values) ?? [])],
      ]),
    )

  return {
    counter: name => {
      const counter = new Counter(options(name))
      for (const series of seriesOf(name)) counter.inc(series, 0)
      const fold = folding(name)
      return guarded((labels, by = 1) => counter.inc(fold(labels), by))
    },
    gauge: name => {
      const gauge = new Gauge(options(name))
      return {
        set: guarded((labels, value) => gauge.set({ ...labels }, value)),
        add: guarded((labels, by) => gauge.inc({ ...labels }, by)),
      }
    },
    histogram: name => {
      const histogram = new Histogram(options(name))
      if (rowOf(name).labels) for (const series of seriesOf(name)) histogram.zero(series)
      const fold = folding(name)
      return guarded((value, labels = {}) => histogram.observe(fold(labels), value))
    },
    text: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  }
}

/** Every combination of the words of some labels. */
function product(
  labels: readonly (readonly [label: string, words: readonly string[]])[],
): readonly Record<string, string>[] {
  return labels.reduce<readonly Record<string, string>[]>(
    (all, [label, words]) => all.flatMap(series => words.map(word => ({ ...series, [label]: word }))),
    [{}],
  )
}
