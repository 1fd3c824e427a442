// The tables in JSON: a file that nobody reads is words that nobody finds.

import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { causes } from '../../src/knowledge/causes.ts'
import { languages } from '../../src/knowledge/languages.ts'
import { providers } from '../../src/knowledge/providers.ts'

test.each([
  ['causes', causes.map(({ category }) => category)],
  ['languages', languages.map(({ code }) => code)],
  ['providers', providers.map(({ name }) => name)],
])('each file of %s is read', (folder, names) => {
  const files = readdirSync(`src/knowledge/${folder}`).map(file => file.replace(/\.json$/, ''))
  expect(files.sort()).toEqual([...new Set<string>(names)].sort())
})
