// The operators' rules in the database: listed, added, changed, removed; every change audited and seen by every process.

import { randomBytes } from 'node:crypto'
import type { By } from '../../model/actor.ts'
import { FieldError } from '../../model/field-error.ts'
import type { Rule, RuleChange, RuleDraft } from '../../model/rule.ts'
import type { Rules } from '../../model/rulebook.ts'
import { chunks } from '../database/chunks.ts'
import { databaseNow } from '../database/clock.ts'
import { isKey } from '../database/columns.ts'
import { againWhenDuplicate, failureOf, persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { type RuleRow, rowsOf } from '../database/tables.ts'
import { inTransaction, type Transaction } from '../database/transaction.ts'
import { type AuditEntry, audit } from '../upkeep/audit.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { raiseRulesVersion, toRule } from './rule-rows.ts'

/** Thousands of rules may come at once, and no mail waits for them. */
const limitMs = 60_000

/** @param onChange awaited after each committed change, so that this process acts on it before it answers */
export function createRules(store: Store, onChange: () => Promise<void> = async () => {}): Rules {
  const change = async <T>(work: (changing: Changing) => Promise<T>, { actor }: By): Promise<T> => {
    const answer = await persist(() =>
      inTransaction(
        store,
        transaction => work({ store, transaction, record: auditor(store, transaction, actor) }),
        { limitMs },
      ),
    )
    await onChange()
    return answer
  }
  return {
    list: page => listRules(store, page),
    get: async id => {
      if (!isKey(id)) return null
      const rows = await persist(async () => await rulesOf(store).where({ id }).whereNull('removed_at'))
      return rows[0] ? toRule(rows[0]) : null
    },
    // A key that is taken: another process added the same at the same time, and the second look finds it.
    add: (draft, by) => againWhenDuplicate(() => change(changing => addRule(changing, draft), by)),
    addAll: (drafts, by) => againWhenDuplicate(() => change(changing => addRules(changing, drafts), by)),
    change: async (id, wanted, by) =>
      isKey(id)
        ? await change(changing => changeRule(changing, id, wanted), by).catch(error => {
            if (failureOf(error) === 'duplicate')
              throw new FieldError('text', 'says what another rule says already')
            throw error
          })
        : null,
    remove: async (id, by) => isKey(id) && (await change(changing => removeRule(changing, id), by)),
    ship: async (shipped, { restore, actor }) => {
      await persist(() => shipAll(store, shipped, restore, actor))
      await onChange()
    },
  }
}

/** A change under way. */
interface Changing {
  readonly store: Store
  readonly transaction: Transaction
  readonly record: Auditor
}

/** Notes a change: in the audit, and by raising the version. Answers its time. */
type Auditor = (action: AuditEntry['action'], before: object) => Promise<number>

const auditor =
  (store: Store, transaction: Transaction, actor: string): Auditor =>
  async (action, before) => {
    const at = await databaseNow(store, transaction)
    await audit(store, transaction, {
      at,
      actor,
      action,
      module: null,
      recordId: null,
      eventId: null,
      before,
    })
    await raiseRulesVersion(store, transaction)
    return at
  }

const rulesOf = (store: Store) => rowsOf(store, 'rebound_rules')
/** To write drafts, whose fields may be left out. */
const written = ({ knex }: Store) => knex('rebound_rules')

async function find({ store, transaction }: Changing, where: object): Promise<RuleRow | null> {
  const query = rulesOf(store).where(where)
  const rows = await transaction.run(store.dialect === 'mysql' ? query.forUpdate() : query)
  return rows[0] ?? null
}

const listRules: (store: Store, ...page: Parameters<Rules['list']>) => ReturnType<Rules['list']> = async (
  store,
  { after, limit },
) => {
  const [position] = after === undefined ? [0] : decodeCursor('r', after, [0] as const)
  const rows = await persist(
    async () =>
      await rulesOf(store)
        .whereNull('removed_at')
        .where('position', '>', position)
        .orderBy('position')
        .limit(limit + 1),
  )
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const next = rows.length > limit && last ? encodeCursor('r', Number(last.position)) : null
  return { items: shown.map(toRule), next }
}

async function addRule(changing: Changing, draft: RuleDraft): ReturnType<Rules['add']> {
  const { store, transaction, record } = changing
  const same = await find(changing, identity(draft))
  if (same && same.removed_at === null) return { rule: toRule(same), isNew: false }
  const id = same?.id ?? newId()
  if (same)
    await transaction.run(
      written(store)
        .where({ id })
        .update({ ...columnsOf(draft), removed_at: null }),
    )
  else await transaction.run(written(store).insert({ ...columnsOf(draft), id, source: 'own' }))
  await record('rule-add', { id })
  const added = await find(changing, { id })
  if (!added) throw new Error('A rule that was just added is not there')
  return { rule: toRule(added), isNew: true }
}

async function addRules(
  { store, transaction, record }: Changing,
  drafts: readonly RuleDraft[],
): Promise<number> {
  const added = await addMissing(store, transaction, drafts)
  if (added > 0) await record('rule-add', { imported: added })
  return added
}

async function changeRule(changing: Changing, id: string, wanted: RuleChange): Promise<Rule | null> {
  const { store, transaction, record } = changing
  const given = columnsOf(wanted)
  const before = await find(changing, { id })
  if (!before || before.removed_at !== null) return null
  const after = { ...before, ...given }
  if (!isSame(before, after as RuleRow)) {
    const twin = await find(changing, identity(after as RuleRow))
    if (twin && twin.id !== id) throw alreadyThere(twin)
    await transaction.run(written(store).where({ id }).update(given))
    await record('rule-change', toRule(before))
  }
  return toRule(after as RuleRow)
}

async function removeRule(changing: Changing, id: string): Promise<boolean> {
  const { store, transaction, record } = changing
  const before = await find(changing, { id })
  if (!before || before.removed_at !== null) return false
  const at = await record('rule-remove', toRule(before))
  if (before.source === 'own') await transaction.run(rulesOf(store).where({ id }).del())
  else await transaction.run(rulesOf(store).where({ id }).update({ removed_at: at }))
  return true
}

async function shipAll(
  store: Store,
  shipped: readonly Rule[],
  restore: boolean,
  actor: string,
): Promise<void> {
  const known = await rulesOf(store).select('id')
  const isKnown = new Set(known.map(row => row.id))
  const wanted = restore ? shipped : shipped.filter(rule => !isKnown.has(rule.id))
  if (wanted.length === 0) return
  await inTransaction(store, async transaction => {
    for (const { lastHitAt: _, hits: __, ...rule } of wanted) {
      const row = { ...rule, enabled: rule.enabled ? 1 : 0 }
      const same = rulesOf(store).where(identity(rule)).whereNot({ id: rule.id })
      // An operator wrote the same: theirs stays.
      if ((await transaction.run(same.select('id'))).length > 0) continue
      await transaction.run(
        rulesOf(store)
          .insert({ ...row, removed_at: null })
          .onConflict('id')
          .merge(restore ? undefined : ['id']),
      )
    }
    await auditor(
      store,
      transaction,
      actor,
    )(restore ? 'rule-restore' : 'rule-add', { shipped: wanted.length })
  })
}

/** Of drafts that say the same, the first. */
async function addMissing(
  store: Store,
  transaction: Transaction,
  drafts: readonly RuleDraft[],
): Promise<number> {
  const rows = await transaction.run(
    rulesOf(store).select('id', 'section', 'type', 'stage', 'text', 'removed_at'),
  )
  const key = (rule: Parameters<typeof identity>[0]): string => JSON.stringify(Object.values(identity(rule)))
  const known = new Map(rows.map(row => [key(row), row]))
  const missing = new Map<string, RuleDraft>()
  for (const draft of drafts) {
    const there = known.get(key(draft))
    if (!missing.has(key(draft)) && (!there || there.removed_at !== null)) missing.set(key(draft), draft)
  }
  const fresh = [...missing].filter(([same]) => !known.has(same)).map(([, draft]) => draft)
  for (const some of chunks(store, fresh))
    await transaction.run(
      written(store).insert(some.map(draft => ({ ...columnsOf(draft), id: newId(), source: 'own' }))),
    )
  for (const [same, draft] of missing) {
    const removed = known.get(same)
    if (!removed) continue
    await transaction.run(
      written(store)
        .where({ id: removed.id })
        .update({ ...columnsOf(draft), removed_at: null }),
    )
  }
  return missing.size
}

const newId = (): string => `own-${randomBytes(8).toString('hex')}`

const draftFields = ['section', 'text', 'type', 'stage', 'category', 'enabled', 'note'] as const

/** The columns that are given; the names are the same. */
function columnsOf(change: RuleChange): RuleChange {
  return Object.fromEntries(
    draftFields.flatMap(field => (change[field] === undefined ? [] : [[field, change[field]]])),
  )
}

function identity({ section, type, stage, text }: Pick<RuleDraft, 'section' | 'type' | 'stage' | 'text'>) {
  return { section, type, stage, text }
}

function isSame(a: RuleRow, b: RuleRow): boolean {
  const [one, other] = [toRule(a), toRule(b)]
  return JSON.stringify(one) === JSON.stringify(other)
}

function alreadyThere(twin: RuleRow): FieldError {
  const where =
    twin.removed_at === null
      ? `the rule ${twin.id}`
      : `the shipped rule ${twin.id}, which was removed; restore it`
  return new FieldError('text', `with this section, type and stage is ${where} already`)
}
