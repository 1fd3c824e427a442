// Lines of the log: gathered, written in order, kept while the reader is slow, and never lost at the end.

import { spawnSync } from 'node:child_process'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLineBuffer } from '../../src/system/line-buffer.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const failure = (code: string): Error => Object.assign(new Error(code), { code })
const lostLine = (lines: number): string => `lost ${lines}\n`

/** A reader that takes what `takes` says of each write: so many bytes, or an error code. */
function reader(takes: (bytes: number) => number | string) {
  const writes: Buffer[] = []
  const lines = createLineBuffer(2, lostLine, (_fd, bytes) => {
    const taken = takes(bytes.length)
    if (typeof taken === 'string') throw failure(taken)
    writes.push(Buffer.from(bytes.subarray(0, taken)))
    return taken
  })
  return { writes, lines, text: () => Buffer.concat(writes).toString() }
}

describe('lines', () => {
  it('are written together, within 100 ms', () => {
    const { lines, writes } = reader(bytes => bytes)
    for (const line of ['one\n', 'two\n']) lines.write(line)
    expect(writes).toEqual([])
    vi.advanceTimersByTime(100)
    expect(writes.map(String)).toEqual(['one\ntwo\n'])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('are written at once when they are many', () => {
    const { lines, writes } = reader(bytes => bytes)
    lines.write(`${'x'.repeat(20_000)}\n`)
    expect(writes.length).toBe(1)
  })

  it('are written whole and in order by a pipe that takes a few bytes at a time', () => {
    let calls = 0
    const { lines, text } = reader(bytes => (calls++ % 3 === 0 ? 'EAGAIN' : Math.min(bytes, 7)))
    const sent = Array.from({ length: 50 }, (_, n) => `line ${n} — ü\n`)
    for (const line of sent) {
      lines.write(line)
      vi.advanceTimersByTime(30)
    }
    vi.advanceTimersByTime(60_000)
    expect(text()).toBe(sent.join(''))
  })

  it('are dropped beyond a bound while nobody reads, and the next reader is told how many', () => {
    let isStuck = true
    const { lines, text } = reader(bytes => (isStuck ? 'EAGAIN' : bytes))
    const line = `${'x'.repeat(999)}\n`
    for (let n = 0; n < 10_000; n++) lines.write(line)
    isStuck = false
    vi.advanceTimersByTime(1_000)
    const got = text().split('\n').slice(0, -1)
    const lost = Number(/^lost (\d+)$/.exec(got.at(-1) ?? '')?.[1])
    expect(got.length - 1 + lost).toBe(10_000)
    expect(lost).toBeGreaterThan(5_000)
  })

  it('that nobody will ever read end nothing', () => {
    const { lines } = reader(() => 'EPIPE')
    lines.write('one\n')
    expect(() => lines.flushSync()).not.toThrow()
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('the last lines of a process are there', () => {
  const log = new URL('../../src/system/log.ts', import.meta.url).href
  const endings = {
    'that exits': 'process.exit(3)',
    'that ends by itself': '',
    'that dies of an exception': 'throw new Error("the end")',
    'that kills itself after a fatal line': 'log.fatal("the end"); process.kill(process.pid, "SIGKILL")',
  }
  it.each(Object.entries(endings))('%s', (_, ending) => {
    const script = `import { createLog } from ${JSON.stringify(log)}; const log = createLog('info'); for (let n = 0; n < 2000; n++) log.info({ n }, 'line'); ${ending}`
    const { stderr } = spawnSync(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', script],
      {
        encoding: 'utf8',
      },
    )
    const numbers = stderr.split('\n').flatMap(line => /"n":(\d+)/.exec(line)?.[1] ?? [])
    expect(numbers).toEqual(Array.from({ length: 2000 }, (_, n) => String(n)))
  })
})
