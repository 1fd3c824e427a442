// What the store holds, for HTTP and CLI.

import { modulesByNumber } from '../crm/mapping.ts'
import type { ThresholdsInForce } from '../crm/thresholds.ts'
import type { ListAudit } from '../model/audit.ts'
import type { Applied, UndoBounce, UndoBounces } from '../model/bounces.ts'
import type { Campaigns } from '../model/campaign.ts'
import type { Forgotten } from '../model/forgotten.ts'
import type { Incidents } from '../model/incident.ts'
import type { Mint } from '../model/mint.ts'
import type { PersonReplies } from '../model/person-reply.ts'
import type { ListRecords, ResetRecords } from '../model/record.ts'
import type { KeptMails } from '../model/role-mail.ts'
import type { RulebookTables } from '../model/rulebook.ts'
import type { SavedViews } from '../model/saved-view.ts'
import type { StoredBounce } from '../model/stored-bounce.ts'
import type { StrippedBounce } from '../model/stripped-bounce.ts'
import type { ReturnPaths } from '../return-path/codec.ts'
import type { Config } from '../settings/config.ts'
import type { Store } from '../store/database/open.ts'
import { listAudit } from '../store/tables/audit-list.ts'
import { createCampaigns } from '../store/tables/campaigns.ts'
import {
  type CountCampaign,
  type CountDay,
  createCampaignCells,
  createDayCells,
  type LoadProviders,
} from '../store/tables/day-cells.ts'
import { createSentOf, type SentOf } from '../store/tables/day-sends.ts'
import { createBounces, type StoredBounces } from '../store/tables/events.ts'
import { lastBounces } from '../store/tables/known-addresses.ts'
import { createOutbox, type Outbox } from '../store/tables/outbox.ts'
import { countGivenUp } from '../store/tables/outbox-upkeep.ts'
import { createPersonReplies } from '../store/tables/person-replies.ts'
import { listRecords } from '../store/tables/record-list.ts'
import { createRecords, type StoredRecords } from '../store/tables/records.ts'
import { createStoredPaths } from '../store/tables/return-paths.ts'
import { createRoleMail } from '../store/tables/role-mail.ts'
import { rulebookTables } from '../store/tables/rulebook.ts'
import { createSavedViews } from '../store/tables/saved-views.ts'
import { countStripped, listStripped } from '../store/tables/stripped-bounces.ts'
import { enforceThresholds, thresholdsInForce } from '../store/tables/thresholds.ts'
import { applyStripped } from '../store/upkeep/apply-stripped.ts'
import { forgetAddress, wipeFreeSpace } from '../store/upkeep/forget.ts'
import { redateEvents } from '../store/upkeep/redate.ts'
import { resetRecords } from '../store/upkeep/reset-records.ts'
import { type Pruned, prune, pruneTime } from '../store/upkeep/retention.ts'
import { spreadRemoval } from '../store/upkeep/spread.ts'
import { undoBounce } from '../store/upkeep/undo.ts'
import { openChecked } from './checked-database.ts'
import { type Counts, tellingCounts } from './counts.ts'
import { openDatabase } from './database.ts'
import { createIncidents } from './incidents.ts'
import { keptMails } from './kept-mail.ts'
import { mintInto } from './minting.ts'
import { returnPathsOf } from './signing.ts'
import type { SpreadRemoval } from './spread.ts'
import { undoMany } from './undo-many.ts'

/** Of what waits for a person, more need not be counted. */
const mostShown = 1_000

export interface Ledger {
  /** `contacts`, `companies`, `leads`, and those of the mapping file. */
  readonly modules: readonly string[]
  readonly records: StoredRecords
  readonly campaigns: Campaigns
  readonly bounces: StoredBounces
  readonly mint: Mint
  readonly undo: UndoBounce
  readonly undoMany: UndoBounces
  /** Patterns of addresses (SQL's `like`, lower case) at a provider; null: nobody knows it. */
  readonly addressPatterns: (provider: string) => Promise<readonly string[] | null>
  readonly incidents: Incidents
  readonly list: ListRecords
  readonly resetAll: ResetRecords
  /** Who changed what. */
  readonly audit: ListAudit
  /** Filters under a name. */
  readonly views: SavedViews
  /** What people answered. */
  readonly replies: PersonReplies
  /** What came for postmaster and abuse. */
  readonly roleMail: KeptMails
  /** How many events of which sort were recorded on a day. */
  readonly countDay: CountDay
  readonly countCampaign: CountCampaign
  /** How many mails were sent on which day. */
  readonly sentOf: SentOf
  /** The last bounce of each address, in the order asked. */
  readonly lastBounces: (addresses: readonly string[]) => Promise<readonly (StoredBounce | null)[]>
  /** Events that were stored without their text, or without effects too. */
  readonly stripped: () => Promise<readonly StrippedBounce[]>
  /** How many of them there are, up to a thousand. */
  readonly countStripped: () => Promise<number>
  /** How many webhooks were given up, up to a thousand. */
  readonly countGivenUp: () => Promise<number>
  /** Gives such an event its effects. */
  readonly applyStripped: (id: string) => Promise<Applied>
  /** Erases an address from the database; `isWiped` false: its file still holds remains; null: nothing was tried. */
  readonly forget: (
    address: string,
    options: { readonly actor: string; readonly dryRun: boolean },
  ) => Promise<Forgotten & { readonly isWiped: boolean | null }>
  /** The webhooks that are not delivered yet. */
  readonly outbox: Outbox
  /**
   * Deletes what is older than the settings keep; `doubted`: the clock, where it was not relied on. Throws ClockFault.
   * @param trustsClock rely on it though nothing came for long
   */
  readonly prune: (options: {
    readonly trustsClock: boolean
  }) => Promise<{ readonly pruned: Pruned; readonly doubted: Date | null }>
  /** Gives events from the future the present time, once the clocks are right; answers how many there were. */
  readonly redate: () => Promise<number>
  readonly close: () => Promise<void>
}

