// A person's address erased everywhere, as the law gives them the right to ask; the counts stay.

import { setTimeout as sleep } from 'node:timers/promises'
import { textsOfMail } from '../../crm/mail-texts.ts'
import { isMentioned, type Spellings, spellingsOf, withoutAddress } from '../../crm/spellings.ts'
import type { Forgotten } from '../../model/forgotten.ts'
import { bounceFields } from '../../model/stored-bounce.ts'
import { chunks } from '../database/chunks.ts'
import { databaseNow } from '../database/clock.ts'
import { lengths } from '../database/columns.ts'
import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { rowsOf } from '../database/tables.ts'
import { inTransaction } from '../database/transaction.ts'
import { homeOf, modulesOf } from '../homes/home-of.ts'
import { createRoleMail } from '../tables/role-mail.ts'
import { raiseRulesVersion } from '../tables/rule-rows.ts'
import { createSavedViews } from '../tables/saved-views.ts'
import { audit } from './audit.ts'
import { forgetInTexts, rename, rowsThatMention, type SearchedTable, type TextRow } from './forget-texts.ts'

export interface ForgetSettings {
  /** Goes into the audit, where the address itself does not. */
  readonly actor: string
  /** Stands for the address in the history, so that two events of one address still show as such: a keyed hash. */
  readonly pseudonym: string
  /** The checks of the address under every signing key: stored paths that carry one are deleted. */
  readonly checks: readonly string[]
  /** Counts what would go, and changes nothing. */
  readonly dryRun?: boolean
}

/** The columns of events that may name a person, with their lengths. */
const bounceTexts = Object.fromEntries(
  bounceFields.flatMap(([, { name, kind, author, length }]) =>
    kind === 'text' && author !== 'us' && length !== null ? [[name, length]] : [],
  ),
)

/** Erases `address` in all its spellings. Doing it twice changes nothing more, but is audited twice. */
export async function forgetAddress(
  store: Store,
  address: string,
  settings: ForgetSettings,
): Promise<Forgotten> {
  const spellings = spellingsOf(address)
  const { pseudonym, dryRun = false } = settings
  const whole = (text: unknown): boolean => typeof text === 'string' && spellings.isWhole(text)
  let records = 0
  for (const module of modulesOf(store))
    records += (await homeOf(store, module)?.forget({ spellings, pseudonym, dryRun })) ?? 0
  const texts = { spellings, dryRun }
  const isAbout = (row: TextRow): boolean =>
    [row.address, row.reported_address].some(text => whole(text) || text === pseudonym)
  const recordId = (row: TextRow) => (whole(row.record_id) ? pseudonym : row.record_id)
  const done: Forgotten = {
    records,
    bounces: await forgetInTexts(store, 'rebound_bounces', bounceTexts, {
      ...texts,
      exact: row => ({
        record_id: recordId(row),
        ...(whole(row.address) ? { address: pseudonym } : {}),
        ...(whole(row.reported_address) ? { reported_address: pseudonym } : {}),
        // A signed path holds the ids that it was made of.
        ...(whole(row.record_id) || whole(row.mail_id) ? { return_path: pseudonym } : {}),
      }),
      // `550 5.1.1 <ana.m@example.org>: user ana.m unknown`
      names: { columns: ['diagnostic', 'decided_text', 'subject'], isAbout },
    }),
    campaigns: await forgetInTexts(store, 'rebound_campaigns', { name: lengths.name }, texts),
    evidence: await deleteKept(store, evidence, spellings, {
      textsIn: row => textsOf(`${row.body}`),
      isAbout,
      dryRun,
    }),
    returnPaths: await deletePaths(store, spellings, settings),
    outbox: await forgetInTexts(store, 'rebound_outbox', { last_error: 500 }, texts),
    // Few and short-lived: all are looked at, since an answer need not name the address that it is about.
    replies: await deleteKept(
      store,
      replies,
      { ...spellings, anchor: '' },
      {
        textsIn: ({ event_id: _, ...texts }) => Object.values(texts).map(text => `${text ?? ''}`),
        isAbout,
        dryRun,
      },
    ),
    rules: await forgetInRules(store, spellings, dryRun),
    views: await forgetViews(store, spellings, dryRun),
    audit: await forgetInTexts(
      store,
      'rebound_audit',
      { before: 2_000, record_id: lengths.id },
      { ...texts, exact: row => ({ record_id: recordId(row) }) },
    ),
    mails: await createRoleMail(store).forget(raw => isMentioned(textsOfMail(raw), spellings), dryRun),
  }
  if (!dryRun) {
    await forgetStandings(store, spellings, pseudonym)
    await persist(() =>
      inTransaction(store, async transaction =>
        audit(store, transaction, {
          at: await databaseNow(store, transaction),
          actor: settings.actor,
          action: 'forget',
          module: null,
          recordId: null,
          eventId: null,
          before: { pseudonym, ...done },
        }),
      ),
    )
  }
  return done
}

/**
 * Deleted text stays in the free space of an SQLite file until that is overwritten.
 * False when another process did not let us: then it stands there until the next time.
 */
export async function wipeFreeSpace(store: Store): Promise<boolean> {
  if (store.dialect !== 'sqlite') return true
  const { knex } = store
  try {
    await persist(async () => await knex.raw('vacuum'), { conflictMs: 60_000, lostMs: 0 })
    for (let attempt = 0; attempt < 200; attempt++) {
      // Goes through only in a moment when no other process reads or writes.
      const [log] = (await persist(
        async () => await knex.raw('pragma wal_checkpoint(truncate)'),
      )) as readonly { busy: number }[]
      if (log?.busy === 0) return true
      await sleep(20 + (attempt % 7) * 30)
    }
    return false
  } catch {
    return false
  }
}

