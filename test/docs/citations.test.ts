// A comment that cites a section names a document that its reader can open.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../end-to-end/server.ts'

const folders = ['src', 'migrations', 'scripts', 'test']
const files = folders.flatMap(folder =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => /\.tsx?$/.test(name) && !name.includes('fixtures/'))
    .map(name => join(folder, name)),
)

const document = /RFC \d+|ECMA-\d+|HTML|WHATWG|PROXY protocol|https:/

/** Sections for which neither the text just before nor the head of the file names a document. */
function uncited(text: string): readonly string[] {
  return [...text.matchAll(/§\d/g)].flatMap(({ index }) => {
    const before = text.slice(Math.max(0, index - 120), index)
    return document.test(before) || document.test(text.slice(0, 300))
      ? []
      : [text.slice(index - 40, index + 10)]
  })
}

test('there are files', () => expect(files.length).toBeGreaterThan(300))

test('every section cited is one of an RFC or of another published document', () => {
  const wrong = files.flatMap(file =>
    uncited(readFileSync(join(root, file), 'utf8')).map(place => `${file}: ${place}`),
  )
  expect(wrong).toEqual([])
})

test('a section of no document is noticed', () => {
  expect(uncited(`// Decided by ${'§'}2.4.`)).toHaveLength(1)
  expect(uncited('// RFC 3464 §2.3.4: a comment may follow the code')).toEqual([])
})
