// What the database says of the CRM's tables: columns, keys, engine. Read once, at the start.

import type { Store } from '../database/open.ts'
import type { ColumnFacts } from './crm-tables.ts'

export interface SchemaColumn extends ColumnFacts {
  /** As the database calls it. */
  readonly type: string
  readonly generated: boolean
  /** Of whole numbers, the least and the greatest; null where there is no limit. */
  readonly range: readonly [number, number] | null
  /** Of an enum. */
  readonly values: readonly string[] | null
}

export interface SchemaTable {
  readonly isView: boolean
  /** Null where tables have none. */
  readonly engine: string | null
  readonly columns: ReadonlyMap<string, SchemaColumn>
  /** Columns that are a unique key by themselves, and columns that an index begins with. */
  readonly unique: ReadonlySet<string>
  readonly indexed: ReadonlySet<string>
}

/** The tables of the database by name; of the columns only those of `wanted` tables. */
export async function readSchema(
  store: Store,
  wanted: readonly string[],
): Promise<ReadonlyMap<string, SchemaTable>> {
  return store.dialect === 'sqlite' ? readSqlite(store, wanted) : readMysql(store, wanted)
}

interface Building {
  readonly isView: boolean
  readonly engine: string | null
  readonly columns: Map<string, SchemaColumn>
  readonly unique: Set<string>
  readonly indexed: Set<string>
}

const table = (isView: boolean, engine: string | null): Building => ({
  isView,
  engine,
  columns: new Map(),
  unique: new Set(),
  indexed: new Set(),
})

async function readSqlite({ knex }: Store, wanted: readonly string[]) {
  const tables = new Map<string, Building>()
  const rows = (await knex.raw(
    "select name, type from sqlite_master where type in ('table', 'view') and name not glob 'sqlite_*'",
  )) as readonly { name: string; type: string }[]
  for (const row of rows) tables.set(row.name, table(row.type === 'view', null))
  for (const name of wanted) {
    const found = tables.get(name)
    if (!found) continue
    await readSqliteColumns(knex, name, found)
    await readSqliteIndexes(knex, name, found)
  }
  return tables
}

async function readSqliteColumns(knex: Store['knex'], name: string, found: Building): Promise<void> {
  // `hidden`: 2 and 3 are generated columns (https://sqlite.org/pragma.html#pragma_table_xinfo).
  const columns = (await knex.raw('select * from pragma_table_xinfo(?)', [name])) as readonly {
    name: string
    type: string
    notnull: number
    pk: number
    hidden: number
  }[]
  for (const column of columns) {
    const type = column.type.toLowerCase()
    const kind = sqliteKind(type)
    const length = /\((\d+)\)/.exec(type)?.[1]
    found.columns.set(column.name, {
      type,
      kind,
      nullable: column.notnull === 0,
      // SQLite reads the length in a type and does not enforce it: we do.
      length: kind === 'text' && length ? Number(length) : null,
      generated: column.hidden > 1,
      // Whole numbers of SQLite have 64 bits, whatever they are called.
      range: null,
      values: null,
    })
  }
  const key = columns.filter(column => column.pk > 0)
  for (const column of key) if (column.pk === 1) found.indexed.add(column.name)
  if (key.length === 1 && key[0]) found.unique.add(key[0].name)
}

async function readSqliteIndexes(knex: Store['knex'], name: string, found: Building): Promise<void> {
  const indexes = (await knex.raw(
    `select i.name as "index", i."unique", c.seqno, c.name as "column"
     from pragma_index_list(?) as i, pragma_index_info(i.name) as c where i.partial = 0 order by i.name, c.seqno`,
    [name],
  )) as readonly { index: string; unique: number; seqno: number; column: string | null }[]
  for (const row of indexes) {
    if (row.seqno !== 0 || row.column === null) continue
    found.indexed.add(row.column)
    const width = indexes.filter(each => each.index === row.index).length
    if (row.unique === 1 && width === 1) found.unique.add(row.column)
  }
}

