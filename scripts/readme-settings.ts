// Writes the tables that come from the sources: the settings into README.md, the metrics and the
// categories into their pages.
// `npm run readme`.

import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { settings } from '../src/settings/table.ts'
import { categoriesTable } from './categories-table.ts'
import { metricsTable } from './metrics-table.ts'

/** The settings as a Markdown table. */
export function settingsTable(): string {
  const rows = settings.map(row => {
    const fallback = row.fallback ? `\`${row.fallback}\`` : ''
    // The name of the machine that runs this is not a default to print.
    const shown = row.key === 'hostname' ? 'the machine’s name' : fallback
    return `| \`${row.name}\` | ${shown} | ${row.help} |`
  })
  return ['| Name | Default | What it does |', '| --- | --- | --- |', ...rows, ''].join('\n')
}

function write(file: string, name: string, table: string): void {
  const path = join(resolve(import.meta.dirname, '..'), file)
  const text = readFileSync(path, 'utf8')
  const [open, close] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`]
  const before = text.slice(0, text.indexOf(open) + open.length)
  writeFileSync(path, before + table + text.slice(text.indexOf(close)))
}

if (process.argv[1] === import.meta.filename) {
  write('README.md', 'settings', settingsTable())
  write('docs/metrics.md', 'metrics', metricsTable())
  write('docs/verdicts.md', 'categories', categoriesTable())
}
