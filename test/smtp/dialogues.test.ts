// Plays every file of `dialogues/` against a real listener.
//   # words          why; ignored
//   @ {…}            settings of the listener, JSON, at the top
//   > text           sent with CRLF
//   >> text          sent as it is (no CRLF); in both, \r \n \0 \t \\ and \xNN are those bytes
//   < text           the next reply, its lines joined by ` / `; `*` stands for anything; `(closed)` is the end
//   = text           after the end: the messages taken, as `<sender> recipients: content`, one line each
//   + text           after the end: a metrics call that must have happened

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openStage, type Taken } from './stage.ts'

const folder = join(import.meta.dirname, 'dialogues')
const files = readdirSync(folder).filter(name => name.endsWith('.txt'))

/** Replies that carry no enhanced code: greeting, HELO, EHLO and 354 (RFC 2034 §4). */
const isBare = (reply: string): boolean =>
  /^(220 mx|250[ -]mx|354 |501 Error: syntax: EHLO)/.test(reply) || reply === '(closed)'

const bytesOf = (text: string): string =>
  text.replace(/\\(r|n|0|t|\\|x[0-9a-f]{2})/g, (_, code: string) =>
    code.startsWith('x')
      ? String.fromCharCode(Number.parseInt(code.slice(1), 16))
      : ({ r: '\r', n: '\n', 0: '\0', t: '\t' }[code] ?? code),
  )

const pattern = (text: string): RegExp =>
  new RegExp(
    `^${text
      .split('*')
      .map(part => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
      .join('.*')}$`,
  )

/** The way back: what is not printable ASCII is escaped. */
const named = new Map([
  ['\r', '\\r'],
  ['\n', '\\n'],
  ['\\', '\\\\'],
])

const escaped = (bytes: Buffer): string =>
  bytes
    .toString('latin1')
    .replace(/[^ -[\]-~]/g, byte => named.get(byte) ?? `\\x${Buffer.from(byte, 'latin1').toString('hex')}`)

const shown = ({ envelope, bytes }: Taken): string =>
  `<${envelope.mailFrom ?? ''}> ${envelope.recipients.map(({ raw }) => raw).join(' ')}: ${escaped(bytes)}`

async function check(text: string): Promise<void> {
  const lines = text.split('\n').filter(line => line !== '' && !line.startsWith('#'))
  const ofKind = (mark: string): string[] =>
    lines.filter(line => line.startsWith(`${mark} `)).map(line => line.slice(mark.length + 1))
  const stage = await openStage(JSON.parse(ofKind('@')[0] ?? '{}'))
  const client = await stage.client()
  try {
    for (const line of lines) {
      const [mark = ''] = line.split(' ', 1)
      const rest = line.slice(mark.length + 1)
      if (mark === '>') client.send(`${bytesOf(rest)}\r\n`)
      else if (mark === '>>') client.send(bytesOf(rest))
      else if (mark === '<') {
        const reply = (await client.reply()).replaceAll('\n', ' / ')
        expect(reply).toMatch(pattern(rest))
        if (!isBare(reply)) expect(reply).toMatch(/^([245])\d\d \1\.\d+\.\d+ /)
      } else expect(['@', '=', '+']).toContain(mark)
    }
    expect(stage.taken.map(shown)).toEqual(ofKind('='))
    for (const call of ofKind('+')) expect(stage.counted).toContain(call)
  } finally {
    await stage.close()
  }
}

describe('dialogues', () => {
  it('are there', () => expect(files.length).toBeGreaterThan(10))
  it.each(files)('%s', async file => {
    const text = readFileSync(join(folder, file), 'utf8')
    expect(text).toMatch(/^# \w/) // says why
    await check(text)
  })
})
