// `npm run bounce`: what is printed where, and the exit code, against a server that is right and one that is not.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { showLoad } from '../../src/cli/bounce-results.ts'
import { run as runProgram } from '../../src/cli/program.ts'
import { secondsTaken } from '../../src/harness/load.ts'
import { draw, everyPair } from '../../src/harness/mix.ts'
import { variationFrom } from '../../src/harness/variation.ts'
import { within } from '../patience.ts'
import { type FakeRebound, fakeRebound, type Lies } from './fake-rebound.ts'

interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

const runId = '1795503549504'

async function run(line: string, environment: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const out: string[] = []
  const err: string[] = []
  const io = { out: (text: string) => out.push(text), err: (text: string) => err.push(text) }
  const words = ['bounce', ...line.split(' ').filter(Boolean)]
  const code = await runProgram(words, environment, io, new Date(Number(runId)))
  return { code, out: out.join('\n'), err: err.join('\n') }
}

let server: FakeRebound | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

describe('wrong usage ends with 2 and says what to write', () => {
  test.each([
    ['', '--list'],
    ['postfix', '--list'],
    ['postfix unknown-user', '--to RETURN-PATH'],
    ['posfix unknown-user --to a@b.example', 'Did you mean "postfix"?'],
    ['postfix mailbox-ful --to a@b.example', 'Did you mean "mailbox-full"?'],
    ['qmail delayed --to a@b.example', 'qmail never writes "delayed"'],
    ['postfix unknown-user extra --to a@b.example', 'too many arguments'],
    ['--lst', 'Did you mean --list?'],
    ['--rate 0', 'from 1 to 10000'],
    ['--rate 1.5', 'from 1 to 10000'],
    ['--seconds x', 'from 1 to'],
    ['--mix reel', 'Did you mean "realistic"?'],
    ['postfix unknown-user --to a@b.example --smtp nowhere', 'HOST:PORT'],
    ['postfix unknown-user --to a@b.example --smtp x:99999', 'HOST:PORT'],
    ['postfix unknown-user --to a@b.example --failed nobody', '--failed nobody'],
    ['--all --verify --http localhost:1', '--http localhost:1'],
  ])('%s', async (line, words) => {
    const { code, out, err } = await run(line)
    expect(code).toBe(2)
    expect(out).toBe('')
    expect(err).toContain(words)
  })
})

describe('options that contradict each other end with 2, both named', () => {
  const stream = ['--rate 5', '--seconds 5', '--mix uniform']
  const address = ['--to b-1@b.example', '--original-to b-1@b.example']
  const elsewhere = ['--smtp 127.0.0.1:1', '--http http://127.0.0.1:1', '--token x']
  const withEach = (first: string, others: readonly string[]) =>
    others.map((second): [string, string] => [first, second])
  test.each([
    ...stream.flatMap(first =>
      withEach(first, ['postfix unknown-user', '--all', '--verify', '--save mails', ...address]),
    ),
    ...withEach('--all', ['postfix unknown-user']),
    ...withEach('--verify', ['--save mails', ...address]),
    ...withEach('--save mails', ['--smtp 127.0.0.1:1']),
    ...withEach('--own-server', [...address, ...elsewhere, '--save mails', '--list']),
    ...withEach('--list', [
      ...[...stream, ...address, ...elsewhere, 'postfix unknown-user', '--all', '--verify', '--save mails'],
      ...['--seed 1', '--connections 2'],
    ]),
  ])('%s %s', async (first, second) => {
    const named = (word: string): string => (word.startsWith('--') ? (word.split(' ')[0] ?? '') : word)
    for (const line of [`${first} ${second}`, `${second} ${first}`]) {
      const { code, out, err } = await run(line)
      expect(code).toBe(2)
      expect(out).toBe('')
      expect(err).toContain(named(first))
      expect(err).toContain(named(second))
      expect(err).toMatch(/cannot be used with|leave out one of the two/)
    }
  })

  test('--own-server needs something to compare', async () => {
    const { code, err } = await run('postfix unknown-user --own-server')
    expect(code).toBe(2)
    expect(err).toMatch(/^--own-server without --verify: .*write --verify too/)
  })

  test('--connections needs a stream', async () => {
    const { code, err } = await run('--all --verify --connections 3')
    expect(code).toBe(2)
    expect(err).toMatch(/^--connections without --rate: .*write --rate N too/)
  })

  test('--help is help, whatever stands beside it', async () => {
    expect(await run('--help --list --all')).toMatchObject({ code: 0, err: '' })
  })
})

