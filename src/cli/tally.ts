// What became of the mails of an archive: counted, and shown while it is read and when it is done.

import type { BounceEvent } from '../model/event.ts'
import type { Cell } from '../view/shown.ts'
import { printTable } from './table.ts'
import { type Io, json } from './terminal.ts'

/** What may become of a mail, with the words for it. */
const outcomes = {
  recorded: 'recorded',
  known: 'recorded before',
  'not-ours': 'not ours: no return path or original of ours that verifies',
  'not-a-mail': 'not a mail',
  'cut-off': 'cut off: the file ends within it',
  failed: 'not recorded, the database did not take it: run this again',
} as const

export type ArchiveFate = keyof typeof outcomes

export interface Tally {
  readonly mail: (outcome: ArchiveFate) => void
  /** A new event. */
  readonly event: (event: BounceEvent) => void
  readonly count: (outcome: ArchiveFate) => number
  /** One line of where it stands. */
  readonly line: () => string
  readonly show: (io: Io, options: { readonly json: boolean; readonly dryRun: boolean }) => void
}

export function startTally(): Tally {
  const startedAt = performance.now()
  const mails = new Map<ArchiveFate, number>()
  const events = new Map<string, number>()
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
    count,
    line: () =>
      `${total()} mails, ${perSecond()} a second: ${count('recorded')} recorded, ${count('known')} recorded before, ` +
      `${count('not-ours')} not ours, ${total() - count('recorded') - count('known') - count('not-ours')} other`,
    show: (io, options) => {
      if (options.json) {
        const counts = Object.fromEntries(
          Object.keys(outcomes).map(name => [camel(name), count(name as ArchiveFate)]),
        )
        io.out(
          json({
            dryRun: options.dryRun,
            mails: total(),
            ...counts,
            events: Object.fromEntries(events),
            seconds: Math.round(seconds() * 10) / 10,
            perSecond: perSecond(),
          }),
        )
        return
      }
      const rows: Cell[][] = Object.entries(outcomes).flatMap(([name, words]) =>
        count(name as ArchiveFate) > 0 ? [[words, count(name as ArchiveFate)]] : [],
      )
      const heading = options.dryRun ? 'mails (nothing was recorded)' : 'mails'
      printTable(io, [heading, String(total())], rows, 80)
      if (events.size === 0) return
      io.out('')
      const sorted = [...events].sort(([a], [b]) => (a < b ? -1 : 1))
      printTable(io, [options.dryRun ? 'would be new' : 'new events', ''], sorted, 80)
    },
  }
}

const camel = (name: string): string => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
