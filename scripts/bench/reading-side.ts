// One side of the reading bench in a process of its own: for each message a round, answered with what was done in it.
// Ours is the build, since that is what runs: the loader that runs the sources names every function anew when it is made.

import { Readable } from 'node:stream'
import { simpleParser } from 'mailparser'
import { onePiece } from '../one-piece.ts'
import { fiveKilobyteReports, mailsIn } from './mails.ts'
import { timed } from './rounds.ts'

type Reader = typeof import('../../src/reader.ts')
const build = new URL('../../dist/src/reader.js', import.meta.url)
const { createReader }: Reader = await import(build.href)
const reader = createReader()
const sides: Readonly<Record<string, (mail: Buffer) => Promise<unknown>>> = {
  simpleParser: mail => simpleParser(Readable.from([mail])),
  rebound: async mail => reader.judge(reader.read(await reader.parse(onePiece(mail)))),
}

const [side = '', directory = ''] = process.argv.slice(2)
const work = sides[side]
if (work === undefined) throw new Error(`no side ${side}: write one of ${Object.keys(sides).join(', ')}`)
const mails = directory === '' ? fiveKilobyteReports() : mailsIn(directory)
process.on('message', async () => process.send?.(await timed(mails, work)))
