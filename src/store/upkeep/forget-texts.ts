// Looking through a table for an address, page by page, and taking it out of its texts.

import { type Spellings, withoutAddress, withoutName } from '../../crm/spellings.ts'
import { fitText } from '../database/columns.ts'
import { persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'

export type TextRow = Readonly<Record<string, unknown>>

export interface SearchedTable {
  readonly table: string
  /** The primary key, or the column it begins with. */
  readonly key: string
  /** Where to search; the key where there is none. */
  readonly columns: readonly string[]
  /** Rows that are meant whatever they mention. */
  readonly also?: { readonly column: string; readonly values: readonly string[] }
}

/** Rows looked through in one query: it is done long before the driver's patience ends. */
const pageRows = 5_000

/** Rows of which a column may hold the address; the caller looks closer. A page whose database is busy is asked again. */
export async function* rowsThatMention(
  store: Store,
  { table, key, columns, also }: SearchedTable,
  { anchor }: Spellings,
): AsyncGenerator<readonly TextRow[]> {
  let after: unknown = null
  for (;;) {
    const from = after
    const rest = () => (from === null ? store.knex(table) : store.knex(table).where(key, '>', from as string))
    const [last] = (await persist(
      async () =>
        await rest()
          .select(key)
          .orderBy(key)
          .offset(pageRows - 1)
          .limit(1),
    )) as readonly TextRow[]
    yield (await persist(async () => {
      const page = rest().select(key, ...columns, ...(also ? [also.column] : []))
      if (last) page.where(key, '<=', last[key] as string)
      if (anchor !== '')
        page.where(any => {
          for (const column of columns.length === 0 ? [key] : columns)
            any.orWhereRaw('instr(lower(??), ?) > 0', [column, anchor])
          if (also) any.orWhereIn(also.column, [...also.values])
        })
      return await page
    })) as readonly TextRow[]
    if (!last) return
    after = last[key]
  }
}

/** Under a new key; where that is taken since an earlier time, the row goes. */
export async function rename(store: Store, table: string, where: object, change: object): Promise<void> {
  await persist(async () => {
    const taken = await store.knex(table).where({ ...where, ...change })
    if (taken.length > 0) await store.knex(table).where(where).del()
    else await store.knex(table).where(where).update(change)
  })
}

/**
 * Takes the address out of the columns of a table whose key is `id`. JSON stays JSON.
 * @param texts the columns with their lengths: a text that fills its column may have been cut
 * @returns the rows changed, or those that would be
 */
export async function forgetInTexts(
  store: Store,
  table: string,
  texts: Readonly<Record<string, number>>,
  options: {
    readonly spellings: Spellings
    readonly dryRun: boolean
    /** Columns that are not searched for texts, and what they become. */
    readonly exact?: (row: TextRow) => TextRow
    /** Columns out of which the bare local part is taken too, in rows that are about the address. */
    readonly names?: { readonly columns: readonly string[]; readonly isAbout: (row: TextRow) => boolean }
  },
): Promise<number> {
  const { spellings, dryRun, exact = () => ({}), names } = options
  const columns = Object.keys(texts)
  let changed = 0
  for await (const rows of rowsThatMention(store, { table, key: 'id', columns }, spellings))
    for (const row of rows) {
      const named = names?.isAbout(row) ? names.columns : []
      const update = changesOf(row, exact(row), texts, (column, text, wasCut) => {
        const clean = withoutAddress(text, spellings, wasCut)
        return named.includes(column) ? withoutName(clean, spellings) : clean
      })
      if (update === null) continue
      changed++
      if (!dryRun)
        await persist(
          async () =>
            await store
              .knex(table)
              .where({ id: row.id as string })
              .update(update),
        )
    }
  return changed
}

type Cleaning = (column: string, text: string, wasCut: boolean) => string

function changesOf(
  row: TextRow,
  exact: TextRow,
  texts: Readonly<Record<string, number>>,
  clean: Cleaning,
): TextRow | null {
  const update = Object.fromEntries(
    Object.entries(texts).flatMap(([column, length]) => {
      const text = row[column]
      const left =
        column in exact || typeof text !== 'string'
          ? (exact[column] ?? text)
          : fitText(cleaned(column, text, length, clean), length)
      return left === text ? [] : [[column, left]]
    }),
  )
  return Object.keys(update).length === 0 ? null : update
}

function cleaned(column: string, text: string, length: number, clean: Cleaning): string {
  const wasCut = [...text].length >= length
  if (!text.startsWith('{')) return clean(column, text, wasCut)
  try {
    // Escaped by JSON, `\n` would pass for the letter before an address.
    return JSON.stringify(
      JSON.parse(text, (_key, value) => (typeof value === 'string' ? clean(column, value, wasCut) : value)),
    )
  } catch {
    return clean(column, text, wasCut)
  }
}
