// A machine whose clock was far ahead when it started: every path looks expired, and nothing tells but that no mail was
// recorded for so long. Such paths are deferred until a valid one has come.

import { expect, test } from 'vitest'
import { signingKeys } from '../../src/return-path/keys.ts'
import { minted, paths } from '../return-path/paths.ts'
import { dialects } from '../store/databases.ts'
import { secret } from './server.ts'
import { newWorld, report } from './world.ts'

const dayMs = 86_400_000

test.each(dialects)('on %s', async dialect => {
  const world = await newWorld(dialect)
  const mail = report({ address: 'ana@example.org' })
  const by = paths({ keys: signingKeys([secret]) })
  const old = minted('1', { to: 'ana@example.org' }, { by, at: new Date(Date.now() - 70 * dayMs) })
  const valid = (id: number): Promise<string> => world.mint({ module: 'contacts', id, to: 'ana@example.org' })
  // Nothing is known yet, and nobody could have such a path of this database.
  expect(await world.send(old, mail)).toMatch(/^550 5\.1\.1.*expired/i)
  expect(await world.send(await valid(1), mail)).toMatch(/^250/)
  const { knex } = world.store
  await knex('rebound_bounces').update({ recorded_at: knex.raw('recorded_at - ?', [2 * dayMs]) })
  // It looks at its clocks.
  await world.get('/readyz')
  expect(await world.send(old, mail)).toMatch(/^451/)

  expect(await world.send(await valid(2), mail)).toMatch(/^250/)
  await world.get('/readyz')
  expect(await world.send(old, mail)).toMatch(/^550 5\.1\.1.*expired/i)
  await world.close()
})
