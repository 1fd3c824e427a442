// The operators' rules in the database: listed, added, changed, removed; every change audited and seen by every process.

import { randomBytes } from 'node:crypto'
import type { Category } from '../../model/categories.ts'
import { FieldError } from '../../model/field-error.ts'
import type { Page } from '../../model/page.ts'
import type { Rule, RuleSection, RuleStage, RuleType } from '../../model/rule.ts'
import { chunks } from '../database/chunks.ts'
import { databaseNow } from '../database/clock.ts'
import { isKey } from '../database/columns.ts'
import { failureOf, persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { inTransaction, type Transaction } from '../database/transaction.ts'
import { type AuditEntry, audit } from '../upkeep/audit.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { type RuleRow, raiseRulesVersion, toRule } from './rule-rows.ts'

export interface RuleDraft {
  readonly section: RuleSection
  /** 1–100 code points. */
  readonly text: string
  readonly type: RuleType
  readonly stage: RuleStage
  readonly category: Category | null
  readonly enabled: boolean
  readonly note: string | null
}

export type RuleChange = { readonly [Field in keyof RuleDraft]?: RuleDraft[Field] | undefined }

interface By {
  /** Goes into the audit. */
  readonly actor: string
}

export interface Rules {
  /** In the order asked. Throws CursorError. */
  readonly list: (page: {
    readonly after?: string | undefined
    readonly limit: number
  }) => Promise<Page<Rule>>
  /** What is there already (same section, text, type and stage) is answered as it is. */
  readonly add: (draft: RuleDraft, by: By) => Promise<{ readonly rule: Rule; readonly isNew: boolean }>
  /** The same for many, in their order, all or none of them; answers how many were not there. */
  readonly addAll: (drafts: readonly RuleDraft[], by: By) => Promise<number>
  /** Null when there is no such rule; throws FieldError when another rule says the same already. */
  readonly change: (id: string, change: RuleChange, by: By) => Promise<Rule | null>
  readonly remove: (id: string, by: By) => Promise<boolean>
  /** Brings the shipped rules in: only those never seen before, or, to `restore`, all of them as shipped. */
  readonly ship: (shipped: readonly Rule[], options: { readonly restore: boolean } & By) => Promise<void>
}

/** @param onChange awaited after each committed change, so that this process acts on it before it answers */
export function createRules(store: Store, onChange: () => Promise<void> = async () => {}): Rules {
  const change = async <T>(
    work: (transaction: Transaction, record: Recorder) => Promise<T>,
    by: By,
  ): Promise<T> => {
    const answer = await persist(() =>
      inTransaction(store, transaction => work(transaction, recorder(transaction, by))),
    )
    await onChange()
    return answer
  }
  /** Notes a change: in the audit, and by raising the version. */
  const recorder =
    (transaction: Transaction, by: By): Recorder =>
    async (action, before) => {
      const at = await databaseNow(store, transaction)
      await audit(store, transaction, {
        at,
        actor: by.actor,
        action,
        module: null,
        recordId: null,
        eventId: null,
        before,
      })
      await raiseRulesVersion(store, transaction)
      return at
    }
  const rules = () => store.knex('rebound_rules')
  const find = async (transaction: Transaction, where: object): Promise<RuleRow | null> => {
    const query = rules().where(where)
    const rows = await transaction.run(store.dialect === 'mysql' ? query.forUpdate() : query)
    return (rows as readonly RuleRow[])[0] ?? null
  }

  return {
    list: async ({ after, limit }) => {
      const [position] = after === undefined ? [0] : decodeCursor('r', after, [0] as const)
      const rows = await persist(
        async () =>
          (await rules()
            .whereNull('removed_at')
            .where('position', '>', position)
            .orderBy('position')
            .limit(limit + 1)) as readonly RuleRow[],
      )
      const shown = rows.slice(0, limit)
      const last = shown.at(-1)
      const next = rows.length > limit && last ? encodeCursor('r', Number(last.position)) : null
      return { items: shown.map(toRule), next }
    },

    add: (draft, by) =>
      change(async (transaction, record) => {
        const same = await find(transaction, identity(draft))
        if (same && same.removed_at === null) return { rule: toRule(same), isNew: false }
        const id = same?.id ?? newId()
        if (same)
          await transaction.run(
            rules()
              .where({ id })
              .update({ ...columnsOf(draft), removed_at: null }),
          )
        else await transaction.run(rules().insert({ ...columnsOf(draft), id, source: 'own' }))
        await record('rule-add', { id })
        const added = await find(transaction, { id })
        if (!added) throw new Error('A rule that was just added is not there')
        return { rule: toRule(added), isNew: true }
      }, by).catch(error => {
        // Another process added the same at the same time.
        if (failureOf(error) === 'duplicate') return createRules(store, onChange).add(draft, by)
        throw error
      }),

    addAll: (drafts, by) =>
      change(async (transaction, record) => {
        const added = await addMissing(store, transaction, drafts)
        if (added > 0) await record('rule-add', { imported: added })
        return added
      }, by).catch(error => {
        if (failureOf(error) === 'duplicate') return createRules(store, onChange).addAll(drafts, by)
        throw error
      }),

    change: async (id, wanted, by) => {
      if (!isKey(id)) return null
      const given = columnsOf(wanted)
      return await change(async (transaction, record) => {
        const before = await find(transaction, { id })
        if (!before || before.removed_at !== null) return null
        const after = { ...before, ...given }
        if (!isSame(before, after as RuleRow)) {
          const twin = await find(transaction, identity(after as RuleRow))
          if (twin && twin.id !== id) throw alreadyThere(twin)
          await transaction.run(rules().where({ id }).update(given))
          await record('rule-change', toRule(before))
        }
        return toRule(after as RuleRow)
      }, by).catch(error => {
        if (failureOf(error) === 'duplicate')
          throw new FieldError('text', 'says what another rule says already')
        throw error
      })
    },

    remove: async (id, by) => {
      if (!isKey(id)) return false
      return await change(async (transaction, record) => {
        const before = await find(transaction, { id })
        if (!before || before.removed_at !== null) return false
        const at = await record('rule-remove', toRule(before))
        if (before.source === 'own') await transaction.run(rules().where({ id }).del())
        else await transaction.run(rules().where({ id }).update({ removed_at: at }))
        return true
      }, by)
    },

    ship: async (shipped, { restore, ...by }) => {
      await persist(() => shipAll(store, shipped, restore, by, recorder))
      await onChange()
    },
  }
}

type Recorder = (action: AuditEntry['action'], before: object) => Promise<number>

async function shipAll(
  store: Store,
  shipped: readonly Rule[],
  restore: boolean,
  by: By,
  recorder: (transaction: Transaction, by: By) => Recorder,
): Promise<void> {
  const known = (await store.knex('rebound_rules').select('id')) as readonly { id: string }[]
  const isKnown = new Set(known.map(row => row.id))
  const wanted = restore ? shipped : shipped.filter(rule => !isKnown.has(rule.id))
  if (wanted.length === 0) return
  await inTransaction(store, async transaction => {
    for (const { lastHitAt: _, hits: __, ...rule } of wanted) {
      const row = { ...rule, enabled: rule.enabled ? 1 : 0 }
      const same = store.knex('rebound_rules').where(identity(rule)).whereNot({ id: rule.id })
      // An operator wrote the same: theirs stays.
      if ((await transaction.run(same.select('id'))).length > 0) continue
      await transaction.run(
        store
          .knex('rebound_rules')
          .insert({ ...row, removed_at: null })
          .onConflict('id')
          .merge(restore ? undefined : ['id']),
      )
    }
    await recorder(transaction, by)(restore ? 'rule-restore' : 'rule-add', { shipped: wanted.length })
  })
}

/** Of drafts that say the same, the first. */
async function addMissing(
  store: Store,
  transaction: Transaction,
  drafts: readonly RuleDraft[],
): Promise<number> {
  const rules = () => store.knex('rebound_rules')
  const rows = await transaction.run(rules().select('id', 'section', 'type', 'stage', 'text', 'removed_at'))
  const key = (rule: RuleDraft | RuleRow): string => JSON.stringify(Object.values(identity(rule)))
  const known = new Map((rows as readonly RuleRow[]).map(row => [key(row), row]))
  const missing = new Map<string, RuleDraft>()
  for (const draft of drafts) {
    const there = known.get(key(draft))
    if (!missing.has(key(draft)) && (!there || there.removed_at !== null)) missing.set(key(draft), draft)
  }
  const fresh = [...missing].filter(([same]) => !known.has(same)).map(([, draft]) => draft)
  for (const some of chunks(store, fresh))
    await transaction.run(
      rules().insert(some.map(draft => ({ ...columnsOf(draft), id: newId(), source: 'own' }))),
    )
  for (const [same, draft] of missing) {
    const removed = known.get(same)
    if (!removed) continue
    await transaction.run(
      rules()
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
