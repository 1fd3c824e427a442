// A server after an ordinary week: what the pages show of it, for tests that look at every page and for the pictures in docs.

import { compose } from '../../src/harness/compose.ts'
import { sendRaw, type World } from '../end-to-end/world.ts'

/** Every page, with something on it. */
export const everyPath = [
  '/',
  '/records',
  '/records?type=hard&from=nonsense',
  '/records?flag=complained',
  '/records?type=hard&module=contacts',
  '/records/contacts/42',
  '/forget',
  '/forget?address=ana%40example.org',
  '/events',
  '/events?category=nonsense',
  '/events/1',
  '/events/stripped',
  '/events?kind=bounce&type=soft',
  '/campaigns',
  '/campaigns/7',
  '/campaigns/compare?a=7&b=8',
  '/replies',
  '/incidents',
  '/incidents?all=yes',
  '/incidents/1',
  '/incidents/undo',
  '/rules',
  '/rules/new',
  '/rules/import',
  '/rules/shipped-from-MAILER-DAEMON',
  '/why',
  '/settings',
  '/settings/try',
  '/settings/doctor',
  '/settings/webhooks',
  '/settings/postmaster',
] as const

/** What came back: writer, scenario, and of whom. */
const mails: readonly (readonly [writer: string, scenario: string, who: string])[] = [
  ['postfix', 'unknown-user', 'ana@example.org'],
  ['gmail', 'mailbox-full', 'ben@gmail.com'],
  ['exchange', 'unknown-user', 'cleo@example.com'],
  ['sendmail', 'ip-block', 'dana@example.net'],
  ['mailbox', 'complaint', 'emil@example.org'],
  ['mailbox', 'out-of-office', 'fay@example.com'],
  ['postfix', 'delayed', 'gus@example.net'],
  ['mailbox', 'ordinary', 'hana@example.org'],
  ['exim', 'unknown-domain', 'ilo@nowhere.example'],
]

/** @param ask of a server with `token`, where it has one */
export async function playWeek(world: World, token?: string): Promise<void> {
  const headers = {
    'content-type': 'application/json',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  }
  const ask = async (method: string, path: string, body: unknown): Promise<Record<string, unknown>> => {
    const answer = await fetch(world.server.url + path, { method, headers, body: JSON.stringify(body) })
    return (await answer.json()) as Record<string, unknown>
  }
  const seed = 'a week'
  for (const [at, [writer, scenario, recipient]] of mails.entries()) {
    const item = { module: 'contacts', id: `${42 + at}`, campaign: at % 3 === 2 ? '8' : '7', to: recipient }
    const { items } = (await ask('POST', '/v1/return-paths', { items: [item] })) as {
      items: { address: string }[]
    }
    const returnPath = items[0]?.address ?? ''
    const { raw } = compose(writer, scenario, {
      returnPath,
      recipient,
      at: new Date(),
      seed: `${seed} ${at}`,
    })
    await sendRaw(world.server.smtpPort, returnPath, raw.toString('latin1'))
  }
  await ask('POST', '/v1/views', {
    list: 'records',
    name: 'Contacts that are gone',
    filters: { type: 'hard', module: 'contacts' },
  })
  await ask('PUT', '/v1/campaigns/7', { name: 'Spring', sent: 1200 })
  await ask('PUT', '/v1/campaigns/8', { name: 'Summer sale', sent: 900 })
  await sendRaw(
    world.server.smtpPort,
    'postmaster@bounces.crm.example',
    'From: Ops <ops@example.net>\r\nSubject: Your mail loops\r\n\r\nPlease look at it.\r\n',
    'ops@example.net',
  )
  const { knex } = world.store
  const [incident] = await knex('rebound_incidents').insert({
    sign: 'host',
    subject: 'smtp.crm.example',
    opened_at: Date.now() - 600_000,
    last_sign_at: Date.now(),
    records: 31,
    domains: 14,
  })
  await knex('rebound_bounces').where({ id: 3 }).update({ effect: 'held', incident_id: incident })
  await knex('rebound_outbox').insert({
    event_id: 2,
    created_at: Date.now() - 90_000_000,
    due_at: null,
    attempts: 14,
    last_error: 'the receiver answered 500',
  })
  await knex('rebound_stripped').insert({
    event_id: 2,
    at: Date.now() - 3_600_000,
    detail: 'bare',
    code: 'ER_TRUNCATED_WRONG_VALUE_FOR_FIELD',
  })
}
