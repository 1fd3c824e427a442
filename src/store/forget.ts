// A person's address erased everywhere, as the law gives them the right to ask; the counts stay.

import { audit } from './audit.ts'
import { chunks } from './chunks.ts'
import { databaseNow } from './clock.ts'
import { fitText, lengths } from './columns.ts'
import { persist } from './failures.ts'
import type { Store } from './open.ts'
import { homeOf, modulesOf } from './record-home.ts'
import { inTransaction } from './transaction.ts'

export interface ForgetSettings {
  /** Goes into the audit, where the address itself does not. */
  readonly actor: string
  /** Stands for the address in the history, so that two events of one address still show as such: a keyed hash. */
  readonly pseudonym: string
  /** The checks of the address under every signing key: stored paths that carry one are deleted. */
  readonly checks: readonly string[]
}

/** How many rows were changed or deleted. */
export interface Forgotten {
  readonly records: number
  readonly bounces: number
  readonly evidence: number
  readonly returnPaths: number
  readonly audit: number
}

/** Rows looked through in one query. */
const slice = 5_000
const forgotten = '[forgotten]'

/** Erases `address`, in whatever case it is written. Doing it twice changes nothing more. */
export async function forgetAddress(
  store: Store,
  address: string,
  settings: ForgetSettings,
): Promise<Forgotten> {
  const needles = needlesFor(address)
  let records = 0
  for (const module of modulesOf(store)) records += (await homeOf(store, module)?.forget(address)) ?? 0
  const done = {
    records,
    bounces: await redact(store, 'rebound_bounces', needles, bounceTexts, row => ({
      address: isAddress(row.address, address) ? settings.pseudonym : row.address,
      reported_address: isAddress(row.reported_address, address) ? settings.pseudonym : row.reported_address,
    })),
    evidence: await deleteEvidence(store, needles),
    returnPaths: await deletePaths(store, settings.checks),
    audit: await redact(store, 'rebound_audit', needles, { before: 2_000 }),
  }
  await persist(() =>
    inTransaction(store, async transaction =>
      audit(store, transaction, {
        at: await databaseNow(store, transaction),
        actor: settings.actor,
        action: 'forget',
        module: null,
        recordId: null,
        eventId: null,
        before: { pseudonym: settings.pseudonym, ...done },
      }),
    ),
  )
  return done
}

/** The spellings of an address: as it is, and as patterns of return paths write it, `user=domain`. */
interface Needles {
  readonly texts: readonly string[]
  /** Finds them where they stand alone: `na@example.org` is not in `ana@example.org`. */
  readonly pattern: RegExp
}

function needlesFor(address: string): Needles {
  const at = address.lastIndexOf('@')
  const flat = at < 0 ? address : `${address.slice(0, at)}=${address.slice(at + 1)}`
  const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
  const end = '(?![\\p{L}\\p{N}_-]|\\.[\\p{L}\\p{N}])'
  return {
    texts: [...new Set([address, flat])],
    // Before the flat form stands a prefix of the pattern, often ending in `+` or `-`.
    pattern: new RegExp(
      `(?<![\\p{L}\\p{N}._%+-])${literal(address)}${end}|(?<![\\p{L}\\p{N}._%])${literal(flat)}${end}`,
      'giu',
    ),
  }
}

function isAddress(text: unknown, address: string): boolean {
  return typeof text === 'string' && text.toLowerCase() === address.toLowerCase()
}

type TextRow = Readonly<Record<string, unknown>> & { readonly id: number }

const bounceTexts = {
  address: lengths.address,
  reported_address: lengths.address,
  diagnostic: lengths.diagnostic,
  decided_text: lengths.decidedText,
  subject: lengths.subject,
  original_message_id: lengths.messageId,
  envelope_id: lengths.envelopeId,
  return_path: lengths.returnPath,
  mail_id: lengths.mailId,
} as const

/** Takes the needles out of the texts of a table, slice by slice; `exact` says what a whole column becomes. */
async function redact(
  store: Store,
  table: string,
  needles: Needles,
  texts: Readonly<Record<string, number>>,
  exact: (row: TextRow) => Readonly<Record<string, unknown>> = () => ({}),
): Promise<number> {
  const { knex } = store
  const columns = Object.keys(texts)
  let changed = 0
  await slices(store, table, async (from, to) => {
    const rows = (await whereFound(store, table, needles, columns, from, to).select(
      'id',
      ...columns,
    )) as TextRow[]
    for (const row of rows) {
      const replaced = { ...row, ...exact(row) }
      const update = Object.fromEntries(
        columns.flatMap(column => {
          const text = replaced[column]
          const clean =
            typeof text === 'string'
              ? fitText(text.replace(needles.pattern, forgotten), texts[column] ?? 0)
              : text
          return clean === row[column] ? [] : [[column, clean]]
        }),
      )
      if (Object.keys(update).length === 0) continue
      changed += await knex(table).where({ id: row.id }).update(update)
    }
  })
  return changed
}

async function deleteEvidence(store: Store, needles: Needles): Promise<number> {
  let deleted = 0
  await slices(store, 'rebound_evidence', async (from, to) => {
    const rows = (await whereFound(store, 'rebound_evidence', needles, ['body'], from, to).select(
      'id',
      'body',
    )) as {
      id: number
      body: string
    }[]
    // Search, not test: a global pattern remembers where it was.
    const ids = rows.filter(row => row.body.search(needles.pattern) >= 0).map(row => row.id)
    for (const some of chunks(store, ids))
      deleted += await store.knex('rebound_evidence').whereIn('id', some).del()
  })
  return deleted
}

async function deletePaths(store: Store, checks: readonly string[]): Promise<number> {
  let deleted = 0
  if (checks.length > 0)
    for (const table of ['rebound_return_paths', 'rebound_message_ids'])
      deleted += await persist(
        async () =>
          await store
            .knex(table)
            .whereIn('address_check', [...checks])
            .del(),
      )
  return deleted
}

/** Calls `work` for the ids from–to of each slice; a slice whose database is busy is begun again. */
async function slices(
  store: Store,
  table: string,
  work: (from: number, to: number) => Promise<void>,
): Promise<void> {
  const edges = await persist(async () => await store.knex(table).min('id as first').max('id as last'))
  const { first, last } = edges[0] as { first: number | null; last: number | null }
  if (first === null || last === null) return
  for (let from = Number(first); from <= Number(last); from += slice)
    await persist(() => work(from, from + slice - 1))
}

/** Rows that hold a needle in any case: the database folds what it can, the letters as given are tried besides. */
function whereFound(
  store: Store,
  table: string,
  needles: Needles,
  columns: readonly string[],
  from: number,
  to: number,
) {
  return store
    .knex(table)
    .whereBetween('id', [from, to])
    .where(any => {
      for (const column of columns)
        for (const needle of needles.texts) {
          any.orWhereRaw('instr(lower(??), ?) > 0', [column, needle.toLowerCase()])
          any.orWhereRaw('instr(??, ?) > 0', [column, needle])
        }
    })
}