test('--help and --list need no server', async () => {
  expect(await run('--help')).toMatchObject({ code: 0, err: '' })
  const list = await run('--list')
  expect(list.code).toBe(0)
  for (const { writer, scenario } of everyPair()) {
    expect(list.out).toContain(writer)
    expect(list.out).toContain(scenario)
  }
  const rows = (await run('--list --json')).out.split('\n').map(line => JSON.parse(line))
  expect(rows.find(row => row.scenario === 'delivered').writers).toContain('postfix')
})

describe('one message', () => {
  test('is sent, the answer printed, the next command named', async () => {
    server = await fakeRebound([], () => '', '1', {})
    const port = server.environment.REBOUND_SMTP_PORT ?? ''
    const ran = await run(
      `gmail mailbox-full --to b-9@bounces.example --smtp 127.0.0.1:${port} --failed zoe@example.net`,
    )
    // The stand-in knows no such return path: the refusal is shown and the exit code is 1.
    expect(ran).toMatchObject({ code: 1, out: 'gmail mailbox-full: 550 5.1.1 unknown' })
    expect(server.smtp.transactions[0]?.content.toString()).toContain('zoe@example.net')
  })

  test('a seed repeats it to the byte', async () => {
    server = await fakeRebound([], () => '', '1', {})
    for (let time = 0; time < 2; time++)
      await run('exim unknown-user --to b-9@bounces.example --seed 7', server.environment)
    const [first, second] = server.smtp.transactions
    expect(first?.content.length).toBeGreaterThan(500)
    expect(first?.content).toEqual(second?.content)
  })

  test.each(['postfix unknown-user --to a@b.example', '--all --verify', '--rate 1'])(
    '%s without a server: exit 1 and what to do',
    async line => {
      server = await fakeRebound([], () => '', '1')
      await server.smtp.close()
      const { code, err } = await run(line, server.environment)
      expect(code).toBe(1)
      expect(err).toMatch(/Nothing takes mail at .*Start the server.* To start a server here: \S/)
    },
  )
})

describe('--save', () => {
  test('writes every message and what a correct reader answers', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'rebound-save-'))
    const { code, out } = await run(`postfix several --save ${directory} --seed 1`)
    expect(code).toBe(0)
    expect(out).toBe(join(directory, 'postfix-several.eml'))
    expect(readdirSync(directory).sort()).toEqual(['postfix-several.eml', 'postfix-several.json'])
    expect(readFileSync(join(directory, 'postfix-several.eml'), 'utf8')).toContain(
      'Final-Recipient: rfc822; bruno@',
    )
    expect(JSON.parse(readFileSync(join(directory, 'postfix-several.json'), 'utf8'))).toMatchObject({
      kind: 'bounce',
      type: 'hard',
      address: 'ana@example.org',
      effect: 'hard',
    })
    const [line] = (await run(`postfix several --save ${directory} --seed 1 --json`)).out.split('\n')
    expect(JSON.parse(line ?? '')).toMatchObject({
      file: join(directory, 'postfix-several.eml'),
      writer: 'postfix',
      scenario: 'several',
      expected: { kind: 'bounce' },
    })
  })

  test('makes the folder with its parents', async () => {
    const directory = join(mkdtempSync(join(tmpdir(), 'rebound-save-')), 'made', 'here')
    expect((await run(`postfix several --save ${directory}`)).code).toBe(0)
    expect(readdirSync(directory)).toHaveLength(2)
  })

  // Node's own recursive mkdir would never end there, nor let its process end: hence a process of its own.
  test('says at once what cannot be made', () => {
    const impossible = existsSync('/proc/self') ? '/proc/rebound/mails' : '/dev/null/mails'
    const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
    const ran = spawnSync(
      process.execPath,
      ['--import', 'tsx', main, 'bounce', 'postfix', 'several', '--save', impossible],
      { encoding: 'utf8', timeout: within(30_000), killSignal: 'SIGKILL' },
    )
    expect(ran.stderr).toContain(`--save ${impossible}: write a folder that can be made`)
    expect(ran.status).toBe(1)
  })
})

