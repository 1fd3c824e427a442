// `rebound records show|reset`: one contact, company or lead.

import type { Config } from '../config.ts'
import { categories } from '../knowledge/categories.ts'
import { type Ledger, openLedger } from '../ledger.ts'
import type { CrmRecord, StoredBounce } from '../model.ts'
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
    const record = await ledger.records.change(
      module,
      id,
      { emailBounced: false },
      { create: false, actor: 'cli' },
    )
    if (record === null) throw absent(module, id)
    if (options.json) io.out(json(record))
    else io.err(`${module} ${harmless(id)} is no longer flagged as bounced.`)
    return 0
  })
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
    `There is no record ${harmless(id)} in ${harmless(module)}: nothing of it was minted with an address or bounced yet.`,
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
