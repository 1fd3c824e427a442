// The memory of chunks goes round.

import { expect, test } from 'vitest'
import { SpentBuffers } from '../../src/reading/spent-buffers.ts'

const KB = 1024

test('what was given back is taken again, for whatever fits into it', () => {
  const buffers = new SpentBuffers()
  const first = buffers.take(70 * KB)
  expect(first).toHaveLength(70 * KB)
  const { buffer } = first
  buffers.give(first)
  const second = buffers.take(3)
  expect(second).toHaveLength(3)
  expect(second.buffer).toBe(buffer)
  expect(buffers.take(3).buffer).not.toBe(buffer)
})

test('what is larger than any chunk is not kept', () => {
  const buffers = new SpentBuffers()
  const large = buffers.take(200 * KB)
  expect(large).toHaveLength(200 * KB)
  buffers.give(large)
  expect(buffers.take(200 * KB).buffer).not.toBe(large.buffer)
})

test('no more is kept than chunks are read at a time', () => {
  const buffers = new SpentBuffers()
  const all = Array.from({ length: 100 }, () => buffers.take(1))
  for (const each of all) buffers.give(each)
  const again = Array.from({ length: 100 }, () => buffers.take(1).buffer)
  expect(again.filter(buffer => all.some(each => each.buffer === buffer))).toHaveLength(8)
})
