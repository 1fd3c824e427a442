// The operators' rules end to end: made by CLI or HTTP, acting in this server and in another on the same database.

import nodemailer from 'nodemailer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newMysqlDatabase } from '../mariadb.ts'
import { within } from '../patience.ts'
import { dialects } from '../store/databases.ts'
import { rebound, type Server, startServer } from './server.ts'

const note = (subject: string): string =>
  `From: Robot <robot@mx.example.net>\r\nTo: x\r\nSubject: ${subject}\r\nMessage-ID: <${subject.replace(/\W/g, '')}@mx.example.net>\r\n\r\nThis account was closed by its owner.\r\n`

describe.each(dialects)('rules on %s', dialect => {
  let server: Server
  let second: Server | null = null
  let drop = async (): Promise<void> => {}

  beforeAll(async () => {
    const database = dialect === 'mysql' ? await newMysqlDatabase() : null
    if (database !== null) drop = database.drop
    const settings = { REBOUND_EVIDENCE: '2', ...(database === null ? {} : { DATABASE_URL: database.url }) }
    server = await startServer(settings)
    // A second server, where the database can have one.
    if (database !== null) second = await startServer(settings)
  })
  afterAll(async () => {
    await server?.stop()
    await second?.stop()
    await drop()
  })

  const post = async (
    path: string,
    body: unknown,
    method = 'POST',
  ): Promise<{ status: number; body: Record<string, unknown> }> => {
    const response = await fetch(server.url + path, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(method === 'DELETE' ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? {} : JSON.parse(text) }
  }

  const historyOf = async (id: string): Promise<Record<string, unknown>[]> => {
    const answer = (await (await fetch(`${server.url}/v1/records/contacts/${id}/history`)).json()) as {
      items: Record<string, unknown>[]
    }
    return answer.items
  }

  /** Sends a note about a fresh record and gives what was recorded. */
  async function judged(
    id: string,
    subject: string,
    by: Server = server,
  ): Promise<Record<string, unknown> | undefined> {
    const minted = await post('/v1/return-paths', {
      items: [{ module: 'contacts', id, to: `${id}@example.org` }],
    })
    const [item] = minted.body.items as { address: string }[]
    const transport = nodemailer.createTransport({ host: '127.0.0.1', port: by.smtpPort, ignoreTLS: true })
    await transport.sendMail({ envelope: { from: '', to: [item?.address ?? ''] }, raw: note(subject) })
    transport.close()
    return (await historyOf(id))[0]
  }

  const cli = (...words: string[]) => rebound(['rules', ...words], server.environment)

  test('nothing recognises the note before there is a rule', async () => {
    expect(await judged('r1', 'notice one')).toMatchObject({ kind: 'ordinary', type: null })
  })

  test('a preview says what a rule would change, before it acts', async () => {
    const draft = { section: 'body', text: 'closed by its owner', type: 'hard' }
    // Evidence is written beside the mail's way, a moment later.
    await expect
      .poll(async () => (await post('/v1/rules/preview', draft)).body.changed, { timeout: within(10_000) })
      .toBe(1)
    const words = ['--section', 'body', '--text', 'closed by its owner', '--type', 'hard', '--json']
    const previewed = await cli('preview', ...words)
    expect(previewed.code, previewed.err).toBe(0)
    expect(JSON.parse(previewed.out)).toMatchObject({
      examined: 1,
      changed: 1,
      examples: [
        { subject: 'notice one', before: { kind: 'ordinary' }, after: { kind: 'bounce', type: 'hard' } },
      ],
    })
    expect((await historyOf('r1'))[0]).toMatchObject({ kind: 'ordinary' })
  })

  test('a rule made over HTTP acts at once in the server that took it', async () => {
    const made = await post('/v1/rules', { section: 'body', text: 'closed by its owner', type: 'soft' })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ stage: 'override', source: 'own', enabled: true, hits: 0 })
    expect(await judged('r2', 'notice two')).toMatchObject({
      kind: 'bounce',
      type: 'soft',
      decidedBy: 'override',
      decidedRule: made.body.id,
    })
    const hits = async () => {
      const { items } = (await (await fetch(`${server.url}/v1/rules`)).json()) as {
        items: Record<string, unknown>[]
      }
      return items.find(rule => rule.id === made.body.id)
    }
    // Hits are counted behind the answer to the mail.
    await expect.poll(hits).toMatchObject({ hits: 1, lastHitAt: expect.stringMatching(/Z$/) })
    // The first notice was no bounce when it came, and a rule that would have made it one is named.
    const linted = await cli('lint', '--json')
    expect(linted.code).toBe(1)
    expect(JSON.parse(linted.out)).toMatchObject({ problem: 'too-broad', rule: made.body.id })
  })

  /** The other server looks for changes once a second: asks it until it judges so, then sends it a mail. */
  const expectJudged = async (name: string, verdict: Record<string, unknown>): Promise<void> => {
    const other = second ?? server
    const classify = async () => {
      const answer = await fetch(`${other.url}/v1/classify`, { method: 'POST', body: note('Mailbox closed') })
      const { recipients } = (await answer.json()) as { recipients: { type: string }[] }
      return recipients[0]?.type
    }
    await expect.poll(classify, { interval: 100 }).toBe(verdict.type)
    expect(await judged(name, 'Mailbox closed', other)).toMatchObject(verdict)
  }

  test('a rule made on the command line acts in running servers', async () => {
    const added = await cli('add', '--section', 'subject', '--text', 'Mailbox closed', '--type', 'hard')
    expect(added.code, added.err).toBe(0)
    // Hard rules are asked before soft ones.
    await expectJudged('r3', { type: 'hard', decidedRule: added.out.trim() })
    const off = await cli('set', added.out.trim(), '--enabled', 'no')
    expect(off.code, off.err).toBe(0)
    await expectJudged('r4', { type: 'soft' })
  })

  test('an export holds every rule, and faults are wrong usage', async () => {
    const exported = await cli('export')
    expect(JSON.parse(exported.out).rules.length).toBeGreaterThan(2)
    const faulty = await cli('add', '--section', 'bdy', '--text', 'x'.repeat(101), '--type', 'hard')
    expect(faulty.code).toBe(2)
    expect(faulty.err).toMatch(/--section should be body, subject/)
    expect(faulty.err).toMatch(/--text should have at most 100/)
    const gone = await cli('remove', '999999')
    expect(gone.code).toBe(1)
  })

  test('shipped rules can be removed and restored', async () => {
    const shipped = JSON.parse((await cli('export')).out).rules.filter(
      (rule: { source: string }) => rule.source === 'shipped',
    )
    expect(shipped.length).toBeGreaterThan(0)
    expect((await cli('remove', shipped[0].id)).code).toBe(0)
    const restored = await cli('restore')
    expect(restored.code, restored.err).toBe(0)
    const after = JSON.parse((await cli('export')).out).rules.filter(
      (rule: { source: string }) => rule.source === 'shipped',
    )
    expect(after.map((rule: { text: string }) => rule.text).sort()).toEqual(
      shipped.map((rule: { text: string }) => rule.text).sort(),
    )
  })

  test('no more is kept for previews than was asked for', async () => {
    const draft = { section: 'body', text: 'nowhere', type: 'hard' }
    await expect
      .poll(async () => (await post('/v1/rules/preview', draft)).body.examined, { timeout: within(10_000) })
      .toBe(2)
  })

  test('undo gives the address back and leaves the counts', async () => {
    const [event] = await historyOf('r3')
    const undone = await rebound(['bounces', 'undo', String(event?.id)], server.environment)
    expect(undone.code, undone.err).toBe(0)
    expect(await (await fetch(`${server.url}/v1/records/contacts/r3`)).json()).toMatchObject({
      emailBounced: false,
      hardBounces: 0,
    })
    const again = await rebound(['bounces', 'undo', String(event?.id)], server.environment)
    expect(again.code).toBe(0)
    expect((await rebound(['bounces', 'undo', '999999'], server.environment)).code).toBe(1)
  })

  test('records are listed as CSV', async () => {
    const listed = await rebound(['records', 'list', '--bounced', '--csv'], server.environment)
    const [head = '', ...rows] = listed.out.trim().split('\n')
    expect(head).toMatch(/^module,id,email/)
    expect(rows.map(row => row.split(',')[1])).toEqual(['r2', 'r4'])
  })
})
