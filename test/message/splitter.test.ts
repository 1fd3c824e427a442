// What the splitter keeps of long lines and at its limits, and what we rely on of mailparser's, which its types do not name.

import { Splitter, type SplitterChunk } from '@zone-eu/mailsplit'
import { describe, expect, it } from 'vitest'
import type { Leaf, Split, SplitLimits } from '../../src/message/leaf.ts'
import { LeafSplitter } from '../../src/message/splitter.ts'

const KB = 1024
const BLOCK_BYTES = 16 * KB
const limits: SplitLimits = {
  maxHeadBytes: 128 * KB,
  maxParts: 100,
  maxPartBytes: 256 * KB,
  maxKeptBytes: 1024 * KB,
}
const multipart = 'Content-Type: multipart/mixed; boundary=b\n\n'

/** Splits a mail in blocks as they come from `LineEnds`. */
function split(mail: string, given: Partial<SplitLimits> = {}): Split & { readonly failure: string | null } {
  const splitter = new LeafSplitter({ ...limits, ...given })
  const bytes = Buffer.from(mail)
  let at = 0
  for (; at + BLOCK_BYTES <= bytes.length; at += BLOCK_BYTES)
    splitter.write(bytes.subarray(at, at + BLOCK_BYTES))
  const rest = splitter.end(bytes.subarray(at))
  return { ...rest, failure: splitter.failure }
}

const bodies = (leaves: readonly Leaf[]): readonly string[] => leaves.map(({ body }) => body)

describe("mailparser's splitter", () => {
  it('takes a line and gives at once what it belongs to, or that a delimiter closed a node', () => {
    const said: string[] = []
    const tell = (chunk: SplitterChunk): void => {
      said.push(chunk.type === 'node' ? `node ${chunk.contentType}` : `${chunk.type} ${chunk.value}`)
    }
    const splitter = new Splitter({ ignoreEmbedded: true }) as unknown as {
      processLine(
        line: Buffer,
        isLast: boolean,
        next: (error: Error | null, chunk?: SplitterChunk) => void,
      ): void
      push(chunk: SplitterChunk): boolean
      checkBoundary(line: Buffer): number | false
      pendingLineTruncated: boolean
      readonly node: { readonly headers: unknown }
    }
    splitter.push = chunk => {
      tell(chunk)
      return true
    }
    const line = (text: string, isLast = false): void =>
      splitter.processLine(Buffer.from(text), isLast, (error, chunk) => {
        expect(error ?? null).toBe(null)
        if (chunk) tell(chunk)
      })
    expect(splitter.node.headers).toBe(false)
    for (const text of ['Content-Type: multipart/mixed; boundary=b\n', '\n']) line(text)
    expect(splitter.node.headers).toBeTruthy()
    expect([
      splitter.checkBoundary(Buffer.from('--a\n')),
      splitter.checkBoundary(Buffer.from('--b\n')),
    ]).toEqual([false, 1])
    line('--b\n')
    expect(splitter.node.headers).toBe(false)
    for (const text of ['\n', 'one\rtwo\n']) line(text)
    expect(said.splice(0)).toEqual([
      'node multipart/mixed',
      'data --b\n',
      'node text/plain',
      'body one\rtwo\n',
    ])
    // What goes on where a line was cut is no delimiter.
    splitter.pendingLineTruncated = true
    line('--b\n')
    line('--b\n')
    line('Content-Type: text/html\n')
    line('--b--\n')
    line('', true)
    expect(said).toEqual(['body --b\n', 'data --b\n', 'node text/html', 'data --b--\n', 'data '])
  })
})

/** A mail that begins so and goes on in the same line to the very end of a block. */
const filled = (start: string, text: string, blocks: number): string =>
  start + text.repeat(blocks * BLOCK_BYTES).slice(0, blocks * BLOCK_BYTES - start.length)

describe('a line longer than is waited for', () => {
  it.each(['x', '-', ' ', 'joined\rlines '])('of %j in a body holds no delimiter', text => {
    for (const blocks of [1, 4, 5, 8, 9]) {
      const long = filled(`${multipart}--b\n\n`, text, blocks)
      const { leaves } = split(`${long}--b\n--b\n\nsecond\n--b--\n`)
      expect(leaves.map(({ body }) => body.length)).toEqual([long.length - multipart.length - 5 + 3, 6])
    }
  })

  it('gives the line end before a delimiter to the delimiter', () => {
    for (const blocks of [1, 4, 5, 8, 9]) {
      const long = filled(`${multipart}--b\n\n`, 'x\ry', blocks)
      expect(split(`${long}\n--b--\n`).leaves[0]?.body.length).toBe(long.length - multipart.length - 5)
    }
  })

  it('ends no header', () => {
    for (const blocks of [1, 4, 5, 7]) {
      const { head, leaves, failure } = split(`${filled('X-Long: ', 'y', blocks)}\nLast: z\n\nbody`)
      expect([head.slice(-9), bodies(leaves), failure]).toEqual(['Last: z\n\n', ['body'], null])
    }
  })

  it('is cut where it is longer than a header may be, and the mail read on', () => {
    for (const blocks of [8, 9, 20]) {
      const { head, leaves, failure } = split(`${filled('X-Long: ', 'y', blocks)}\n\nbody`)
      expect([head.length, failure, bodies(leaves)]).toEqual([128 * KB, null, ['body']])
      expect(leaves[0]?.headCut).toBe(true)
    }
  })
})

describe('what is kept of a leaf', () => {
  it('is cut where there is more of it, of which the line end before a delimiter is no part', () => {
    const most = { maxPartBytes: 10 }
    const two = (text: string): string => `${multipart}--b\n\n${text}\n--b\n\n${text}\n--b--\n`
    const told = (mail: string, given: Partial<SplitLimits>): unknown =>
      split(mail, given).leaves.map(({ body, cut }) => `${body}${cut ? '…' : ''}`)
    expect(told(two('four\nfive\n'), most)).toEqual(['four\nfive\n', 'four\nfive\n'])
    expect(told(two('four\nfive!\n'), most)).toEqual(['four\nfive!…', 'four\nfive!…'])
    // Header blocks count: that of the mail, and an empty one of each part.
    const ten = { maxKeptBytes: multipart.length + 2 + 10 }
    expect(told(two('four\n'), ten)).toEqual(['four\n', 'four\n'])
    expect(told(two('fourth\n'), ten)).toEqual(['fourth\n', 'fou…'])
  })

  it.each([
    ['message/rfc822', 96],
    ['message/global', 96],
    ['Message/RFC822', 96],
    ['application/octet-stream', 16],
    ['text/plain', 256],
    ['message/delivery-status', 256],
  ])('of %s is %i KB at most', (type, kb) => {
    const line = `${'y'.repeat(1023)}\n`
    const { leaves } = split(`${multipart}--b\nContent-Type: ${type}\n\n${line.repeat(300)}--b--\n`)
    expect(leaves.map(({ body }) => body.length)).toEqual([kb * KB])
  })

  it('holds its lines apart from a closing delimiter that closes nothing', () => {
    const { leaves } = split(
      `${multipart}--b\nContent-Type: text/plain; boundary=c\n\none\n--c--\ntwo\n--b--\n`,
    )
    expect(bodies(leaves)).toEqual(['one\n--c--\ntwo'])
  })

  it('is one text, however many its lines are', () => {
    const { leaves } = split(`\n${'-\n'.repeat(50_000)}`)
    expect(leaves[0]?.body.length).toBe(100_000)
  })
})