describe('--verify', () => {
  const pair = { writer: 'postfix', scenario: 'unknown-user' } as const
  const verifyOne = async (lies: Lies, line = 'postfix unknown-user --verify --seed 1'): Promise<Ran> => {
    server = await fakeRebound([pair], () => '1', '1', lies)
    return await run(line, server.environment)
  }

  test('every pair against a right server: only agreement, exit 0', async () => {
    const pairs = everyPair()
    server = await fakeRebound(pairs, () => '1', '1')
    const { code, out, err } = await run('--all --verify --seed 1', server.environment)
    expect(err).toContain(`${pairs.length} sent, all agree.`)
    expect(code).toBe(0)
    expect(out.split('\n').filter(line => line.endsWith('agrees'))).toHaveLength(pairs.length)
    expect(server.smtp.transactions).toHaveLength(pairs.length)
    expect(new Set(server.smtp.transactions.map(each => each.mailFrom))).toEqual(new Set(['<>']))
  })

  test.each<[string, Lies, RegExp]>([
    ['kind', { event: event => ({ ...event, kind: 'auto-reply' }) }, /kind auto-reply, should be bounce/],
    ['type', { event: event => ({ ...event, type: 'soft' }) }, /type soft, should be hard/],
    [
      'category',
      { event: event => ({ ...event, category: 'spam' }) },
      /category spam, should be unknown-user/,
    ],
    ['permanence', { event: event => ({ ...event, permanent: false }) }, /permanent false, should be true/],
    ['status', { event: event => ({ ...event, status: null }) }, /status none, should be 5\.1\.1/],
    ['reply code', { event: event => ({ ...event, replyCode: 551 }) }, /reply code 551, should be 550/],
    [
      'address',
      { event: event => ({ ...event, reportedAddress: 'x@example.org' }) },
      /address x@example\.org/,
    ],
    ['history', { event: () => null }, /nothing in the history/],
    ['flag', { record: record => ({ ...record, emailBounced: false }) }, /flag false, should be true/],
    [
      'removal',
      { record: record => ({ ...record, email: 'ana@example.org' }) },
      /record address ana@example\.org, should be none/,
    ],
    ['copy', { record: record => ({ ...record, bouncedAddress: null }) }, /bounced address none/],
    ['record count', { record: record => ({ ...record, hardBounces: 2 }) }, /hard bounces 2, should be 1/],
    ['reply', { reply: () => '451 4.3.0 later' }, /not acknowledged: 451 4\.3\.0 later/],
  ])('one difference in %s: exit 1 and the difference named', async (_, lies, words) => {
    const { code, out, err } = await verifyOne(lies)
    expect(code).toBe(1)
    expect(out).toMatch(words)
    expect(err).toContain('1 sent, 0 agree, 1 differ.')
  })

  test.each(['sent', 'hardBounces', 'softBounces', 'blockedBounces', 'complaints'] as const)(
    'a campaign that miscounts %s: exit 1',
    async column => {
      const { code, err } = await verifyOne({ campaign: campaign => ({ ...campaign, [column]: 99 }) })
      expect(code).toBe(1)
      expect(err).toMatch(/The counts of campaign harness-\d+ differ: \S+ 99, should be [01]\./)
    },
  )

  test('--json gives one object a message', async () => {
    const { code, out } = await verifyOne({}, 'postfix unknown-user --verify --seed 1 --json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ ...pair, differences: [], reply: '250 2.1.5 recorded' })
  })

  test('a token is sent, and asked for where it is missing', async () => {
    expect(
      await verifyOne({ token: 'abc' }, 'postfix unknown-user --verify --seed 1 --token abc'),
    ).toMatchObject({
      code: 0,
    })
    await server?.close()
    const without = await verifyOne({ token: 'abc' })
    expect(without.code).toBe(1)
    expect(without.err).toMatch(/--token or REBOUND_API_TOKEN/)
  })

  test('an API that fails ends the run with its words', async () => {
    const { code, err } = await verifyOne({ status: 503 })
    expect(code).toBe(1)
    expect(err).toContain('answered 503')
  })
})

describe('--rate', () => {
  const pairs = draw('realistic', 40, variationFrom('1/mix'))
  const stream = async (lies: Lies = {}, more = ''): Promise<Ran> => {
    server = await fakeRebound(pairs, index => `1/${index}`, '1', lies)
    return await run(
      `--rate 20 --seconds 2 --mix realistic --seed 1 --connections 3${more}`,
      server.environment,
    )
  }

  test('sends rate × seconds, all understood', async () => {
    const { code, out, err } = await stream()
    expect(err).toMatch(/The counts of campaign harness-\d+ agree\./)
    expect(code).toBe(0)
    expect(out.split('\n')[1]?.split(/ {2,}/).slice(0, 3)).toEqual(['40', '40', '40'])
    expect(server?.smtp.connections()).toBeLessThanOrEqual(4)
  })

  test.each([
    ['one message of one second', 1, 1, 1],
    ['a short stream', 20, 2, 40],
  ])('%s is no faster than it was asked to be', async (_, rate, seconds, count) => {
    server = await fakeRebound(draw('uniform', count, variationFrom('1/mix')), index => `1/${index}`, '1')
    const line = `--rate ${rate} --seconds ${seconds} --mix uniform --seed 1`
    const { out } = await run(line, server.environment)
    const [headings = [], figures = []] = out.split('\n').map(row => row.trim().split(/ {2,}/))
    const perSecond = Number(figures[headings.indexOf('a second')])
    // At most as asked; how much less is a matter of the machine.
    expect(perSecond).toBeLessThanOrEqual(rate)
    expect(perSecond).toBeGreaterThan(0)
  })

  test('a seed repeats it to the byte, however its connections take turns', async () => {
    const bytes = async (): Promise<string[]> => {
      await stream()
      return (server?.smtp.transactions ?? []).map(each => each.content.toString('latin1')).sort()
    }
    const first = await bytes()
    await server?.close()
    expect(first).toHaveLength(40)
    expect(await bytes()).toEqual(first)
  })

  test('a second is counted from the first message due to the last answer', () => {
    expect(secondsTaken(0.004, 1, 1)).toBe(1)
    expect(secondsTaken(1.951, 40, 20)).toBe(2)
    // A server that falls behind takes the time it takes.
    expect(secondsTaken(7.5, 40, 20)).toBe(7.5)
    const result = {
      campaignId: 'c',
      campaign: {
        id: 'c',
        number: 1,
        name: null,
        sent: 40,
        hardBounces: 0,
        softBounces: 0,
        blockedBounces: 0,
        complaints: 0,
        brake: false,
      },
      campaignDifferences: [],
      sent: 40,
      acknowledged: 30,
      asExpected: 30,
      p50Milliseconds: 1,
      p99Milliseconds: 2,
      seconds: 7.5,
      problems: [],
    }
    const out: string[] = []
    showLoad(result, '1', false, { out: line => out.push(line), err: () => {} })
    expect(out[0]?.split('\n')[1]).toMatch(/^40 +30 +30 +4\.0 +/)
  })

  test('counts what was refused and what was misread', async () => {
    const refused = pairs.filter(pair => pair.scenario === 'unknown-user').length
    const misread = pairs.filter(pair => pair.scenario === 'mailbox-full').length
    const { code, out, err } = await stream(
      {
        reply: pair => (pair.scenario === 'unknown-user' ? '451 4.3.0 later' : '250 ok'),
        event: (event, pair) => (pair.scenario === 'mailbox-full' ? { ...event, category: 'spam' } : event),
      },
      ' --json',
    )
    expect(code).toBe(1)
    expect(JSON.parse(out)).toMatchObject({
      sent: 40,
      acknowledged: 40 - refused,
      asExpected: 40 - refused - misread,
    })
    expect(err).toContain(`${refused} × not acknowledged: 451 4.3.0 later`)
  })
})
