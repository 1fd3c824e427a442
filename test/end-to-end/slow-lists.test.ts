// Lists that take all connections of the database keep neither mail nor probes waiting: these have connections of their own.

import mysql from 'mysql2/promise'
import { describe, expect, test } from 'vitest'
import { compose } from '../../src/harness/compose.ts'
import { mysqlAvailable } from '../mariadb.ts'
import { within } from '../patience.ts'
import { newWorld } from './world.ts'

describe.skipIf(!mysqlAvailable)('on mysql', () => {
  test('mail is recorded and /readyz answers while more lists hang than there are connections', {
    timeout: within(60_000),
  }, async () => {
    const world = await newWorld('mysql')
    const addresses: string[] = []
    for (let at = 0; at < 5; at++)
      addresses.push(await world.mint({ module: 'contacts', id: `${at}`, to: 'ana@example.org' }))
    const holder = await mysql.createConnection(world.server.environment.DATABASE_URL ?? '')
    // A table that mail does not touch.
    await holder.query('lock tables rebound_audit write')
    const hanging = Array.from({ length: 30 }, () => world.get('/v1/audit?limit=1').catch(() => null))
    let answered = 0
    for (const each of hanging) void each.then(() => answered++)
    await expect
      .poll(async () => {
        const [rows] = await world.store.knex.raw(
          "select count(*) as n from information_schema.processlist where db = database() and state like 'Waiting for table%'",
        )
        return Number(rows[0].n)
      })
      .toBeGreaterThanOrEqual(10)
    for (const [at, address] of addresses.entries()) {
      const report = { returnPath: address, at: new Date(), seed: `${at}` }
      const { raw } = compose('postfix', 'unknown-user', report)
      expect(await world.send(address, Buffer.from(raw).toString('latin1'))).toMatch(/^250/)
      expect(await world.get('/readyz')).toEqual({ status: 'ready' })
    }
    expect(answered).toBe(0)
    await holder.query('unlock tables')
    await holder.end()
    await Promise.all(hanging)
    await world.close()
  })
})
