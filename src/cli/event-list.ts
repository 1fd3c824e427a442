// Lists of events on the command line: what their options ask for, and how a terminal shows them.

import type { Ledger } from '../backend/open.ts'
import type { BounceQuery } from '../model/bounces.ts'
import { isCategory } from '../model/categories.ts'
import { recordEffects } from '../model/event.ts'
import { kinds } from '../model/report.ts'
import type { StoredBounce } from '../model/stored-bounce.ts'
import { isAddress } from '../model/validity.ts'
import { bounceTypes } from '../model/verdict.ts'
import type { Cell } from '../view/shown.ts'
import { bounceShown } from '../view/shown.ts'
import { checkId, checkModule, timeOf, wholeNumber, wordOf } from './names.ts'
import type { JsonOption, Shell } from './shell.ts'
import { printTable } from './table.ts'
import { CommandError, harmless, type Io } from './terminal.ts'

export interface EventListOptions extends JsonOption {
  readonly after?: string
  readonly limit: string
  readonly kind?: string
  readonly type?: string
  readonly campaign?: string
  readonly stripped?: boolean
  readonly module?: string
  readonly record?: string
  readonly newest?: boolean
  readonly category?: string
  readonly address?: string
  readonly effect?: string
  readonly provider?: string
  readonly from?: string
  readonly to?: string
  readonly search?: string
  readonly csv?: boolean
}

export async function queryOf(options: EventListOptions, shell: Shell): Promise<BounceQuery> {
  const { after, campaign, module, record, category, address, search } = options
  if (campaign !== undefined) checkId('--campaign', campaign)
  if (record !== undefined) checkId('--record', record)
  if (record !== undefined && module === undefined)
    throw new CommandError('--record without --module: two modules may have the same id; write both', 2)
  if (category !== undefined && !isCategory(category))
    throw new CommandError(
      `--category ${harmless(category)}: write a name that "${shell.hints.rebound('categories')}" lists`,
      2,
    )
  if (address !== undefined && !isAddress(address))
    throw new CommandError(`--address ${harmless(address)}: write a bare address such as ana@example.org`, 2)
  const query = {
    // Empty for the beginning, as over HTTP: what a script keeps the cursor in is empty at first.
    after: after === '' ? undefined : after,
    limit: wholeNumber('--limit', options.limit, 1000),
    kind: wordOf('--kind', options.kind, kinds),
    type: wordOf('--type', options.type, bounceTypes),
    campaignId: campaign,
    module,
    recordId: record,
    category,
    address,
    effect: wordOf('--effect', options.effect, recordEffects),
    from: timeOf('from', options.from),
    to: timeOf('to', options.to),
    q: search,
  }
  if (module !== undefined) await checkModule(await shell.config(), '--module', module)
  return query
}

/** Patterns of the addresses at a provider; none where none was named. */
export async function providerPatterns(
  { addressPatterns }: Pick<Ledger, 'addressPatterns'>,
  provider: string | undefined,
): Promise<readonly string[] | undefined> {
  if (provider === undefined) return undefined
  const patterns = await addressPatterns(provider)
  if (patterns !== null) return patterns
  throw new CommandError(
    `--provider ${harmless(provider)}: docs/metrics.md and /v1/summary name those that are known`,
    2,
  )
}

/** The columns of events by their headings. */
const columns = {
  event: event => event.id,
  received: event => event.receivedAt,
  kind: event => event.kind,
  type: event => event.type,
  category: event => event.category,
  effect: event => (event.undoneAt === null ? event.effect : 'undone'),
  address: event => event.address ?? event.reportedAddress,
  module: event => event.module,
  record: event => event.recordId,
  campaign: event => event.campaignId,
  advice: event => event.advice,
  'meaning — what the server said': event =>
    [bounceShown(event).sentence, event.diagnostic].filter(text => text !== null).join(' — '),
} as const satisfies Readonly<Record<string, (event: StoredBounce) => Cell>>

type EventColumn = keyof typeof columns

const whatHappened: readonly EventColumn[] = [
  'event',
  'received',
  'kind',
  'type',
  'category',
  'effect',
  'address',
]

/** Events of many records. */
export function printEvents(events: readonly StoredBounce[], io: Io): void {
  print(events, [...whatHappened, 'module', 'record', 'campaign', 'advice'], io)
}

/** Events of one record, with the words of the server. */
export function printHistory(events: readonly StoredBounce[], io: Io): void {
  print(events, [...whatHappened, 'campaign', 'meaning — what the server said'], io, 64)
}

function print(
  events: readonly StoredBounce[],
  headings: readonly EventColumn[],
  io: Io,
  widest?: number,
): void {
  const rows = events.map(event => headings.map(heading => columns[heading](event)))
  printTable(io, headings, rows, widest)
}
