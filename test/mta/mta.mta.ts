// Real mail servers: they relay minted mail, what they relay to refuses it, and their own reports come back over SMTP.

import nodemailer from 'nodemailer'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { domain, startServer } from '../end-to-end/server.ts'
import { newWorld, report, type World } from '../end-to-end/world.ts'
import { within } from '../patience.ts'
import { forwarder, hasExim, startExim } from './exim.ts'
import type { Mta, Routes } from './mta.ts'
import { mayHaveNames, type Names, noNames, startNames } from './names.ts'
import { hasPostfix, startPostfix } from './postfix.ts'
import { closedPort, type Remote, startRemote } from './remote.ts'

const isRequired = process.env.REBOUND_TEST_REQUIRE_TOOLS === '1'
const mtas: readonly (readonly [string, boolean, (routes: Routes, names: Names) => Promise<Mta>])[] = [
  ['Postfix', hasPostfix(), startPostfix],
  ['Exim', hasExim(), startExim],
]
for (const [name, isThere] of mtas)
  if (!isThere) {
    if (isRequired) throw new Error(`${name} is not there: see .ci/run`)
    console.log(`left out: ${name} is not there, or this user is not root (see .ci/run)`)
  }

/** What the two say differently: Exim says no more than that its time is over, or that there is no route. */
const causes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Postfix: { away: 'network-error', nowhere: 'unknown-domain' },
  Exim: { away: 'expired', nowhere: 'unknown-user' },
}

/** What becomes of the record, by the local part of its address. */
const fates: readonly (readonly [local: string, host: string, event: object, record: object])[] = [
  [
    'dead',
    'remote.example',
    { type: 'hard', category: 'unknown-user', effect: 'removed' },
    { email: null, hardBounces: 1 },
  ],
  [
    'full',
    'remote.example',
    { type: 'soft', category: 'mailbox-full', effect: 'flagged' },
    { softBounces: 1 },
  ],
  [
    'quota',
    'remote.example',
    { type: 'soft', category: 'mailbox-full', effect: 'flagged' },
    { softBounces: 1 },
  ],
  ['blocked', 'remote.example', { type: 'soft', category: 'blocked', effect: 'flagged' }, { softBounces: 1 }],
  ['grey', 'remote.example', { type: 'soft', category: 'greylisted', effect: 'flagged' }, { softBounces: 1 }],
  ['away', 'closed.example', { type: 'soft', effect: 'flagged' }, { softBounces: 1 }],
  [
    'null',
    'nullmx.example',
    { type: 'hard', category: 'not-accepting', effect: 'removed' },
    { email: null, hardBounces: 1 },
  ],
  ['nowhere', 'nowhere.example', { type: 'hard', effect: 'removed' }, { email: null, hardBounces: 1 }],
]

const hasNames = mayHaveNames()
if (!hasNames) console.log('left out: domains by DNS, since nothing may be mounted here (unshare --mount)')
/** Where mail to them goes, only their names say. */
const namedHosts: readonly string[] = ['nullmx.example', 'nowhere.example']
const byNames = hasNames ? namedHosts : []

