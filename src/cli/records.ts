// `rebound records show|reset|list`: contacts, companies, leads and other modules, and what came back for them.

import { type Ledger, openLedger } from '../backend/open.ts'
import { isCategory } from '../model/categories.ts'
import type { CrmRecord } from '../model/record.ts'
import { timeBound, timeFault } from '../model/validity.ts'
import type { Config } from '../settings/config.ts'
import { bounceShown, csvHead, csvRow, recordShown, type ShownBounce } from '../view/shown.ts'
import { checkId, checkModule } from './naming.ts'
import { CommandError, harmless, type Io, json, table } from './terminal.ts'

const historyRows = 20

/** Shows flag, addresses, counts and the newest history rows. */
export async function recordsShow(
  config: Config,
  module: string,
  id: string,
  options: { json?: boolean },
  io: Io,
): Promise<number> {
  checkNames(config, module, id)
  return withLedger(config, async ledger => {
    const record = await ledger.records.get(module, id)
    if (record === null) throw absent(module, id)
    const { items } = await ledger.records.history(module, id, { limit: historyRows })
    const history = items.map(bounceShown)
    if (options.json) io.out(json({ ...record, history }))
    else io.out(`${describe(record)}\n\n${historyTable(history)}`)
    return 0
  })
}

/** Unchecks the flag (idempotent, audited). */
export async function recordsReset(
  config: Config,
  module: string,
  id: string,
  options: { json?: boolean },
  io: Io,
): Promise<number> {
  checkNames(config, module, id)
  return withLedger(config, async ledger => {
    const record = await ledger.records.change(module, id, { emailBounced: false }, { actor: 'cli' })
    if (record === null) throw absent(module, id)
    if (options.json) io.out(json(record))
    else io.err(`${module} ${harmless(id)} is no longer flagged as bounced.`)
    return 0
  })
}

export interface ListOptions {
  readonly module?: string
  readonly bounced?: boolean
  readonly type?: string
  readonly category?: string
  readonly campaign?: string
  readonly from?: string
  readonly to?: string
  readonly csv?: boolean
  readonly json?: boolean
}

/** What fits on a terminal. */
const columns = [
  'module',
  'id',
  'email',
  'emailBounced',
  'bouncedAddress',
  'hardBounces',
  'softBounces',
  'lastBounceAt',
  'lastType',
  'lastCategory',
] as const

/** Every record that the filters let through, page by page, in constant memory. */
export async function recordsList(config: Config, options: ListOptions, io: Io): Promise<number> {
  const { type, category } = options
  if (type !== undefined && type !== 'hard' && type !== 'soft')
    throw new CommandError(`--type ${type}: write hard or soft`, 2)
  if (category !== undefined && !isCategory(category))
    throw new CommandError(`--category ${category}: write a name that "rebound categories" lists`, 2)
  if (options.module !== undefined) checkModule(config, '--module', options.module)
  if (options.campaign !== undefined) checkId('--campaign', options.campaign)
  const from = timeOption('from', options.from)
  const to = timeOption('to', options.to)
  return withLedger(config, async ledger => {
    if (options.csv) io.out(csvHead)
    let after: string | undefined
    do {
      const page = await ledger.list({
        after,
        limit: 1000,
        module: options.module,
        bounced: options.bounced,
        type,
        category,
        campaignId: options.campaign,
        from,
        to,
      })
      const records = page.items.map(recordShown)
      if (options.json) for (const record of records) io.out(json(record))
      else if (options.csv) for (const record of records) io.out(csvRow(record))
      else if (records.length > 0 || after === undefined)
        io.out(
          table(
            columns,
            records.map(record => columns.map(column => cell(record[column]))),
          ),
        )
      await io.drained?.()
      after = page.next ?? undefined
    } while (after !== undefined)
    return 0
  })
}

function cell(value: string | number | boolean | Date | null): string | number | null {
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : value
}

function checkNames(config: Config, module: string, id: string): void {
  checkModule(config, 'MODULE', module)
  checkId('ID', id)
}

function timeOption(name: 'from' | 'to', text: string | undefined): Date | undefined {
  if (text === undefined) return undefined
  const time = timeBound(text, name)
  if (time === null) throw new CommandError(`--${name} ${text}: ${timeFault}`, 2)
  return time
}

async function withLedger(config: Config, work: (ledger: Ledger) => Promise<number>): Promise<number> {
  const ledger = await openLedger(config)
  try {
    return await work(ledger)
  } finally {
    await ledger.close()
  }
}

const absent = (module: string, id: string): CommandError =>
  new CommandError(
    `There is no record ${harmless(id)} in ${harmless(module)}: nothing of it bounced yet, or the CRM has no such record.`,
    1,
  )

function describe(record: CrmRecord): string {
  const rows: [string, string][] = [
    ['record', `${record.module} ${record.id}`],
    ['e-mail', record.email ?? '–'],
    ['bounced', record.emailBounced ? 'yes' : 'no'],
    ['bounced address', record.bouncedAddress ?? '–'],
    ['hard bounces', String(record.hardBounces)],
    ['soft bounces', String(record.softBounces)],
    ['last bounce', record.lastBounceAt?.toISOString() ?? '–'],
  ]
  return rows.map(([name, value]) => `${name.padEnd(16)} ${harmless(value)}`).join('\n')
}

function historyTable(items: readonly ShownBounce[]): string {
  if (items.length === 0) return 'No history.'
  return table(
    ['when', 'what', 'effect', 'address then', 'campaign', 'why'],
    items.map(item => [
      item.receivedAt.toISOString(),
      item.type ?? item.kind,
      item.undoneAt === null ? item.effect : 'undone',
      item.address ?? item.reportedAddress,
      item.campaignId,
      item.sentence,
    ]),
    64,
  )
}
