// `rebound records show|reset`: one contact, company or lead.

import type { Config } from '../config.ts'
import { timeBound, timeFault } from '../given.ts'
import { categories, isCategory } from '../knowledge/categories.ts'
import { type Ledger, moduleNames, openLedger } from '../ledger.ts'
import type { CrmRecord, StoredBounce } from '../model.ts'
import { CommandError, csvCell, harmless, type Io, json, table } from './terminal.ts'

const historyRows = 20

/** Shows flag, addresses, counts and the newest history rows. */
export async function recordsShow(
  config: Config,
  module: string,
  id: string,
  options: { json?: boolean },
  io: Io,
): Promise<number> {
  return withLedger(config, async ledger => {
    const record = await ledger.records.get(module, id)
    if (record === null) throw absent(module, id)
    const history = await ledger.records.history(module, id, { limit: historyRows })
    if (options.json) io.out(json({ ...record, history: history.items }))
    else io.out(`${describe(record)}\n\n${historyTable(history.items)}`)
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
  const modules = moduleNames(config)
  if (options.module !== undefined && !modules.some(module => module === options.module))
    throw new CommandError(`--module ${options.module}: write one of ${modules.join(', ')}`, 2)
  const from = timeOption('from', options.from)
  const to = timeOption('to', options.to)
  return withLedger(config, async ledger => {
    if (options.csv) io.out(columns.join(','))
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
      if (options.json) for (const record of page.items) io.out(json(record))
      else {
        const rows = page.items.map(record =>
          columns.map(column => {
            const value = record[column]
            return value instanceof Date
              ? value.toISOString()
              : typeof value === 'boolean'
                ? value
                  ? 'yes'
                  : 'no'
                : value
          }),
        )
        if (options.csv) for (const row of rows) io.out(row.map(csvCell).join(','))
        else if (rows.length > 0 || after === undefined) io.out(table(columns, rows))
      }
      await io.drained?.()
      after = page.next ?? undefined
    } while (after !== undefined)
    return 0
  })
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

function historyTable(items: readonly StoredBounce[]): string {
  if (items.length === 0) return 'No history.'
  return table(
    ['when', 'what', 'address then', 'campaign', 'why'],
    items.map(item => [
      item.receivedAt.toISOString(),
      item.type ?? item.kind,
      item.address ?? item.reportedAddress,
      item.campaignId,
      item.category === null ? null : categories[item.category].sentence,
    ]),
    64,
  )
}
