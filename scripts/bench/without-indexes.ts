// Filling a table is quicker without its secondary indexes, which the database then builds sorted.

import type { Store } from '../../src/store/database/open.ts'

interface Index {
  readonly drop: string
  readonly create: string
}

/** Takes the indexes of a table away, works, and puts them back. */
export async function withoutIndexes(
  store: Store,
  tables: readonly string[],
  work: () => Promise<void>,
): Promise<void> {
  const all: (readonly [table: string, indexes: readonly Index[]])[] = []
  for (const table of tables) {
    const indexes = await (store.dialect === 'mysql' ? ofMysql : ofSqlite)(store, table)
    all.push([table, indexes])
    for (const { drop } of indexes) await store.knex.raw(drop)
  }
  await work()
  for (const [, indexes] of all) for (const { create } of indexes) await store.knex.raw(create)
}

async function ofSqlite({ knex }: Store, table: string): Promise<readonly Index[]> {
  const rows = (await knex('sqlite_master')
    .select('name', 'sql')
    .where({ type: 'index', tbl_name: table })
    .whereNotNull('sql')) as readonly { readonly name: string; readonly sql: string }[]
  return rows.map(({ name, sql }) => ({ drop: `drop index ${name}`, create: sql }))
}

async function ofMysql({ knex }: Store, table: string): Promise<readonly Index[]> {
  const [rows] = (await knex.raw('show index from ??', [table])) as readonly [
    readonly { readonly Key_name: string; readonly Column_name: string; readonly Non_unique: number }[],
  ]
  const names = new Set(rows.map(({ Key_name }) => Key_name).filter(name => name !== 'PRIMARY'))
  return [...names].map(name => {
    const parts = rows.filter(({ Key_name }) => Key_name === name)
    const unique = parts.every(({ Non_unique }) => Number(Non_unique) === 0) ? 'unique' : ''
    return {
      drop: `alter table ${table} drop index ${name}`,
      create: `alter table ${table} add ${unique} index ${name} (${parts.map(each => each.Column_name).join(', ')})`,
    }
  })
}
