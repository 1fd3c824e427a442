// Every block of docs/connect-your-crm.md, executed in its order against a running server, and what must come of it.
// A block that nothing here can execute, or of which nothing is expected, fails. PHPMailer is a stand-in: phpmailer.php.

import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest'
import { openStore, type Store } from '../../src/store/database/open.ts'
import { createRecorder } from '../../src/store/recording/recorder.ts'
import { domain, root, type Server, startServer } from '../end-to-end/server.ts'
import { report, sendRaw } from '../end-to-end/world.ts'
import { type FakeSmtp, fakeSmtp } from '../harness/fake-smtp.ts'
import { within } from '../patience.ts'
import { dialects, newDatabase } from '../store/databases.ts'
import { event } from '../store/events.ts'
import { type Block, blocksOf } from './blocks.ts'
import { installed, path, type Ran, runProgram } from './programs.ts'

const page = 'connect-your-crm.md'
const blocks = blocksOf(page)
const token = 'the-token-of-this-test'
const ana = 'ana@example.org'

let server: Server
let relay: FakeSmtp
let store: Store
let folder: string

beforeAll(async () => {
  server = await startServer({ REBOUND_API_TOKEN: token })
  relay = await fakeSmtp({ extensions: ['8BITMIME', 'DSN'] })
  store = openStore({ url: `sqlite:${join(server.dataDir, 'rebound.sqlite')}` })
  folder = mkdtempSync(join(tmpdir(), 'rebound-docs-'))
  // What the reader of the page has by then: something that bounced, and packages.
  const { items } = (await ask('POST', '/v1/return-paths', {
    items: [{ module: 'contacts', id: 42, campaign: 7, to: ana }],
  })) as { items: { address: string }[] }
  await sendRaw(server.smtpPort, items[0]?.address ?? '', report({ address: ana }))
  for (const language of ['php', 'python', 'ruby', 'js', 'bin']) mkdirSync(join(folder, language))
  mkdirSync(join(folder, 'php/vendor'))
  copyFileSync(join(import.meta.dirname, 'phpmailer.php'), join(folder, 'php/vendor/autoload.php'))
  symlinkSync(join(root, 'node_modules'), join(folder, 'js/node_modules'))
  // A sendmail that keeps its words and its mail.
  writeFileSync(
    join(folder, 'bin/sendmail'),
    `#!/bin/sh\nprintf '%s\\n' "$@" > '${folder}/sendmail.args'\ncat > '${folder}/sendmail.mail'\n`,
    { mode: 0o755 },
  )
})
afterAll(async () => {
  await relay?.close()
  await store?.close()
  await server?.stop()
})

