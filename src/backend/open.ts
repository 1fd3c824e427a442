// What the store holds, for HTTP and CLI: the database brought to this version, its keys checked, and minting.

import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { type ModuleNumber, modulesByNumber } from '../crm/mapping.ts'
import type { Bounces, UndoBounce } from '../model/bounces.ts'
import type { Campaigns } from '../model/campaign.ts'
import type { Mint, MintItem } from '../model/mint.ts'
import type { ListRecords } from '../model/record.ts'
import type { SendRef } from '../model/return-path.ts'
import type { RulebookTables } from '../model/rulebook.ts'
import { nearest } from '../model/spelling.ts'
import type { ReturnPaths } from '../return-path/codec.ts'
import { mintAll } from '../return-path/mint.ts'
import type { Config } from '../settings/config.ts'
import type { Store } from '../store/database/open.ts'
import { checkMapping } from '../store/homes/crm-check.ts'
import { idleConditions } from '../store/homes/crm-conditions.ts'
import { createCampaignIds } from '../store/tables/campaign-numbers.ts'
import { createCampaigns } from '../store/tables/campaigns.ts'
import { createBounces } from '../store/tables/events.ts'
import { type KnownKey, registerKeys } from '../store/tables/keys.ts'
import { registerModules } from '../store/tables/module-numbers.ts'
import { createOutbox, type Outbox } from '../store/tables/outbox.ts'
import { listRecords } from '../store/tables/record-list.ts'
import { createRecords, type StoredRecords } from '../store/tables/records.ts'
import { createReturnPaths as createStoredPaths } from '../store/tables/return-paths.ts'
import { rulebookTables } from '../store/tables/rulebook.ts'
import { type Forgotten, forgetAddress, wipeFreeSpace } from '../store/upkeep/forget.ts'
import { type Pruned, prune } from '../store/upkeep/retention.ts'
import { undoBounce } from '../store/upkeep/undo.ts'
import { openDatabase } from './database.ts'
import { keyName } from './keys.ts'
import { crmFault, mappingOf, moduleNames, settingFaults } from './mapping.ts'
import { returnPathsOf, usableKeys } from './signing.ts'
import { StartError } from './start-error.ts'

export interface Ledger {
  /** `contacts`, `companies`, `leads`, and those of the mapping file. */
  readonly modules: readonly string[]
  readonly records: StoredRecords
  readonly campaigns: Campaigns
  readonly bounces: Bounces
  readonly mint: Mint
  readonly undo: UndoBounce
  readonly list: ListRecords
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
  const keys = usableKeys(config)
  const faults = [...(await settingFaults(config))]
  const mapping = await mappingOf(config)
  const modules = await moduleNames(config)
  const { store: opened } = await openDatabase(config, warn)
  let store: Store = opened
  let earlier: readonly ModuleNumber[] = []
  try {
    const missing = await registerKeys(opened, keys, { now: new Date(), keepDays: config.returnPathDays })
    if (missing.length > 0) faults.push(foreignKeys(missing, config))
    const numbers = await registerModules(opened, mapping?.modules ?? [], {
      now: new Date(),
      keepDays: config.returnPathDays,
      // A command run beside a server may have other settings; the server's are authoritative.
      retires: warn !== undefined,
    })
    earlier = numbers.earlier
    for (const { number, module, was } of numbers.clashes)
      faults.push(
        crmFault(
          config,
          `modules.${module}.number: return paths already sent carry ${number} for ${was}; write another number`,
        ),
      )
    const checked = mapping && (await checkMapping(opened, mapping, nearest))
    if (checked?.ok === false) faults.push(...checked.faults.map(fault => crmFault(config, fault)))
    if (faults.length > 0) throw new StartError(faults)
    if (checked?.ok) {
      store = { ...opened, crm: checked.tables }
      // Callers that show no warnings need not wait for them, and a start does not fail because a table is too big to search.
      const idle = warn ? await idleConditions(store, checked.tables).catch(() => []) : []
      for (const condition of idle) warn?.(crmFault(config, condition))
    }
  } catch (error) {
    await opened.close()
    throw error
  }
  const returnPaths = returnPathsOf(config, keys, modulesByNumber(mapping, earlier))
  const storedPaths = createStoredPaths(store)
  const campaigns = createCampaigns(store)
  const campaignIds = createCampaignIds(store)

  const sendOf = (item: MintItem): SendRef => ({
    module: item.module,
    recordId: item.id,
    campaign: item.campaign === undefined ? null : { id: item.campaign },
    mailId: item.mail ?? null,
    addressCheck: returnPaths.checkOf(item.to),
  })

  const mint: Mint = (items, options) =>
    mintAll(items, options, {
      modules,
      campaignNumbers: async ids =>
        new Map(await Promise.all(ids.map(async id => [id, await campaignIds.numberOf(id)] as const))),
      sign: item => {
        const minted = returnPaths.mint(item, new Date())
        return minted.kind === 'signed' ? minted.address : null
      },
      store: async unfit => {
        const paths = unfit.map(item => {
          const address = returnPaths.storedAddress(randomBytes(12))
          const token = address.slice(0, address.lastIndexOf('@'))
          return { address, token, send: sendOf(item), issuedAt: new Date() }
        })
        if (paths.length > 0) await storedPaths.save(paths)
        return paths.map(path => path.address)
      },
      register: mails =>
        storedPaths.register(
          mails.map(mail => ({ messageId: mail.messageId, send: sendOf(mail), issuedAt: new Date() })),
        ),
      countSends: async (perCampaign, total) => {
        for (const [id, count] of perCampaign) await campaigns.addSent(id, count, { create: true })
        onSends(total)
      },
    })

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
    mint,
    undo: (id, by) => undoBounce(store, id, by),
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
    prune: () => prune(store, config, { now: new Date() }),
    close: () => store.close(),
  }
}

function foreignKeys(missing: readonly KnownKey[], config: Config): string {
  const since = missing[0]?.firstUsedAt.toISOString().slice(0, 10)
  const which = missing.length === 1 ? 'a key that is' : `${missing.length} keys that are`
  const where =
    config.secrets.length > 0
      ? 'append the old key behind the new one: REBOUND_SECRET=new,old'
      : `restore the secret in ${join(config.dataDir, 'secret')}, or set REBOUND_SECRET to the old key`
  return `REBOUND_SECRET: return paths of this database were signed with ${which} not among yours (in use since ${since}); ${where}; when it became known to somebody else: rebound keys forget ${missing.map(key => keyName(key.check)).join(', ')}`
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
