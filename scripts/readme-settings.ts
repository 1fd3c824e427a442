// Writes the settings table of config.ts into README.md: `npm run readme`.

import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { settings } from '../src/settings/config.ts'

/** The settings as a Markdown table. */
export function settingsTable(): string {
  const rows = settings.map(row => {
    // A machine's own name is no default to print.
    const fallback = row.key === 'hostname' ? 'the machine’s name' : row.fallback ? `\`${row.fallback}\`` : ''
    return `| \`${row.name}\` | ${fallback} | ${row.help} |`
  })
  return ['| Name | Default | What it does |', '| --- | --- | --- |', ...rows, ''].join('\n')
}

if (process.argv[1] === import.meta.filename) {
  const path = join(resolve(import.meta.dirname, '..'), 'README.md')
  const text = readFileSync(path, 'utf8')
  writeFileSync(
    path,
    text.replace(
      /(<!-- settings -->\n)[\s\S]*?(<!-- \/settings -->)/,
      (_, open, close) => open + settingsTable() + close,
    ),
  )
}
