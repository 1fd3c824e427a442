// The README's settings table is the table of config.ts, and its links lead somewhere.

import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { categoriesTable } from '../scripts/categories-table.ts'
import { metricsTable } from '../scripts/metrics-table.ts'
import { settingsTable } from '../scripts/readme-settings.ts'
import { advices } from '../src/model/categories.ts'
import { kinds } from '../src/model/report.ts'

const root = resolve(import.meta.dirname, '..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')

test('the settings table is current (npm run readme)', () => {
  const shown = /<!-- settings -->\n([\s\S]*?)<!-- \/settings -->/.exec(readme)?.[1]
  expect(shown).toBe(settingsTable())
})

test('the metrics table of docs/metrics.md is current (npm run readme)', () => {
  const page = readFileSync(join(root, 'docs/metrics.md'), 'utf8')
  expect(/<!-- metrics -->\n([\s\S]*?)<!-- \/metrics -->/.exec(page)?.[1]).toBe(metricsTable())
})

test('docs/verdicts.md has the categories (npm run readme), every kind and every advice', () => {
  const page = readFileSync(join(root, 'docs/verdicts.md'), 'utf8')
  expect(/<!-- categories -->\n([\s\S]*?)<!-- \/categories -->/.exec(page)?.[1]).toBe(categoriesTable())
  const rows = [...page.matchAll(/^\| `([a-z-]+)` \| /gm)].map(([, word]) => word)
  expect(rows).toEqual(expect.arrayContaining([...kinds, ...advices]))
})

test('every relative link leads to a file', () => {
  const targets = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(match => match[1] ?? '')
  expect(targets.length).toBeGreaterThan(2)
  expect(targets.filter(target => !existsSync(join(root, target)))).toEqual([])
})
