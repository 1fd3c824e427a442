// The rights that the manual asks for are enough: read out of it, given to a user who has no others.

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore, type Store } from '../../src/store/database/open.ts'
import { createRecorder } from '../../src/store/recording/recorder.ts'
import { createRecords } from '../../src/store/tables/records.ts'
import { undoBounce } from '../../src/store/upkeep/undo.ts'
import { mysqlAvailable } from '../mariadb.ts'
import { createCrm, mapped, shippedMapping } from './crms.ts'
import { newDatabase, type TestDatabase } from './databases.ts'
import { event } from './events.ts'

const manual = readFileSync(resolve(import.meta.dirname, '../../docs/own-tables.md'), 'utf8')
const password = 'only-for-this-test'

// SQLite has no users; a machine without MariaDB says so at the end of its run.
describe.runIf(mysqlAvailable)('on mysql, a user with the rights of the manual', () => {
  let database: TestDatabase
  let store: Store
  let user: string
  const name = () => new URL(database.url).pathname.slice(1)
  beforeAll(async () => {
    database = await newDatabase('mysql')
    await createCrm(database.store, 'suitecrm')
    const { knex } = database.store
    user = `u_${name().slice(-12)}`
    await knex.raw(`create user ${user}@'%' identified by '${password}'`)
    const given = (sql: string) =>
      knex.raw(sql.replaceAll(' crm.', ` ${name()}.`).replace("rebound@'%'", `${user}@'%'`))
    const grants = manual.match(/^GRANT .*;$/gm) ?? []
    expect(grants).toHaveLength(3)
    for (const sql of grants) await given(sql)
    // "in the same way"
    for (const table of ['accounts', 'leads', 'prospects'])
      await given(`GRANT SELECT ON crm.${table} TO rebound@'%'`)
    const own = (await knex
      .select({ name: 'table_name' })
      .from('information_schema.tables')
      .whereRaw("table_schema = database() and table_name like 'rebound\\_%'")) as readonly { name: string }[]
    for (const table of own) await given(`GRANT ALL ON crm.${table.name} TO rebound@'%'`)
    const url = new URL(database.url)
    url.username = user
    url.password = password
    store = openStore({ url: url.toString() })
  })
  afterAll(async () => {
    await store?.close()
    await database?.store.knex.raw(`drop user if exists ${user}@'%'`)
    await database?.drop()
  })

  it('is checked, records and undoes, and may do nothing else', async () => {
    const { knex } = database.store
    await knex('contacts').insert({ id: 'c1' })
    await knex('email_addresses').insert({ id: 'a1', email_address: 'ana@example.org' })
    const link = {
      id: 'r1',
      bean_id: 'c1',
      bean_module: 'Contacts',
      email_address_id: 'a1',
      primary_address: 1,
    }
    await knex('email_addr_bean_rel').insert(link)
    const own = await mapped(store, shippedMapping('suitecrm'))
    const recorder = createRecorder(own, { trustClaimed: false })
    const [stored] = await recorder.record([event({ recordId: 'c1' })])
    await recorder.close()
    const mark = async () => (await knex('email_addresses'))[0].invalid_email
    expect(await mark()).toBe(1)
    expect(await createRecords(own).get('contacts', 'c1')).toMatchObject({ email: null, hardBounces: 1 })
    expect(await undoBounce(own, stored?.id ?? '', { actor: 'test' })).toMatchObject({ kind: 'undone' })
    expect(await mark()).toBe(0)
    await expect(store.knex('contacts').update({ first_name: 'x' })).rejects.toMatchObject({ errno: 1142 })
    await expect(store.knex('email_addresses').update({ email_address: 'x' })).rejects.toMatchObject({
      errno: 1143,
    })
  })
})