/** Records whose very id is the address: how campaigns count them stays, under the pseudonym. */
async function forgetStandings(store: Store, spellings: Spellings, pseudonym: string): Promise<void> {
  const standings = {
    table: 'rebound_campaign_records',
    key: 'campaign_id',
    columns: ['module', 'record_id'],
  }
  for await (const rows of rowsThatMention(store, standings, spellings))
    for (const row of rows)
      if (typeof row.record_id === 'string' && spellings.isWhole(row.record_id))
        await rename(store, standings.table, row, { record_id: pseudonym })
}

const evidence: SearchedTable = { table: 'rebound_evidence', key: 'id', columns: ['event_id', 'body'] }
const replies: SearchedTable = {
  table: 'rebound_replies',
  key: 'event_id',
  columns: ['sender', 'reply_to', 'subject', 'body'],
}

/**
 * Deletes what is kept of mails: where it holds the address, and of events about it, which may hold the bare local part.
 * @param textsIn the texts of a row that may hold it
 */
async function deleteKept(
  store: Store,
  searched: SearchedTable,
  spellings: Spellings,
  {
    textsIn,
    isAbout,
    dryRun,
  }: {
    readonly textsIn: (row: TextRow) => readonly string[]
    readonly isAbout: (row: TextRow) => boolean
    readonly dryRun: boolean
  },
): Promise<number> {
  const { table, key } = searched
  let deleted = 0
  for await (const rows of rowsThatMention(store, searched, spellings)) {
    const ids = rows.flatMap(row => (row.event_id === null ? [] : [Number(row.event_id)]))
    const events = await eventsAbout(store, ids, isAbout)
    const isHers = (row: TextRow): boolean =>
      events.has(Number(row.event_id)) || isMentioned(textsIn(row), spellings)
    const keys = rows.filter(isHers).map(row => Number(row[key]))
    deleted += keys.length
    for (const some of dryRun ? [] : chunks(store, keys))
      await persist(async () => await store.knex(table).whereIn(key, some).del())
  }
  return deleted
}

async function eventsAbout(
  store: Store,
  ids: readonly number[],
  isAbout: (row: TextRow) => boolean,
): Promise<ReadonlySet<number>> {
  const found = new Set<number>()
  for (const some of chunks(store, ids)) {
    const select = () =>
      rowsOf(store, 'rebound_bounces').select('id', 'address', 'reported_address').whereIn('id', some)
    const events = (await persist(async () => await select())) as readonly TextRow[]
    for (const event of events) if (isAbout(event)) found.add(Number(event.id))
  }
  return found
}

/** The texts in a JSON value, unescaped; text that is not JSON as a whole. */
function textsOf(json: string): readonly string[] {
  const texts: string[] = []
  try {
    JSON.parse(json, (_key, value: unknown) => {
      if (typeof value === 'string') texts.push(value)
      return value
    })
    return texts
  } catch {
    return [json]
  }
}

/** Paths to the address, and those whose ids hold it. */
async function deletePaths(store: Store, spellings: Spellings, settings: ForgetSettings): Promise<number> {
  const { checks, dryRun = false } = settings
  let deleted = 0
  for (const [table, key] of [
    ['rebound_return_paths', 'token'],
    ['rebound_message_ids', 'message_id_hash'],
  ] as const) {
    const found = new Set<string>()
    const also = { column: 'address_check', values: checks }
    const searched = { table, key, columns: ['record_id', 'mail_id'], also }
    for await (const rows of rowsThatMention(store, searched, spellings))
      for (const row of rows)
        if (
          checks.includes(`${row.address_check}`) ||
          isMentioned([`${row.record_id}`, `${row.mail_id}`], spellings)
        )
          found.add(`${row[key]}`)
    deleted += found.size
    for (const some of dryRun ? [] : chunks(store, [...found]))
      await persist(async () => await store.knex(table).whereIn(key, some).del())
  }
  return deleted
}

async function forgetViews(store: Store, spellings: Spellings, dryRun: boolean): Promise<number> {
  const views = await createSavedViews(store).list()
  const naming = views.filter(({ name, filters }) =>
    isMentioned([name, ...Object.values(filters)], spellings),
  )
  const ids = naming.map(({ id }) => Number(id))
  for (const some of dryRun ? [] : chunks(store, ids))
    await persist(async () => await rowsOf(store, 'rebound_saved_views').whereIn('id', some).del())
  return naming.length
}

async function forgetInRules(store: Store, spellings: Spellings, dryRun: boolean): Promise<number> {
  const rules = await persist(async () => await rowsOf(store, 'rebound_rules').select('id', 'text', 'note'))
  const naming = rules.filter(rule => isMentioned([rule.text], spellings))
  const noting = rules.filter(rule => !naming.includes(rule) && isMentioned([rule.note ?? ''], spellings))
  const found = naming.length + noting.length
  if (found === 0 || dryRun) return found
  await persist(() =>
    inTransaction(store, async transaction => {
      for (const { id } of naming) await transaction.run(rowsOf(store, 'rebound_rules').where({ id }).del())
      for (const { id, note } of noting)
        await transaction.run(
          rowsOf(store, 'rebound_rules')
            .where({ id })
            .update({ note: withoutAddress(note ?? '', spellings, false) }),
        )
      await raiseRulesVersion(store, transaction)
    }),
  )
  return found
}
