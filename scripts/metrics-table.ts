// The metrics as a Markdown table, for docs/metrics.md: `npm run readme` writes it.

import { vocabulary } from '../src/counting.ts'
import { type LabelValues, type MetricRow, table } from '../src/metrics/table.ts'

/** More words than that are named by what they are. */
const fewWords = 16

const many: Readonly<Record<string, string>> = {
  category: 'the categories (`rebound categories`)',
  provider: 'the providers that Rebound knows, `other`',
}

/** A row for each metric: name, kind, labels with their words, help. */
export function metricsTable(): string {
  const rows = Object.entries(table).map(([name, row]: [string, MetricRow]) => {
    const labels = Object.entries(row.labels ?? {}).map(
      ([label, values]) => `\`${label}\`: ${wordsOf(label, values)}`,
    )
    return `| \`${name}\` | ${row.kind} | ${row.help} | ${labels.join('; ')} |`
  })
  return ['| Metric | Kind | What it shows | Labels |', '| --- | --- | --- | --- |', ...rows, ''].join('\n')
}

function wordsOf(label: string, values: LabelValues): string {
  if (values === 'free') return 'text'
  const words = typeof values === 'string' ? [...vocabulary[values], 'other'] : values
  if (words.length <= fewWords) return [...new Set(words)].map(word => `\`${word}\``).join(', ')
  return many[label] ?? [...new Set(words)].map(word => `\`${word}\``).join(', ')
}