describe.each(mtas.filter(([, isThere]) => isThere))('%s', (name, _, start) => {
  let world: World
  let remote: Remote
  let names: Names
  let mta: Mta
  let smtpPort: string
  beforeAll(async () => {
    smtpPort = String(await closedPort())
    world = await newWorld('sqlite', { REBOUND_SMTP_PORT: smtpPort, REBOUND_BRAKE: 'off' })
    remote = await startRemote()
    // A domain that takes no mail at all (RFC 7505); nobody has heard of nowhere.example.
    names = hasNames ? await startNames({ 'MX nullmx.example': ['0 .'] }) : noNames
    mta = await start(
      {
        'remote.example': remote.port,
        'closed.example': await closedPort(),
        [domain]: Number(smtpPort),
        ...Object.fromEntries(byNames.map(name => [name, 'dns' as const])),
      },
      names,
    )
  })
  afterEach(context => {
    if (context.task.result?.state === 'fail') console.log(mta?.log().slice(-6_000))
  })
  afterAll(async () => {
    await mta?.stop()
    await names?.close()
    await remote?.close()
    await world?.close()
  })

  /** Mints a path for a contact and hands a mail to the mail server, as a CRM does. */
  async function mail(id: string, address: string, to = address): Promise<string> {
    await world.ask('PUT', `/v1/records/contacts/${id}`, { email: address })
    const path = await world.mint({ module: 'contacts', id, campaign: '7', to: address })
    const transport = nodemailer.createTransport({ host: '127.0.0.1', port: mta.port, ignoreTLS: true })
    const submit = () =>
      transport.sendMail({
        envelope: { from: path, to: [to] },
        from: 'news@crm.example',
        to: address,
        subject: 'Our spring offers',
        text: 'Dear customer,\n\nmailbox full, user unknown, blocked: words that mean nothing here.\n',
      })
    // The daemon may need a moment to listen.
    await expect.poll(submit, { timeout: within(5_000), interval: 200 }).toBeDefined()
    transport.close()
    return path
  }
  const history = async (id: string): Promise<readonly Record<string, unknown>[]> =>
    ((await world.get(`/v1/records/contacts/${id}/history`)).items ?? []) as Record<string, unknown>[]
  const bounced = (id: string) =>
    expect
      .poll(async () => (await history(id)).filter(({ kind }) => kind === 'bounce').length, {
        timeout: within(15_000),
        interval: 300,
      })
      .toBe(1)

  test.each(fates.filter(([, host]) => hasNames || !namedHosts.includes(host)))(
    '%s@%s: the report of the server itself says what happened',
    async (local, host, event, record) => {
      const id = `${local}-1`
      const address = `${local}.ana@${host}`
      await mail(id, address)
      await bounced(id)
      const [found] = (await history(id)).filter(({ kind }) => kind === 'bounce')
      expect(found).toMatchObject({
        ...event,
        ...(causes[name]?.[local] ? { category: causes[name][local] } : {}),
        linkedBy: 'signed',
        campaignId: '7',
        recordId: id,
      })
      expect(await world.get(`/v1/records/contacts/${id}`)).toMatchObject({ emailBounced: true, ...record })
    },
  )

  test('mail that is taken comes back to nobody, with the minted sender', async () => {
    const path = await mail('fine-1', 'fine@remote.example')
    await expect
      .poll(() => remote.accepted, { timeout: within(5_000) })
      .toContainEqual({
        from: path,
        to: 'fine@remote.example',
      })
    expect(await history('fine-1')).toEqual([])
    // A server that heard no answer to its report would send it again, hours later.
    expect(mta.log()).not.toMatch(/closed connection|lost connection/i)
  })

  test('while Rebound is away the report waits in the queue, and is recorded once', async () => {
    const [id, address] = ['later-1', 'dead.later@remote.example']
    await mta.beginPatience()
    await world.server.stop()
    const away = await startServer({ ...world.server.environment, REBOUND_SMTP_PORT: '0' })
    // Minting works at another server on the same database; its SMTP is where nobody sends.
    const asked = await fetch(`${away.url}/v1/return-paths`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ items: [{ module: 'contacts', id, campaign: '7', to: address }] }),
    })
    const { items } = (await asked.json()) as { items: { address: string }[] }
    await away.stop()
    const transport = nodemailer.createTransport({ host: '127.0.0.1', port: mta.port, ignoreTLS: true })
    await transport.sendMail({ envelope: { from: items[0]?.address ?? '', to: [address] }, text: 'x' })
    transport.close()
    await expect.poll(mta.waiting, { timeout: within(10_000), interval: 300 }).toBeGreaterThan(0)
    await world.restart()
    await mta.flush()
    await bounced(id)
    await expect.poll(mta.waiting, { timeout: within(10_000), interval: 300 }).toBe(0)
    await mta.flush()
    expect(await history(id)).toMatchObject([{ type: 'hard', category: 'unknown-user' }])
  })

  test('campaign and metrics agree with what was sent', async () => {
    const campaign = await world.get('/v1/campaigns/7')
    // dead, later and those by names are hard; full, quota, blocked, grey and away soft, one of them blocked.
    const hardBounces = 2 + byNames.length
    expect(campaign).toMatchObject({ sent: 6 + hardBounces, hardBounces, softBounces: 5 })
  })

  test.runIf(name === 'Exim')(
    'a forwarder with SRS sends the report back to the path that it stands for',
    async () => {
      const [id, address] = ['srs-1', `late@${forwarder}`]
      await mail(id, address)
      await expect
        .poll(() => remote.accepted.find(({ to }) => to === 'late@remote.example')?.from, {
          timeout: within(5_000),
        })
        .toMatch(/^SRS0=/)
      const from = remote.accepted.find(({ to }) => to === 'late@remote.example')?.from ?? ''
      // The remote server took it and finds only later that nobody is there.
      const transport = nodemailer.createTransport({ host: '127.0.0.1', port: mta.port, ignoreTLS: true })
      await transport.sendMail({
        envelope: { from: '', to: [from] },
        raw: report({ address: 'late@remote.example', to: address }),
      })
      transport.close()
      await bounced(id)
      expect(await world.get(`/v1/records/contacts/${id}`)).toMatchObject({ email: null, hardBounces: 1 })
    },
  )
})
