// What the store holds, for HTTP and CLI.

import { modulesByNumber } from '../crm/mapping.ts'
import type { UndoBounce } from '../model/bounces.ts'
import type { Mint } from '../model/mint.ts'
import type { ListRecords } from '../model/record.ts'
import type { RulebookTables } from '../model/rulebook.ts'
import type { ReturnPaths } from '../return-path/codec.ts'
import type { Config } from '../settings/config.ts'
import type { Store } from '../store/database/open.ts'
import { createCampaigns, type StoredCampaigns } from '../store/tables/campaigns.ts'
import { createBounces, type StoredBounces } from '../store/tables/events.ts'
import { createOutbox, type Outbox } from '../store/tables/outbox.ts'
import { listRecords } from '../store/tables/record-list.ts'
import { createRecords, type StoredRecords } from '../store/tables/records.ts'
import { createStoredPaths } from '../store/tables/return-paths.ts'
import { rulebookTables } from '../store/tables/rulebook.ts'
import { listStripped, type StrippedBounce } from '../store/tables/stripped-bounces.ts'
import { type Applied, applyStripped } from '../store/upkeep/apply-stripped.ts'
import { type Forgotten, forgetAddress, wipeFreeSpace } from '../store/upkeep/forget.ts'
import { agreedNow, type Pruned, prune } from '../store/upkeep/retention.ts'
import { undoBounce } from '../store/upkeep/undo.ts'
import { openChecked } from './checked-database.ts'
import { openDatabase } from './database.ts'
import { mintInto } from './minting.ts'
import { returnPathsOf } from './signing.ts'

export interface Ledger {
  /** `contacts`, `companies`, `leads`, and those of the mapping file. */
  readonly modules: readonly string[]
  readonly records: StoredRecords
  readonly campaigns: StoredCampaigns
  readonly bounces: StoredBounces
  readonly mint: Mint
  readonly undo: UndoBounce
  readonly list: ListRecords
  /** Events that were stored without their text, or without effects too. */
  readonly stripped: () => Promise<readonly StrippedBounce[]>
  /** Gives such an event its effects. */
  readonly applyStripped: (id: string) => Promise<Applied>
  /** Erases an address from the database; `isWiped` false: its file still holds remains; null: nothing was tried. */
  readonly forget: (
    address: string,
    options: { readonly actor: string; readonly dryRun: boolean },
  ) => Promise<Forgotten & { readonly isWiped: boolean | null }>
  /** The webhooks that are not delivered yet. */
  readonly outbox: Outbox
  /** Deletes what is older than the settings keep. */
  readonly prune: () => Promise<Pruned>
  readonly close: () => Promise<void>
}

export interface Base extends Ledger {
  readonly store: Store
  readonly returnPaths: ReturnPaths
  /** The tables of the operators' rules. */
  readonly rulebook: RulebookTables
  readonly storedPaths: ReturnType<typeof createStoredPaths>
  /** What an address in RCPT TO is to us, now. */
  readonly readAddress: (address: string) => ReturnType<ReturnPaths['resolve']>
}

/** The migrated database, and everything that needs no server. Throws StartError, DatabaseError. */
export async function openLedger(config: Config): Promise<Ledger> {
  return openBase(config, () => {})
}

/** The same with the parts that the server builds on. Throws StartError, DatabaseError. */
export async function openBase(
  config: Config,
  onSends: (count: number) => void,
  warn?: (message: string) => void,
): Promise<Base> {
  const { store, keys, modules, mapping, earlier } = await openChecked(config, warn)
  const returnPaths = returnPathsOf(config, keys, modulesByNumber(mapping, earlier))
  const storedPaths = createStoredPaths(store)
  const campaigns = createCampaigns(store)
  return {
    modules,
    store,
    returnPaths,
    storedPaths,
    rulebook: rulebookTables(store),
    readAddress: address => returnPaths.resolve(address, new Date(), storedPaths.find),
    campaigns,
    records: createRecords(store),
    bounces: createBounces(store),
    mint: mintInto(store, { modules, returnPaths, onSends }),
    undo: (id, by) => undoBounce(store, id, by),
    stripped: () => listStripped(store),
    applyStripped: id =>
      applyStripped(store, id, {
        trust: { trustClaimed: config.trustLegacy === 'remove', thresholds: config.thresholds },
        outbox: config.webhookUrl !== null,
        isSentTo: async address => {
          const path = await returnPaths.resolve(address, new Date(), storedPaths.find)
          if (!('send' in path) || path.send.addressCheck === null) return null
          return candidate => returnPaths.matches(path.send, candidate)
        },
      }),
    list: query => listRecords(store, query),
    forget: async (address, options) => {
      const forgotten = await forgetAddress(store, address, {
        ...options,
        pseudonym: returnPaths.pseudonymOf(address),
        checks: returnPaths.checksOf(address),
      })
      return { ...forgotten, isWiped: options.dryRun ? null : await wipeFreeSpace(store) }
    },
    outbox: createOutbox(store),
    prune: async () => prune(store, config, { now: await agreedNow(store) }),
    close: () => store.close(),
  }
}

/** Brings the database to this version. Throws DatabaseError. @returns the migrations applied. */
export async function migrateDatabase(config: Config): Promise<readonly string[]> {
  const { store, applied } = await openDatabase(config)
  await store.close()
  return applied
}

/** What an address means to us, as `address read` prints it. */
export async function addressOf(
  config: Config,
  address: string,
): Promise<Readonly<Record<string, unknown>> & { readonly valid: boolean }> {
  const base = await openBase(config, () => {})
  try {
    const path = await base.readAddress(address)
    const valid = !['forged', 'unknown', 'foreign', 'expired'].includes(path.kind)
    if (!('send' in path)) return { valid, ...path }
    const { campaign, ...send } = path.send
    return {
      valid,
      kind: path.kind,
      raw: path.raw,
      canonical: path.canonical,
      ...send,
      campaignId: campaign !== null && 'id' in campaign ? campaign.id : null,
      campaignNumber: campaign !== null && 'number' in campaign ? campaign.number : null,
      issuedAt: 'issuedAt' in path ? path.issuedAt : null,
    }
  } finally {
    await base.close()
  }
}
