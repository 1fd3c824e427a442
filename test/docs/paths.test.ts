// The files and folders that the pages for contributors name exist.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../end-to-end/server.ts'

/** Paths in backticks, without those that have a placeholder in capitals, a star or an option. */
function paths(text: string): readonly string[] {
  const code = text.replace(/^```[\s\S]*?^```/gm, '')
  const words = [...code.matchAll(/`([^`\n]+)`/g)].flatMap(match => (match[1] ?? '').split(' '))
  return words.filter(
    word => /^\.?[\w.-]+\/[\w./-]*$|^[\w.-]+\.(ts|md|json)$/.test(word) && !/[A-Z]{2,}/.test(word),
  )
}

// ARCHITECTURE.md is about `src` and leaves it out of the paths.
const places = ['.', 'src', 'src/store', 'src/store/homes', 'test/message']

test.each(['CONTRIBUTING.md', 'ARCHITECTURE.md'])('%s', page => {
  const named = paths(readFileSync(join(root, page), 'utf8'))
  expect(named.length).toBeGreaterThan(15)
  expect(named.filter(path => !places.some(place => existsSync(join(root, place, path))))).toEqual([])
})
