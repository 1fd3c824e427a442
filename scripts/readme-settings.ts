// Writes the settings table of config.ts into README.md: `npm run readme`.

import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { settings } from '../src/settings/config.ts'

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
