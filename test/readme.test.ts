// The README's settings table is the table of config.ts, and its links lead somewhere.

import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { settingsTable } from '../scripts/readme-settings.ts'

const root = resolve(import.meta.dirname, '..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')

test('the settings table is current (npm run readme)', () => {
  const shown = /<!-- settings -->\n([\s\S]*?)<!-- \/settings -->/.exec(readme)?.[1]
  expect(shown).toBe(settingsTable())
})

test('every relative link leads to a file', () => {
  const targets = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(match => match[1] ?? '')
  expect(targets.length).toBeGreaterThan(2)
  expect(targets.filter(target => !existsSync(join(root, target)))).toEqual([])
})
