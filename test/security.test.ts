// SECURITY.md promises nothing that no test holds: each file that it names exists, and has the test of that name.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const page = readFileSync(join(root, 'SECURITY.md'), 'utf8')
const named = [...page.matchAll(/`(test\/[^`]+)`((?:: |, )?“[^”]+”(?:, “[^”]+”)*)?/g)].map(
  ([, file = '', names = '']) => ({ file, names: [...names.matchAll(/“([^”]+)”/g)].map(match => match[1]) }),
)

it('names the test behind each sentence that begins with what an attacker cannot do', () => {
  expect(named.length).toBeGreaterThan(25)
  const lists = page.split(/^Cannot:$/m).slice(1)
  for (const list of lists)
    for (const sentence of list.split(/^(?:Can:|#)/m)[0]?.match(/^- .*$/gm) ?? [])
      expect(sentence).toContain('`test/')
})

it.each(named)('$file has its tests', ({ file, names }) => {
  expect(existsSync(join(root, file))).toBe(true)
  for (const name of names) expect(readFileSync(join(root, file), 'utf8')).toContain(name)
})