export interface Base extends Ledger {
  readonly store: Store
  readonly returnPaths: ReturnPaths
  /** The tables of the operators' rules. */
  readonly rulebook: RulebookTables
  readonly storedPaths: ReturnType<typeof createStoredPaths>
  /** Puts the thresholds of the settings into force: a server's are authoritative, a command's may be others. */
  readonly enforceThresholds: () => Promise<ThresholdsInForce>
  /** What an address in RCPT TO is to us, now. */
  readonly readAddress: (address: string) => ReturnType<ReturnPaths['resolve']>
}

/** Most commands need no providers. */
const loadProviders: LoadProviders = async () => (await import('../knowledge/providers.ts')).providerOfDomain

/** The migrated database, and everything that needs no server. Throws StartError, DatabaseError. */
export async function openLedger(config: Config): Promise<Ledger> {
  return openBase(config, null)
}

/** The same with the parts that the server builds on; `metrics` null: a server shall count it. Throws StartError, DatabaseError. */
export async function openBase(
  config: Config,
  metrics: Counts | null,
  warn?: (message: string) => void,
): Promise<Base> {
  const { store, keys, modules, mapping, earlier } = await openChecked(config, warn)
  const returnPaths = returnPathsOf(config, keys, modulesByNumber(mapping, earlier))
  const storedPaths = createStoredPaths(store)
  const campaigns = createCampaigns(store)
  const counts = metrics ?? tellingCounts(store)
  const undo: UndoBounce = async (id, by) => {
    const undone = await undoBounce(store, id, by)
    const count = undone.kind === 'undone' ? Number(undone.isNew) + (undone.others ?? 0) : 0
    if (count > 0) await counts.undone(count)
    return undone
  }
  const spread: SpreadRemoval | null =
    config.spread === 'yes' ? id => spreadRemoval(store, id, { outbox: config.webhookUrl !== null }) : null
  const records = createRecords(store)
  const bounces = createBounces(store)
  return {
    modules,
    store,
    returnPaths,
    storedPaths,
    rulebook: rulebookTables(store),
    enforceThresholds: () => enforceThresholds(store, config.thresholds),
    readAddress: address => returnPaths.resolve(address, new Date(), storedPaths.find),
    campaigns,
    records,
    bounces,
    mint: mintInto(store, { modules, returnPaths, onSends: counts.sends }),
    undo,
    undoMany: undoMany(bounces, undo),
    addressPatterns: async provider => {
      const { addressPatterns, providers } = await import('../knowledge/providers.ts')
      const known = providers.find(({ name }) => name === provider)
      return known ? addressPatterns(known.name) : null
    },
    incidents: createIncidents(store, undo, spread),
    stripped: () => listStripped(store),
    countStripped: () => countStripped(store),
    countGivenUp: () => countGivenUp(store, mostShown),
    applyStripped: async id => {
      const applied = await applyStripped(store, id, {
        trust: { trustClaimed: config.trustLegacy === 'remove', thresholds: await thresholdsInForce(store) },
        outbox: config.webhookUrl !== null,
        isSentTo: async address => {
          const path = await returnPaths.resolve(address, new Date(), storedPaths.find)
          if (!('send' in path) || path.send.addressCheck === null) return null
          return candidate => returnPaths.matches(path.send, candidate)
        },
      })
      if (applied.kind === 'applied') await spread?.(Number(id))
      return applied
    },
    list: query => listRecords(store, query),
    resetAll: (query, options) => resetRecords(store, records, query, options),
    audit: query => listAudit(store, query),
    views: createSavedViews(store),
    replies: createPersonReplies(store),
    roleMail: keptMails(createRoleMail(store)),
    countDay: createDayCells(store, { loadProviders }),
    countCampaign: createCampaignCells(store, loadProviders),
    sentOf: createSentOf(store),
    lastBounces: addresses => lastBounces(store, addresses),
    forget: async (address, options) => {
      const forgotten = await forgetAddress(store, address, {
        ...options,
        pseudonym: returnPaths.pseudonymOf(address),
        checks: returnPaths.checksOf(address),
      })
      return { ...forgotten, isWiped: options.dryRun ? null : await wipeFreeSpace(store) }
    },
    outbox: createOutbox(store),
    prune: async ({ trustsClock }) => {
      const { now, doubted } = await pruneTime(store)
      const pruned = await prune(store, config, { now: trustsClock ? (doubted ?? now) : now })
      return { pruned, doubted: trustsClock ? null : doubted }
    },
    redate: () => redateEvents(store),
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
  const base = await openBase(config, null)
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
