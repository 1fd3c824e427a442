// One side of the reading bench in a process of its own: for each message a round, answered with what was done in it.
// Ours is the build, since that is what runs: the loader that runs the sources names every function anew when it is made.

import { Readable } from 'node:stream'
import { MailParser, simpleParser } from 'mailparser'
import { onePiece } from '../one-piece.ts'
import { fiveKilobyteReports, mailsIn } from './mails.ts'
import { timed } from './rounds.ts'

type Reader = typeof import('../../src/reader.ts')
const build = new URL('../../dist/src/reader.js', import.meta.url)
const { createReader }: Reader = await import(build.href)
const reader = createReader()
/** Attachments are thrown away as they come. */
function mailParser(mail: Buffer): Promise<void> {
  return new Promise((done, failed) => {
    const parser = new MailParser()
    parser.on('data', part => {
      if (part.type !== 'attachment') return
      part.content?.on('end', () => part.release?.())
      part.content?.on('data', () => {})
    })
    parser.once('end', done).once('error', failed)
    parser.end(mail)
  })
}

interface PostalMime {
  readonly default: { readonly parse: (mail: Buffer) => Promise<unknown> }
}
/** A name that the compiler need not find: it is installed by who wants to compare. */
const postalMimeName: string = 'postal-mime'

const sides: Readonly<Record<string, (mail: Buffer) => Promise<unknown>>> = {
  simpleParser: mail => simpleParser(Readable.from([mail])),
  MailParser: mailParser,
  'postal-mime': async mail => ((await import(postalMimeName)) as PostalMime).default.parse(mail),
  rebound: async mail => reader.judge(reader.read(await reader.parse(onePiece(mail)))),
}

const [side = '', directory = ''] = process.argv.slice(2)
const work = sides[side]
if (work === undefined) throw new Error(`no side ${side}: write one of ${Object.keys(sides).join(', ')}`)
const mails = directory === '' ? fiveKilobyteReports() : mailsIn(directory)
process.on('message', async () => process.send?.(await timed(mails, work)))
