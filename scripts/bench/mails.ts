// The mails that benches read: reports of every writer of the harness, about 5 KB each, and files on request.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compose, scenariosOf, writerNames } from '../../src/harness/compose.ts'

/** One report of each writer and scenario, the huge one left out. */
export function composedMails(): readonly Buffer[] {
  const at = new Date('2026-11-24T10:00:00Z')
  return writerNames.flatMap(writer =>
    scenariosOf(writer)
      .filter(scenario => scenario !== 'huge')
      .map(scenario =>
        Buffer.from(compose(writer, scenario, { returnPath: 'b-x@bounces.example', at, seed: 'bench' }).raw),
      ),
  )
}

/** The same report grown to about 5 KB by the returned headers, as real ones are. */
export function fiveKilobyteReports(): readonly Buffer[] {
  return composedMails()
    .filter(mail => mail.includes('message/delivery-status'))
    .map(mail => {
      const missing = 5_000 - mail.length
      return missing <= 0
        ? mail
        : Buffer.from(
            mail
              .toString('latin1')
              .replace(
                /\n--([^\n]+)--\s*$/,
                (end: string) =>
                  `\n${'X-Filler: of the returned header, as long as a line is\r\n'.repeat(Math.ceil(missing / 56))}${end}`,
              ),
            'latin1',
          )
    })
}

/** Every `.eml` below a directory. */
export function mailsIn(directory: string): readonly Buffer[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.eml'))
    .sort()
    .map(name => readFileSync(join(directory, name)))
}
