// What became of the mails of an archive: counted, and shown while it is read and when it is done.

import type { BounceEvent } from '../model/event.ts'
import type { Cell } from '../view/shown.ts'
import { printTable } from './table.ts'
import { harmless, type Io, json } from './terminal.ts'

/** What may become of a mail, with the words for it. */
const outcomes = {
  recorded: 'recorded',
  known: 'recorded before',
  'not-ours': 'not ours: no return path or original of ours that verifies',
  'not-a-mail': 'not a mail',
  'cut-off': 'cut off: the file ends within it',
  failed: 'not recorded, the database did not take it: run this again',
} as const

/** What a dry run says instead. */
const untried: Partial<Record<ArchiveFate, string>> = {
  recorded: 'would be recorded',
  known: 'are recorded already',
}

export type ArchiveFate = keyof typeof outcomes

export interface Tally {
  readonly mail: (outcome: ArchiveFate) => void
  /** The file that is read now, and how many bytes it has; null where nobody knows. */
  readonly file: (name: string, bytes: number | null) => void
  /** So many bytes of it have been read. */
  readonly bytes: (count: number) => void
  /** A new event. */
  readonly event: (event: BounceEvent) => void
  readonly count: (outcome: ArchiveFate) => number
  /** One line of where it stands. */
  readonly line: () => string
  readonly show: (io: Io, options: { readonly json: boolean }) => void
}

/** Of a smaller file nobody waits for the rest. */
const leastShownBytes = 1024 * 1024

export function startTally({ dryRun }: { readonly dryRun: boolean }): Tally {
  const startedAt = performance.now()
  const mails = new Map<ArchiveFate, number>()
  const events = new Map<string, number>()
  let file = { name: '', bytes: 0, read: 0 }
  const wordsOf = (outcome: ArchiveFate): string => (dryRun && untried[outcome]) || outcomes[outcome]
  const share = (): string =>
    file.bytes < leastShownBytes
      ? ''
      : `, ${Math.min(100, Math.floor((100 * file.read) / file.bytes))} % of ${harmless(file.name)}`
  const count = (outcome: ArchiveFate): number => mails.get(outcome) ?? 0
  const total = (): number => [...mails.values()].reduce((sum, each) => sum + each, 0)
  const seconds = (): number => (performance.now() - startedAt) / 1000
  const perSecond = (): number => Math.round(total() / Math.max(seconds(), 0.001))
  return {
    mail: outcome => mails.set(outcome, count(outcome) + 1),
    event: ({ kind, verdict, concern }) => {
      const type = kind === 'bounce' && concern !== 'other' ? ` ${verdict?.type ?? ''}` : ''
      const name = concern === 'other' ? `${kind} of somebody else` : `${kind}${type}`.trimEnd()
      events.set(name, (events.get(name) ?? 0) + 1)
    },
    file: (name, bytes) => {
      file = { name, bytes: bytes ?? 0, read: 0 }
    },
    bytes: count => {
      file.read += count
    },
    count,
    line: () =>
      `${total()} mails${share()}, ${perSecond()} a second: ` +
      `${count('recorded')} ${wordsOf('recorded')}, ${count('known')} ${wordsOf('known')}, ` +
      `${count('not-ours')} not ours, ${total() - count('recorded') - count('known') - count('not-ours')} other`,
    show: (io, options) => {
      if (options.json) {
        const counts = Object.fromEntries(
          Object.keys(outcomes).map(name => [camel(name), count(name as ArchiveFate)]),
        )
        io.out(
          json({
            dryRun,
            mails: total(),
            ...counts,
            events: Object.fromEntries(events),
            seconds: Math.round(seconds() * 10) / 10,
            perSecond: perSecond(),
          }),
        )
        return
      }
      const rows = (Object.keys(outcomes) as ArchiveFate[]).flatMap((name): Cell[][] =>
        count(name) > 0 ? [[wordsOf(name), count(name)]] : [],
      )
      const heading = dryRun ? 'mails (nothing was recorded)' : 'mails'
      printTable(io, [heading, String(total())], rows, 80)
      if (events.size === 0) return
      io.out('')
      const sorted = [...events].sort(([a], [b]) => (a < b ? -1 : 1))
      printTable(io, [dryRun ? 'would be new' : 'new events', ''], sorted, 80)
    },
  }
}

const camel = (name: string): string => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
