// The recipes of docs/other-doors.md as they stand there, with real programs: Postfix's pipe and LMTP transport, procmail,
// and Sieve. Names of files and users are replaced by those of the test, nothing else.

import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { signingKeys } from '../../src/return-path/keys.ts'
import { openStore, type Store } from '../../src/store/database/open.ts'
import { blocksOf } from '../docs/blocks.ts'
import { domain, root, secret } from '../end-to-end/server.ts'
import { newWorld, report, sendRaw } from '../end-to-end/world.ts'
import { within } from '../patience.ts'
import { minted, paths } from '../return-path/paths.ts'
import type { Mta } from './mta.ts'
import type { Names } from './names.ts'
import { hasPostfix, startPostfix } from './postfix.ts'

const isRequired = process.env.REBOUND_TEST_REQUIRE_TOOLS === '1'
const tools = {
  Postfix: hasPostfix(),
  procmail: existsSync('/usr/bin/procmail'),
  Sieve: existsSync('/usr/bin/sievec'),
}
for (const [name, isThere] of Object.entries(tools))
  if (!isThere) {
    if (isRequired) throw new Error(`${name} is not there: see .ci/run`)
    console.log(
      `left out: the recipe for ${name}, which is not there, or this user is not root (see .ci/run)`,
    )
  }

