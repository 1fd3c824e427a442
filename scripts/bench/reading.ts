// Reading and judging beside mailparser's simpleParser, which only parses.

import { Readable } from 'node:stream'
import { simpleParser } from 'mailparser'
import { createReader } from '../../src/reader.ts'
import { fiveKilobyteReports, mailsIn } from './mails.ts'
import { compare, timed } from './rounds.ts'

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes
}

/** Wanted: at least three times simpleParser's rate on 5 KB reports. */
export async function benchReading(directory: string | null): Promise<void> {
  const reader = createReader()
  const judge = async (mail: Buffer): Promise<unknown> =>
    reader.judge(reader.read(await reader.parse(once(mail))))
  const sets: [string, readonly Buffer[]][] = [['5 KB reports of the harness', fiveKilobyteReports()]]
  if (directory === null) console.log('  (no --mails DIR given: only the harness’s own reports)')
  else sets.push([`mails in ${directory}`, mailsIn(directory)])
  for (const [name, mails] of sets)
    await compare(
      `${name}: ${mails.length} mails, ${Math.round(mails.reduce((sum, mail) => sum + mail.length, 0) / mails.length)} bytes on average`,
      'mails/s',
      7,
      {
        name: 'simpleParser, parsing alone',
        run: () => timed(mails, mail => simpleParser(Readable.from([mail]))),
      },
      { name: 'parse, read and judge', run: () => timed(mails, judge) },
    )
}