/** Column affinity (https://sqlite.org/datatype3.html §3.1), and the words for times that people use. */
function sqliteKind(type: string): ColumnFacts['kind'] {
  if (type.includes('int')) return 'integer'
  if (/char|clob|text|enum/.test(type)) return 'text'
  if (/date|time/.test(type)) return 'time'
  return type.includes('bool') ? 'integer' : 'other'
}

const mysqlKinds: Readonly<Record<string, ColumnFacts['kind']>> = {
  tinyint: 'integer',
  smallint: 'integer',
  mediumint: 'integer',
  int: 'integer',
  bigint: 'integer',
  bit: 'integer',
  char: 'text',
  varchar: 'text',
  tinytext: 'text',
  text: 'text',
  mediumtext: 'text',
  longtext: 'text',
  enum: 'text',
  uuid: 'text',
  datetime: 'time',
  timestamp: 'time',
}

const mysqlBytes: Readonly<Record<string, number>> = {
  tinyint: 1,
  smallint: 2,
  mediumint: 3,
  int: 4,
  bigint: 8,
}

/** Of a type as MySQL writes it: `tinyint(1) unsigned`, `bit(1)`. */
function rangeOf(type: string): SchemaColumn['range'] {
  const [, name = '', size] = /^([a-z]+)(?:\((\d+)\))?/.exec(type) ?? []
  if (name === 'bit') return [0, 2 ** Number(size ?? 1) - 1]
  const bytes = mysqlBytes[name]
  if (bytes === undefined) return null
  const values = 2 ** (8 * bytes)
  return type.includes('unsigned') ? [0, values - 1] : [-values / 2, values / 2 - 1]
}

async function readMysql({ knex }: Store, wanted: readonly string[]) {
  const tables = new Map<string, Building>()
  // Names in capitals or not: servers differ in how they head these columns, so each has a name of ours.
  const rows = (await knex
    .select({ name: 'table_name', type: 'table_type', engine: 'engine' })
    .from('information_schema.tables')
    .whereRaw('table_schema = database()')) as readonly {
    name: string
    type: string
    engine: string | null
  }[]
  for (const row of rows) tables.set(row.name, table(row.type.includes('VIEW'), row.engine))
  const columns = (await knex
    .select({
      table: 'table_name',
      name: 'column_name',
      type: 'data_type',
      full: 'column_type',
      length: 'character_maximum_length',
      nullable: 'is_nullable',
      extra: 'extra',
    })
    .from('information_schema.columns')
    .whereRaw('table_schema = database()')
    .whereIn('table_name', wanted)) as readonly {
    table: string
    name: string
    type: string
    full: string
    length: number | null
    nullable: string
    extra: string
  }[]
  for (const row of columns) {
    const type = row.type.toLowerCase()
    tables.get(row.table)?.columns.set(row.name, {
      type: String(row.full),
      kind: mysqlKinds[type] ?? 'other',
      nullable: row.nullable === 'YES',
      length: row.length === null || type === 'enum' ? null : Number(row.length),
      range: rangeOf(String(row.full).toLowerCase()),
      generated: /generated/i.test(row.extra) && !/default_generated/i.test(row.extra),
      values:
        type === 'enum'
          ? [...String(row.full).matchAll(/'((?:[^']|'')*)'/g)].map(match =>
              (match[1] ?? '').replaceAll("''", "'"),
            )
          : null,
    })
  }
  const indexes = (await knex
    .select({
      table: 'table_name',
      index: 'index_name',
      column: 'column_name',
      place: 'seq_in_index',
      repeats: 'non_unique',
    })
    .from('information_schema.statistics')
    .whereRaw('table_schema = database()')
    .whereIn('table_name', wanted)) as readonly {
    table: string
    index: string
    column: string
    place: number
    repeats: number | string
  }[]
  for (const row of indexes) {
    if (Number(row.place) !== 1) continue
    const found = tables.get(row.table)
    found?.indexed.add(row.column)
    const width = indexes.filter(each => each.table === row.table && each.index === row.index).length
    if (Number(row.repeats) === 0 && width === 1) found?.unique.add(row.column)
  }
  return tables
}
