// REBOUND_LOG_ADDRESSES=hashed: the whole log of a run holds no address that anyone used in it.

import { expect, it, onTestFinished } from 'vitest'
import { domain } from './server.ts'
import { newWorld, report, sendRaw } from './world.ts'

/** What happens in a day: mail taken, refused, forged, unreadable, kept for the postmaster; records, minting, errors. */
async function run(logAddresses: string): Promise<{ readonly log: string; readonly addresses: string[] }> {
  const world = await newWorld('sqlite', {
    REBOUND_LOG_ADDRESSES: logAddresses,
    REBOUND_LOG_LEVEL: 'trace',
    REBOUND_UNSIGNED: 'observe',
  })
  onTestFinished(world.close)
  const people = ['ana@example.org', 'o.brien+news@example.net', '"quoted name"@example.com']
  const paths: string[] = []
  for (const [n, to] of people.entries())
    paths.push(await world.mint({ module: 'contacts', id: `r${n}`, campaign: 7, to }))
  const strangers = ['stranger@elsewhere.example', 'MAILER-DAEMON@mx.example.net']
  for (const [n, path] of paths.entries())
    await sendRaw(world.server.smtpPort, path, report({ address: people[n] ?? '' }), strangers[n % 2])
  const refused = [
    `b-00000000000000000000000000000000@${domain}`,
    'somebody@foreign.example',
    `"with quotes"@${domain}`,
    `prvs=1234abcdef=unknown@${domain}`,
  ]
  for (const to of refused)
    await sendRaw(world.server.smtpPort, to, report({ address: 'x@example.org' }), strangers[0])
  await sendRaw(world.server.smtpPort, `postmaster@${domain}`, 'Subject: x\r\n\r\nx', strangers[0])
  await world.ask('PUT', '/v1/records/contacts/r0', { email: 'not an address' })
  await world.ask('PUT', '/v1/records/contacts/r0', { email: people[0] })
  // The database goes away under a report: what it says of that names what it was given.
  await world.store.knex.schema.renameTable('rebound_bounces', 'elsewhere')
  await sendRaw(world.server.smtpPort, paths[1] ?? '', report({ address: people[1] ?? '' }), strangers[0])
  await world.store.knex.schema.renameTable('elsewhere', 'rebound_bounces')
  await world.server.stop()
  return { log: world.server.said(), addresses: [...people, ...strangers, ...paths, ...refused] }
}

const written = (address: string): readonly string[] => [address, address.replaceAll('"', '\\"')]

it('hashed holds none, and says the same of the same', async () => {
  const { log, addresses } = await run('hashed')
  const lines = log.split('\n').filter(line => line.startsWith('{'))
  expect(lines.length).toBeGreaterThan(10)
  for (const address of addresses)
    for (const text of written(address)) for (const line of lines) expect(line).not.toContain(text)
  expect(lines.filter(line => /"sender":"address-[0-9a-f]{12}"/.test(line)).length).toBeGreaterThan(1)
})

it('full holds those that were refused, so that the test above can fail', async () => {
  const { log } = await run('full')
  expect(log).toContain('somebody@foreign.example')
  expect(log).toContain('stranger@elsewhere.example')
})