const blocks = blocksOf('other-doors.md')
const blockWith = (words: string): string => {
  const found = blocks.filter(({ text }) => text.includes(words))
  if (found.length !== 1) throw new Error(`${found.length} blocks with "${words}"`)
  return found[0]?.text ?? ''
}
/** The lines of a recipe that go into one of Postfix's files. */
const linesFor = (recipe: string, file: string): string =>
  recipe
    .split(/^# \/etc\/postfix\//m)
    .find(part => part.startsWith(`${file}\n`))
    ?.slice(file.length + 1) ?? ''

/** Everything is at hand: nothing is looked up. */
const noNames: Names = { before: ['env'], close: async () => {} }

const nobody = 65534
const by = paths({ keys: signingKeys([secret]) })
const pathOf = (id: string): string => minted(id, { to: `${id}@example.org` }, { by, at: new Date() })
const mailOf = (id: string): string => report({ address: `${id}@example.org` })

/** The installation of a user who is not root, as the recipes' `rebound-receive` finds it. */
function install(): { readonly folder: string; readonly script: string; readonly store: () => Store } {
  const folder = mkdtempSync(join(tmpdir(), 'rebound-recipe-'))
  chmodSync(folder, 0o755)
  const data = join(folder, 'data')
  mkdirSync(data)
  chownSync(data, nobody, nobody)
  const settings = join(folder, 'rebound.env')
  writeFileSync(
    settings,
    `REBOUND_DATA_DIR=${data}\nREBOUND_DOMAINS=${domain}\nREBOUND_SECRET='${secret}'\nHOME=${data}\n`,
  )
  const program = join(folder, 'rebound')
  writeFileSync(program, `#!/bin/sh\nexec ${process.execPath} ${join(root, 'dist/src/main.js')} "$@"\n`)
  const script = join(folder, 'rebound-receive')
  writeFileSync(
    script,
    blockWith('set -a; . /etc/rebound/rebound.env')
      .replace('/etc/rebound/rebound.env', settings)
      .replace('/usr/local/bin/rebound', program),
  )
  for (const file of [program, script]) chmodSync(file, 0o755)
  return { folder, script, store: () => openStore({ url: `sqlite:${join(data, 'rebound.sqlite')}` }) }
}

async function recordsIn(store: Store): Promise<readonly string[]> {
  const rows: readonly Record<string, unknown>[] = await store.knex('rebound_bounces').orderBy('id')
  return rows.map(row => `${row.record_id} ${row.type} ${row.effect} ${row.linked_by}`)
}

/** Asked once the mail is delivered: before, root would make the database, and another user could not write to it. */
async function recorded(store: () => Store): Promise<readonly string[]> {
  const open = store()
  try {
    return await recordsIn(open)
  } finally {
    await open.close()
  }
}

describe.runIf(tools.Postfix)('Postfix', () => {
  let postfix: Mta | null = null
  afterEach(async context => {
    if (context.task.result?.state === 'fail') console.log(postfix?.log().slice(-4_000))
    await postfix?.stop()
    postfix = null
  })

  test('a transport through a pipe', { timeout: within(120_000) }, async () => {
    const { folder, script, store } = install()
    const recipe = blockWith('rebound unix - n n - 4 pipe')
      .replaceAll('/usr/local/bin/rebound-receive', script)
      .replace('user=rebound', 'user=nobody')
    postfix = await startPostfix({}, noNames, {
      main: linesFor(recipe, 'main.cf'),
      master: linesFor(recipe, 'master.cf'),
    })
    const port = postfix.port
    await expect
      .poll(() => sendRaw(port, pathOf('pipe'), mailOf('pipe')), { timeout: within(10_000) })
      .toMatch(/^250 /)
    const { log } = postfix
    await expect
      .poll(log, { timeout: within(60_000), interval: 500 })
      .toContain('status=sent (delivered via rebound')
    expect(await recorded(store)).toEqual(['pipe hard removed signed'])
    expect(await postfix.waiting()).toBe(0)
    rmSync(folder, { recursive: true, force: true })
  })

  test('a transport over LMTP; a forged path is refused at RCPT', { timeout: within(120_000) }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rebound-recipe-'))
    chmodSync(folder, 0o755)
    const socket = join(folder, 'lmtp')
    const world = await newWorld('sqlite', { REBOUND_LMTP_SOCKET: socket })
    try {
      // What `usermod -a -G rebound postfix` does for a user of one's own.
      execFileSync('chgrp', ['postfix', socket])
      const recipe = blockWith('lmtp:unix:/run/rebound/lmtp').replace('/run/rebound/lmtp', socket)
      postfix = await startPostfix({}, noNames, {
        main: `${linesFor(recipe, 'main.cf')}smtpd_recipient_restrictions = reject_unverified_recipient\nunverified_recipient_reject_code = 550\n`,
        master: '',
      })
      const port = postfix.port
      const path = await world.mint({ module: 'contacts', id: 'lmtp', to: 'lmtp@example.org' })
      await expect
        .poll(() => sendRaw(port, path, mailOf('lmtp')), { timeout: within(30_000) })
        .toMatch(/^250 /)
      await expect
        .poll(() => recordsIn(world.store), { timeout: within(30_000) })
        .toEqual(['lmtp hard removed signed'])
      const forged = path.replace(/^b-..../, 'b-0000')
      await expect
        .poll(() => sendRaw(port, forged, mailOf('lmtp')), { timeout: within(30_000) })
        .toMatch(/^550 5\.1\.1 /)
      // The client that Postfix names, not Postfix.
      expect(await world.store.knex('rebound_bounces').select('client_ip')).toEqual([
        { client_ip: '127.0.0.1' },
      ])
    } finally {
      await world.close()
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

/** Gives a mail to a delivery program as that user's mail server does; its exit code. */
function deliver(command: string, words: readonly string[], mail: string): number | null {
  const ran = spawnSync(command, words, {
    input: mail,
    uid: nobody,
    gid: nobody,
    env: { PATH: '/usr/bin:/bin' },
  })
  return ran.status
}

describe.runIf(tools.procmail)('procmail', () => {
  const place = install()
  afterAll(() => rmSync(place.folder, { recursive: true, force: true }))

  test('a mail to the domain is recorded, another goes to the mailbox', {
    timeout: within(60_000),
  }, async () => {
    const inbox = join(place.folder, 'data', 'inbox')
    const rules = join(place.folder, 'procmailrc')
    const recipe = blockWith('* ^X-Original-To:').replace('/usr/local/bin/rebound-receive', place.script)
    writeFileSync(rules, `DEFAULT=${inbox}\nLOGFILE=${join(place.folder, 'data', 'log')}\n${recipe}`)
    chownSync(rules, nobody, nobody)
    const ours = `X-Original-To: ${pathOf('procmail')}\n${mailOf('procmail').replaceAll('\r\n', '\n')}`
    expect(deliver('/usr/bin/procmail', ['-m', rules], ours)).toBe(0)
    expect(existsSync(inbox)).toBe(false)
    expect(
      deliver('/usr/bin/procmail', ['-m', rules], 'X-Original-To: ana@crm.example\nSubject: x\n\nHello\n'),
    ).toBe(0)
    expect(existsSync(inbox)).toBe(true)
    expect(await recorded(place.store)).toEqual(['procmail hard removed signed'])
  })
})

describe.runIf(tools.Sieve)('Sieve', () => {
  const place = install()
  let folder: string
  beforeAll(() => {
    folder = join(place.folder, 'data')
  })
  afterAll(() => rmSync(place.folder, { recursive: true, force: true }))

  test("Dovecot's delivery pipes a mail to the domain, and keeps another", {
    timeout: within(60_000),
  }, async () => {
    const script = join(folder, 'rebound.sieve')
    writeFileSync(script, blockWith('vnd.dovecot.pipe'))
    chownSync(script, nobody, nobody)
    const config = join(place.folder, 'dovecot.conf')
    writeFileSync(
      config,
      `base_dir = ${folder}/run
log_path = ${folder}/log
mail_location = maildir:${folder}/Maildir
mail_uid = ${nobody}
mail_gid = ${nobody}
postmaster_address = postmaster@crm.example
protocol lda {
  mail_plugins = sieve
}
plugin {
  sieve = file:${script}
  sieve_plugins = sieve_extprograms
  sieve_extensions = +vnd.dovecot.pipe
  sieve_pipe_bin_dir = ${place.folder}
  sieve_pipe_exec_timeout = 60s
}
`,
    )
    const lda = (to: string, mail: string): Promise<number | null> =>
      new Promise(resolve => {
        const child = spawn(
          '/usr/lib/dovecot/dovecot-lda',
          ['-c', config, '-f', 'x@example.net', '-a', to, '-r', to],
          {
            uid: nobody,
            gid: nobody,
            env: { HOME: folder, USER: 'nobody', PATH: '/usr/bin:/bin' },
            stdio: ['pipe', 'ignore', 'ignore'],
          },
        )
        child.once('close', resolve)
        child.stdin.end(mail)
      })
    const path = pathOf('sieve')
    expect(await lda(path, `Delivered-To: ${path}\n${mailOf('sieve').replaceAll('\r\n', '\n')}`)).toBe(0)
    expect(existsSync(join(folder, 'Maildir', 'new'))).toBe(false)
    expect(await lda('ana@crm.example', 'Subject: x\n\nHello\n')).toBe(0)
    expect(existsSync(join(folder, 'Maildir', 'new'))).toBe(true)
    expect(await recorded(place.store)).toEqual(['sieve hard removed signed'])
  })
})
