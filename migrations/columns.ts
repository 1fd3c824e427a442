// Column kinds that mean the same on SQLite, MariaDB and MySQL: what equals what is decided here, once.

import type { Knex } from 'knex'

/** Which server speaks: its spelling of "compare code points, and count trailing spaces" differs. */
export type Flavour = 'sqlite' | 'mariadb' | 'mysql'

export async function flavourOf(knex: Knex): Promise<Flavour> {
  if (String(knex.client.config.client).includes('sqlite')) return 'sqlite'
  const [rows] = await knex.raw('select version() as version')
  return /mariadb/i.test(String(rows[0].version)) ? 'mariadb' : 'mysql'
}

// MySQL's default collations take `A`, `a` and `a ` for the same key; these do not (NO PAD, binary).
const exact = {
  sqlite: '',
  mariadb: ' character set utf8mb4 collate utf8mb4_nopad_bin',
  mysql: ' character set utf8mb4 collate utf8mb4_0900_bin',
} as const

/** ` collate …` behind an expression of utf8mb4 that is compared exactly; empty on SQLite. */
export const exactCollation = (flavour: Flavour): string => exact[flavour].replace(/^ character set \w+/, '')

export interface Columns {
  /** Text of up to `length` code points, compared exactly. */
  readonly text: (table: Knex.TableBuilder, name: string, length: number) => Knex.ColumnBuilder
  /** ASCII of up to `length` characters, compared exactly: words of a closed vocabulary, tokens, hashes. */
  readonly ascii: (table: Knex.TableBuilder, name: string, length: number) => Knex.ColumnBuilder
  /** Epoch milliseconds, UTC. */
  readonly time: (table: Knex.TableBuilder, name: string) => Knex.ColumnBuilder
  /** `create table` options: MySQL's engine and default character set. */
  readonly finish: (table: Knex.CreateTableBuilder) => void
  readonly flavour: Flavour
}

export async function columnsFor(knex: Knex): Promise<Columns> {
  const flavour = await flavourOf(knex)
  const sqlite = flavour === 'sqlite'
  return {
    flavour,
    text: (table, name, length) =>
      sqlite ? table.text(name) : table.specificType(name, `varchar(${length})${exact[flavour]}`),
    ascii: (table, name, length) =>
      sqlite
        ? table.text(name)
        : table.specificType(name, `varchar(${length}) character set ascii collate ascii_bin`),
    time: (table, name) => table.bigInteger(name),
    finish: table => {
      if (sqlite) return
      table.engine('InnoDB')
      table.charset('utf8mb4')
    },
  }
}

/**
 * Creates a table unless it is there. MySQL commits each DDL statement by itself: a start that was killed
 * half-way must be able to begin again.
 */
export async function createTable(
  knex: Knex,
  name: string,
  build: (table: Knex.CreateTableBuilder, columns: Columns) => void,
): Promise<void> {
  if (await knex.schema.hasTable(name)) return
  const columns = await columnsFor(knex)
  await knex.schema.createTable(name, table => {
    build(table, columns)
    columns.finish(table)
  })
}
