// No regular expression over a stranger's text backtracks without bound: none repeats a repetition, and none that is
// searched for anywhere begins with one, since it would be tried from each of the characters that it repeats.

import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const source = resolve(import.meta.dirname, '..', 'src')
/** The rooms that see what strangers wrote. */
const rooms = ['message', 'report', 'classify', 'knowledge']
const literal =
  /(?<=[=(,:!&|?[{};\s])\/(?![/*])((?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+)\/[dgimsuvy]*(?=[\s.,;)\]}])/g

const patterns = rooms.flatMap(room =>
  readdirSync(join(source, room), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts'))
    .flatMap(file => {
      const code = readFileSync(join(source, room, file), 'utf8').replace(/^\s*(?:\/\/|\/?\*).*$/gm, '')
      return [...code.matchAll(literal)].map(([, body = '']) => ({ file: `${room}/${file}`, body }))
    }),
)

/** `*`, `+` or `{n,}`; what has an upper bound multiplies the time by no more than that bound. */
const unbounded = /^(?:[*+]|\{\d+,\})/

/** How a pattern could be made to backtrack, or null. */
function dangerOf(body: string): string | null {
  const plain = body.replace(/\\./g, 'x').replace(/\[[^\]]*\]/g, 'x')
  // Whether each open group holds an unbounded repetition.
  const open: boolean[] = []
  for (let at = 0; at < plain.length; at++) {
    const isRepeated = unbounded.test(plain.slice(at + 1))
    if (plain[at] === '(') open.push(false)
    else if (plain[at] === ')') {
      if (open.pop() && isRepeated) return 'repeats a repetition'
    } else if (isRepeated) open.fill(true)
  }
  // What repeats and ends there matches wherever it begins: nothing is tried twice.
  return /(?:^|\|)(?:\((?:\?:)?)*[^^()|](?:[*+]|\{\d+,\})[^|)]/.test(plain)
    ? 'begins with a repetition'
    : null
}

describe('a pattern', () => {
  it.each([
    ['(a+)+', 'repeats a repetition'],
    ['(?:\\s*,)*x', 'repeats a repetition'],
    ['((a|b*)c)+', 'repeats a repetition'],
    ['\\s+$', 'begins with a repetition'],
    ['^a|[ab]*c', 'begins with a repetition'],
    ['(?:a*b)', 'begins with a repetition'],
    ['^[a-z]+$', null],
    ['(?:a{1,8}b)+', null],
    ['\\(a+\\)+', null],
    ['\\s+|b', null],
    ['b(?:a+c)?', null],
  ])('%s: %s', (body, expected) => expect(dangerOf(body)).toBe(expected))
})

it('none of ours is dangerous', () => {
  expect(patterns.length).toBeGreaterThan(100)
  const found = patterns.flatMap(({ file, body }) => {
    const danger = dangerOf(body)
    return danger === null ? [] : [`${file}: /${body}/ ${danger}`]
  })
  expect(found).toEqual([])
})
