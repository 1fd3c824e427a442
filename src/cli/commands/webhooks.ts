// `rebound webhooks`: what is not delivered yet, trying it again, dropping it, and a sample for the receiver.

import { randomBytes } from 'node:crypto'
import type { Config } from '../../settings/config.ts'
import { bounceShown } from '../../view/shown.ts'
import { withLedger } from '../ledger.ts'
import { wholeNumber } from '../names.ts'
import type { Define, JsonOption, Shell } from '../shell.ts'
import { printTable } from '../table.ts'
import { CommandError, harmless, json } from '../terminal.ts'
import { sampleBounce } from '../webhook-sample.ts'

interface ListOptions extends JsonOption {
  readonly limit: string
}

interface WhichOptions extends JsonOption {
  readonly all?: boolean
}

export const webhooksCommands: Define = (webhooks, shell) => {
  const { hints, exit } = shell
  webhooks
    .command('list')
    .description('what waits and what is stuck: the given up first, then what is tried last')
    .option('--limit <count>', 'how many at the most (1–10000)', '100')
    .option('--json', 'one JSON object a line')
    .addHelpText('after', `\nExample: ${hints.rebound('webhooks list --json')}`)
    .action(async (options: ListOptions) => exit(await list(options, shell)))
  webhooks
    .command('retry')
    .description('try again now, and for a day, what failed')
    .argument('[id]')
    .option('--all', 'everything that failed')
    .option('--json', 'how many, as a JSON object')
    .addHelpText('after', `\nExample: ${hints.rebound('webhooks retry --all')}`)
    .action(async (id: string | undefined, options: WhichOptions) => exit(await retry(id, options, shell)))
  webhooks
    .command('drop')
    .description('delete what was given up')
    .argument('[id]')
    .option('--all', 'everything that was given up')
    .option('--json', 'how many, as a JSON object')
    .addHelpText('after', `\nExample: ${hints.rebound('webhooks drop 17')}`)
    .action(async (id: string | undefined, options: WhichOptions) => exit(await drop(id, options, shell)))
  webhooks
    .command('test')
    .description('send a signed sample to REBOUND_WEBHOOK_URL and show the answer')
    .option('--json', 'as a JSON object')
    .addHelpText(
      'after',
      `\nExample: REBOUND_WEBHOOK_URL=https://crm.example/hook REBOUND_WEBHOOK_SECRET=… ${hints.rebound('webhooks test')}`,
    )
    .action(async (options: JsonOption) => exit(await test(options, shell)))
}

/** A table of what waits; how many there are in all on stderr. */
async function list(options: ListOptions, shell: Shell): Promise<number> {
  const limit = wholeNumber('--limit', options.limit, 10_000)
  const config = await shell.config()
  const { pending, census } = await withLedger(config, async ({ outbox }) => ({
    pending: await outbox.list(limit),
    census: await outbox.census(),
  }))
  const { io } = shell
  if (options.json) {
    for (const webhook of pending) io.out(json(webhook))
    return 0
  }
  if (pending.length > 0)
    printTable(
      io,
      ['id', 'bounce', 'state', 'age', 'tries', 'next try', 'last error'],
      pending.map(({ id, bounceId, state, createdAt, attempts, dueAt, lastError }) => [
        id,
        bounceId,
        state,
        span(Date.now() - createdAt.getTime()),
        attempts,
        nextTry(dueAt),
        lastError,
      ]),
      120,
    )
  tellCensus(census, config, shell)
  return 0
}

function nextTry(dueAt: Date | null): string | null {
  if (dueAt === null) return null
  const ms = dueAt.getTime() - Date.now()
  return ms <= 0 ? 'now' : `in ${span(ms)}`
}

interface Census {
  readonly waiting: number
  readonly givenUp: number
  /** Beyond this nobody counted. */
  readonly most: number
}

function tellCensus({ waiting, givenUp, most }: Census, config: Config, { io, hints }: Shell): void {
  const shown = (count: number): string => (count < most ? `${count}` : `${count} or more`)
  io.err(`${shown(waiting)} still to be delivered, ${shown(givenUp)} given up.`)
  if (givenUp > 0)
    io.err(
      `Given up: "${hints.rebound('webhooks retry ID')}" tries again, "${hints.rebound('webhooks drop ID')}" deletes; both take --all.`,
    )
  if (waiting > 0 && config.webhookUrl === null)
    io.err('REBOUND_WEBHOOK_URL is not set here: a server with these settings sends nothing.')
}

async function retry(id: string | undefined, options: WhichOptions, shell: Shell): Promise<number> {
  const which = idOrAll('retry', id, options, shell)
  const count = await withLedger(await shell.config(), ({ outbox }) => outbox.retry(which))
  if (which !== null && count === 0) throw absent(which, 'failed', shell)
  if (options.json) shell.io.out(json({ count }))
  else shell.io.err(`${count} due again; a running server sends them within a second or so.`)
  return 0
}

async function drop(id: string | undefined, options: WhichOptions, shell: Shell): Promise<number> {
  const which = idOrAll('drop', id, options, shell)
  const count = await withLedger(await shell.config(), ({ outbox }) => outbox.drop(which))
  if (which !== null && count === 0) throw absent(which, 'was given up', shell)
  if (options.json) shell.io.out(json({ count }))
  else shell.io.err(`${count} deleted.`)
  return 0
}

/** Exit code 1 when the receiver did not take it. */
async function test(options: JsonOption, { io, config }: Shell): Promise<number> {
  const { announceOnce } = await import('../../backend/announcer.ts')
  // A new id each time: a receiver that knows it already would do nothing.
  const eventId = `evt_test_${randomBytes(8).toString('hex')}`
  const attempt = await announceOnce(await config(), eventId, sampleBounce(new Date()), bounceShown)
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

/** The id that was written; null for --all. */
function idOrAll(
  command: string,
  id: string | undefined,
  { all = false }: WhichOptions,
  { hints }: Shell,
): string | null {
  if ((id === undefined) === all) return id ?? null
  throw new CommandError(
    `webhooks ${command}: write one id ("${hints.rebound('webhooks')}" lists them), or --all`,
    2,
  )
}

const absent = (id: string, state: string, { hints }: Shell): CommandError =>
  new CommandError(
    `There is no webhook ${harmless(id)} that ${state}; "${hints.rebound('webhooks')}" shows what there is.`,
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