async function ask(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(server.url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return (await response.json()) as Record<string, unknown>
}

const environment = (): Record<string, string> => ({
  ...server.environment,
  REBOUND_SMTP_PORT: String(server.smtpPort),
  REBOUND_HTTP_PORT: String(server.httpPort),
  PATH: `${join(folder, 'bin')}:${path}`,
  REBOUND: server.url,
  TOKEN: token,
  MAIL_HOST: '127.0.0.1',
  MAIL_PORT: String(relay.port),
})

/** An interpreter that runs a block as a file in its language's folder, where the blocks before it lie. */
const inFolder =
  (command: string, language: string) =>
  async (block: Block, context: TestContext): Promise<Ran> => {
    if (!installed(command)) return context.skip()
    const cwd = join(folder, language)
    const file = block.file ?? `line-${block.line}`
    writeFileSync(join(cwd, file), block.text)
    return await runProgram(command, [file], { cwd, environment: environment() })
  }

const spoken = (out: string): Ran => ({ code: 0, out, err: '' })

const runners: Readonly<Record<string, (block: Block, context: TestContext) => Promise<Ran>>> = {
  sh: block =>
    runProgram('bash', ['-euo', 'pipefail', '-c', block.text], { cwd: root, environment: environment() }),
  php: inFolder('php', 'php'),
  python: inFolder('python3', 'python'),
  ruby: inFolder('ruby', 'ruby'),
  js: inFolder('node', 'js'),
  sql: async block => spoken(JSON.stringify(await store.knex.raw(block.text))),
  json: async block => spoken(JSON.stringify(JSON.parse(block.text))),
  ini: postconf,
}

/** What Postfix itself makes of the settings; where it is not installed, at least that they are settings. */
async function postconf(block: Block): Promise<Ran> {
  for (const line of block.text.trimEnd().split('\n')) expect(line).toMatch(/^(\w+ =|\s+\S)/)
  if (!installed('postconf', '-d')) return spoken('')
  const cwd = mkdtempSync(join(folder, 'postfix-'))
  writeFileSync(join(cwd, 'main.cf'), block.text)
  writeFileSync(join(cwd, 'master.cf'), '')
  const options = { cwd, environment: environment() }
  const settings = await runProgram('postconf', ['-c', cwd, '-n'], options)
  expect(settings.err).not.toMatch(/unused parameter|undefined|syntax/)
  expect(settings.out.split('\n').length).toBeGreaterThan(3)
  const lookUp = async (setting: string): Promise<string> => {
    const { out } = await runProgram('postconf', ['-c', cwd, '-h', setting], options)
    const map = out.slice(out.indexOf('inline:')).trim()
    return (await runProgram('postmap', ['-c', cwd, '-q', domain, map], options)).out.trim()
  }
  expect(await lookUp('transport_maps')).toBe('smtp:[127.0.0.1]:2525')
  expect(await lookUp('smtpd_recipient_restrictions')).toBe('reject_unverified_recipient')
  return settings
}

/** The mail that a block sent through the relay carries a return path of contact 42; it bounces. */
async function sent(what: { readonly envelopeId: boolean }): Promise<void> {
  const transaction = relay.transactions.pop()
  const [, address = '', parameters = ''] = /^<(.*?)>(.*)$/.exec(transaction?.mailFrom ?? '') ?? []
  const reference = address.slice(0, address.indexOf('@'))
  expect(address).toMatch(new RegExp(`^b-[a-z0-9-]+@${domain}$`))
  expect(transaction?.to).toBe(ana)
  const mail = transaction?.content.toString() ?? ''
  expect(mail).toMatch(new RegExp(`^X-Rebound-Ref: ${reference}\r$`, 'm'))
  expect(mail).toMatch(/^From:.*news@crm\.example/m)
  expect(mail).toContain('Good morning, Ana!')
  if (what.envelopeId) {
    expect(parameters).toContain(`ENVID=${reference}`)
    expect(parameters).toContain('RET=HDRS')
    expect(transaction?.recipientParameters).toMatch(/NOTIFY=FAILURE,DELAY/)
  }
  expect(await sendRaw(server.smtpPort, address, report({ address: ana }))).toMatch(/^250/)
  expect(await latest()).toMatchObject({
    record_id: '42',
    campaign_id: '7',
    linked_by: 'signed',
    type: 'hard',
  })
}

async function latest(): Promise<Record<string, unknown>> {
  const [row] = await store.knex('rebound_bounces').orderBy('id', 'desc').limit(1)
  return row as Record<string, unknown>
}

/** The block has told of the bounces up to now; run again, it has nothing new to tell. */
async function told(ran: Ran, block: Block, context: TestContext): Promise<void> {
  expect(ran.out).toContain('contacts 42: hard, There is no mailbox with this address.\n')
  const again = await runners[block.language]?.(block, context)
  expect(again).toMatchObject({ code: 0, out: '' })
}

const rows = (ran: Ran): readonly Record<string, unknown>[] => JSON.parse(ran.out)
let answered: unknown = null

/** What each block must come to. */
const expected: Readonly<
  Record<string, (ran: Ran, block: Block, context: TestContext) => Promise<void> | void>
> = {
  'The three steps / sh 1': ran => {
    answered = JSON.parse(ran.out)
  },
  'The three steps / json 1': ran => {
    const shown = JSON.parse(ran.out)
    const { reference } = shown.items[0]
    expect(shown).toEqual({
      items: [{ address: `${reference}@${domain}`, reference, envelopeId: reference }],
    })
    const [one] = (answered as { items: { reference: string }[] }).items
    expect(JSON.parse(ran.out.replaceAll(reference, one?.reference ?? ''))).toEqual(answered)
  },
  'The three steps / sh 2': ran => {
    expect(ran.out).toMatch(/^module,id,email,/)
    expect(ran.out).toContain('contacts,42,,true,ana@example.org,1,0,')
  },
  'The three steps / sh 3': ran => {
    expect(JSON.parse(ran.out)).toMatchObject({ items: [{ type: 'hard', category: 'unknown-user' }] })
  },
  'The three steps / sh 4': ran => {
    expect(JSON.parse(ran.out)).toMatchObject({ items: [{ address: 'ana@example.org', advice: 'remove' }] })
  },
  'PHP / rebound.php': ran => expect(ran.out).toBe(''),
  'PHP / send.php': () => sent({ envelopeId: false }),
  'PHP / read-bounces.php': told,
  'Python / rebound.py': ran => expect(ran.out).toBe(''),
  'Python / send.py': () => sent({ envelopeId: true }),
  'Python / read_bounces.py': told,
  'Ruby / rebound.rb': ran => expect(ran.out).toBe(''),
  'Ruby / send.rb': () => sent({ envelopeId: false }),
  'Ruby / read_bounces.rb': told,
  'Node.js / send.mjs': () => sent({ envelopeId: true }),
  'Other libraries / sh 1': async ran => {
    const { sent } = JSON.parse(ran.out)
    expect(sent).toBeGreaterThanOrEqual(1000)
    expect(await ask('GET', '/v1/campaigns/7')).toMatchObject({ sent })
  },
  'sendmail and Postfix / sh 1': () => {
    const mail = readFileSync(join(folder, 'sendmail.mail'), 'utf8')
    const args = readFileSync(join(folder, 'sendmail.args'), 'utf8').trimEnd().split('\n')
    const reference = args[3] ?? ''
    expect(args).toEqual(['-f', `${reference}@${domain}`, '-V', reference, '-N', 'failure,delay', ana])
    expect(reference).toMatch(/^b-/)
    expect(mail).toContain(`\nX-Rebound-Ref: ${reference}\n\nGood morning, Ana!\n`)
  },
  'sendmail and Postfix / ini 1': () => {},
  'By SQL / sql 1': ran => {
    expect(rows(ran)).toMatchObject([{ module: 'contacts', id: '42', email: null, bounced_address: ana }])
  },
  'By SQL / sql 2': ran => {
    expect(rows(ran)[0]).toMatchObject({ type: 'hard', category: 'unknown-user', linked_by: 'signed' })
  },
  'By SQL / sql 3': ran => {
    expect(rows(ran)).toMatchObject([{ hard_bounces: 1, soft_bounces: 0, hard_rate: expect.any(Number) }])
  },
  'By SQL / sql 4': ran => {
    expect(rows(ran)).toMatchObject([{ id: '42', category: 'unknown-user' }])
  },
  'Corrections / sh 1': async ran => {
    expect(JSON.parse(ran.out)).toMatchObject({
      email: 'ana@new.example',
      emailBounced: false,
      hardBounces: 0,
    })
  },
  'Corrections / sh 2': ran =>
    expect(JSON.parse(ran.out)).toMatchObject({ id: '42', aliveAt: expect.any(String) }),
  'How a report finds its record / sh 1': async () => {
    const raw = report({ address: ana, original: ['Message-ID: <1@service.example>'] })
    await sendRaw(server.smtpPort, `returns@${domain}`, raw)
    expect(await latest()).toMatchObject({ record_id: '42', linked_by: 'message-id', type: 'soft' })
  },
  'Try it / sh 1': ran => {
    expect(ran.out).toMatch(/^module +contacts$/m)
    expect(ran.out).toMatch(/^id +42$/m)
    expect(ran.out).toMatch(/hard .*ana@example\.org/)
  },
}

test('every block is expected, and every expectation has its block', () => {
  expect(blocks.map(block => block.name).sort()).toEqual(Object.keys(expected).sort())
})

test.for(blocks)('$name, line $line', { timeout: within(60_000) }, async (block, context) => {
  const run = runners[block.language]
  if (run === undefined)
    throw new Error(`docs/${page}:${block.line}: nothing here executes "${block.language}"`)
  const ran = await run(block, context)
  expect({ code: ran.code, err: ran.err }).toMatchObject({ code: 0 })
  await expected[block.name]?.(ran, block, context)
})

describe.each(dialects)('on %s', dialect => {
  test('every SQL block is understood, and tells of a bounce', async () => {
    const database = await newDatabase(dialect)
    try {
      const recorder = createRecorder(database.store, { trustClaimed: false })
      await recorder.record([event({ campaign: { id: '7' } })])
      await recorder.close()
      for (const block of blocks.filter(each => each.language === 'sql')) {
        const answer = await database.store.knex.raw(block.text)
        expect(dialect === 'mysql' ? answer[0] : answer, block.name).toHaveLength(1)
      }
    } finally {
      await database.drop()
    }
  })
})
