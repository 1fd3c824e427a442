// `rebound webhooks`: what is not delivered yet, trying it again, dropping it, and a sample for the receiver.

import { randomBytes } from 'node:crypto'
import { announceOnce } from '../backend/announcer.ts'
import { type Ledger, openLedger } from '../backend/open.ts'
import { exampleBounce, type StoredBounce } from '../model/stored-bounce.ts'
import type { Config } from '../settings/config.ts'
import { bounceShown } from '../view/shown.ts'
import { CommandError, harmless, type Io, json, table } from './terminal.ts'

/** A table of what waits; how many there are in all on stderr. */
export async function webhooksList(
  config: Config,
  options: { readonly limit: string; readonly json?: boolean },
  io: Io,
): Promise<number> {
  const limit = Number(options.limit)
  if (!Number.isInteger(limit) || limit < 1 || limit > 10_000)
    throw new CommandError(`--limit ${options.limit}: write a whole number from 1 to 10000`, 2)
  return withLedger(config, async ({ outbox }) => {
    const pending = await outbox.list(limit)
    if (options.json) {
      for (const webhook of pending) io.out(json(webhook))
      return 0
    }
    const { waiting, givenUp, most } = await outbox.census()
    if (pending.length > 0)
      io.out(
        table(
          ['id', 'bounce', 'state', 'age', 'tries', 'next try', 'last error'],
          pending.map(({ id, bounceId, state, createdAt, attempts, dueAt, lastError }) => [
            id,
            bounceId,
            state,
            span(Date.now() - createdAt.getTime()),
            attempts,
            dueAt === null
              ? null
              : dueAt.getTime() <= Date.now()
                ? 'now'
                : `in ${span(dueAt.getTime() - Date.now())}`,
            lastError,
          ]),
          120,
        ),
      )
    const shown = (count: number): string => (count < most ? `${count}` : `${count} or more`)
    io.err(`${shown(waiting)} still to be delivered, ${shown(givenUp)} given up.`)
    if (givenUp > 0)
      io.err(
        'Given up: "rebound webhooks retry ID" tries again, "rebound webhooks drop ID" deletes; both take --all.',
      )
    if (waiting > 0 && config.webhookUrl === null)
      io.err('REBOUND_WEBHOOK_URL is not set here: nothing is sent by a server with these settings.')
    return 0
  })
}

interface Which {
  readonly all?: boolean
  readonly json?: boolean
}

export async function webhooksRetry(
  config: Config,
  id: string | undefined,
  options: Which,
  io: Io,
): Promise<number> {
  const which = one('retry', id, options)
  return withLedger(config, async ({ outbox }) => {
    const count = await outbox.retry(which)
    if (which !== null && count === 0) throw nothing(which, 'failed')
    if (options.json) io.out(json({ count }))
    else io.err(`${count} due again; a running server sends them within a second or so.`)
    return 0
  })
}

export async function webhooksDrop(
  config: Config,
  id: string | undefined,
  options: Which,
  io: Io,
): Promise<number> {
  const which = one('drop', id, options)
  return withLedger(config, async ({ outbox }) => {
    const count = await outbox.drop(which)
    if (which !== null && count === 0) throw nothing(which, 'was given up')
    if (options.json) io.out(json({ count }))
    else io.err(`${count} deleted.`)
    return 0
  })
}

/** Exit code 1 when the receiver did not take it. */
export async function webhooksTest(
  config: Config,
  options: { readonly json?: boolean },
  io: Io,
): Promise<number> {
  // A new id each time: a receiver that knows it already would do nothing.
  const eventId = `evt_test_${randomBytes(8).toString('hex')}`
  const attempt = await announceOnce(config, eventId, sample(new Date()), bounceShown)
  if (attempt === null)
    throw new CommandError(
      'REBOUND_WEBHOOK_URL is not set: set it and REBOUND_WEBHOOK_SECRET, as the server has them',
      2,
    )
  if (options.json) io.out(json({ eventId, ...attempt }))
  else if (attempt.outcome === 'delivered') io.err(`Delivered: the receiver took ${eventId}.`)
  else io.err(`Not delivered: ${harmless(attempt.error)}`)
  return attempt.outcome === 'delivered' ? 0 : 1
}

/** A hard bounce of a record that does not exist, at domains that belong to nobody. */
const sample = (now: Date): StoredBounce => ({
  ...exampleBounce,
  id: '0',
  receivedAt: now,
  recordedAt: now,
  diagnostic: '550 5.1.1 <ana@example.org>: a test of webhooks, no bounce',
  recordId: 'test',
  campaignId: null,
  subject: 'A test of webhooks',
  originalMessageId: null,
})

/** The id that was given; null for --all. */
function one(command: string, id: string | undefined, { all = false }: Which): string | null {
  if ((id === undefined) === all) return id ?? null
  throw new CommandError(`webhooks ${command}: write one id ("rebound webhooks" lists them), or --all`, 2)
}

const nothing = (id: string, state: string): CommandError =>
  new CommandError(
    `There is no webhook ${harmless(id)} that ${state}; "rebound webhooks" shows what there is.`,
    1,
  )

/** A time as people say it, in its two largest units. */
function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`
}

async function withLedger(config: Config, work: (ledger: Ledger) => Promise<number>): Promise<number> {
  const ledger = await openLedger(config)
  try {
    return await work(ledger)
  } finally {
    await ledger.close()
  }
}
