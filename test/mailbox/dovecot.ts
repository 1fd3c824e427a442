// A real Dovecot of its own, for IMAP and POP3 over TLS: installed from Debian's dovecot-imapd and dovecot-pop3d.

import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createServer as createHttp } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { within } from '../patience.ts'

export interface Dovecot {
  readonly imapPort: number
  readonly popPort: number
  /** For NODE_EXTRA_CA_CERTS. */
  readonly certFile: string
  /** Whose mailbox it is; another one's after `newUser`. */
  readonly user: () => string
  readonly password: string
  /** Gives a new user an empty mailbox: what is delivered and counted is theirs from then on. */
  readonly newUser: () => void
  /** Puts mails into a folder, as their delivery would. */
  readonly deliver: (mails: readonly string[], folder?: string, at?: Date) => void
  /** How many mails a folder holds, the marked ones left out. */
  readonly count: (folder?: string) => number
  /** The bytes of each of the mails of the inbox. */
  readonly files: () => readonly Buffer[]
  /** Makes the n-th mail of the inbox, from 1 on, one that the server itself cannot read. */
  readonly damage: (number: number) => void
  /** How many are marked as deleted. */
  readonly marked: () => number
  /** Is a mail of that folder marked as read? */
  readonly hasSeen: (folder?: string) => boolean
  /** Forgets uids and UIDVALIDITY, as a server that was restored from a backup does. */
  readonly renumber: () => void
  /** Takes a second: Dovecot waits for its children. */
  readonly stop: () => Promise<void>
  /** Does nothing where it runs. */
  readonly start: () => Promise<void>
  readonly remove: () => Promise<void>
}

export interface DovecotSettings {
  /** What IMAP offers, instead of all it can. */
  readonly capability?: string
  /** The access token of OAuth 2 that is valid at a time; without it, only passwords are taken. */
  readonly token?: () => string
  /** Folders below `Full/` hold no mail at all. */
  readonly hasFullFolder?: boolean
}

const mostUsers = 100

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise(resolve => server.close(resolve))
  return port
}

export async function startDovecot(settings: DovecotSettings = {}): Promise<Dovecot> {
  const home = mkdtempSync(join(tmpdir(), 'rebound-dovecot-'))
  const certFile = join(home, 'cert.pem')
  execFileSync(
    'openssl',
    [
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
      ],
      ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
      ...['-keyout', join(home, 'key.pem'), '-out', certFile],
    ],
    { stdio: 'ignore' },
  )
  let users = 0
  const nameOf = (number: number): string => `bounces-${number}@crm.example`
  const user = (): string => nameOf(users)
  const password = 'a password: with /odd@ characters%'
  const ports = { imap: await freePort(), pop: await freePort() }
  // All of them now: Dovecot looks for new ones once a second at the most.
  const secret = Buffer.from(password).toString('base64')
  writeFileSync(
    join(home, 'users'),
    Array.from({ length: mostUsers }, (_, at) => `${nameOf(at + 1)}:{PLAIN.B64}${secret}\n`).join(''),
  )
  const config = join(home, 'dovecot.conf')
  const tokens = await tokenServer(settings.token, user)
  // Dovecot gives nobody mail as root.
  const isRoot = process.getuid?.() === 0
  const id = isRoot ? { uid: 65534, gid: 65534 } : { uid: process.getuid?.(), gid: process.getgid?.() }
  chmodSync(home, 0o755)
  writeFileSync(
    config,
    `
protocols = imap pop3
base_dir = ${home}/run
state_dir = ${home}/state
log_path = ${home}/log
listen = 127.0.0.1
ssl = required
ssl_cert = <${certFile}
ssl_key = <${join(home, 'key.pem')}
mail_location = maildir:${home}/%u:LAYOUT=fs:INBOX=${home}/%u/INBOX
first_valid_uid = 0
mail_uid = ${id.uid}
mail_gid = ${id.gid}
default_process_limit = 20
mailbox_idle_check_interval = 1 secs
passdb {
  driver = passwd-file
  args = ${home}/users
}
userdb {
  driver = static
  args = uid=${id.uid} gid=${id.gid} home=${home}
}
namespace inbox {
  inbox = yes
  separator = /
}
service imap-login {
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    port = ${ports.imap}
    ssl = yes
  }
}
service pop3-login {
  inet_listener pop3 {
    port = 0
  }
  inet_listener pop3s {
    port = ${ports.pop}
    ssl = yes
  }
}
service auth {
  # The folder is ours alone.
  user = root
}
auth_failure_delay = 0 secs
service anvil {
  # Wrong passwords slow nobody down.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
${settings.capability ? `imap_capability = ${settings.capability}` : ''}
${tokens === null ? '' : oauth2(home, tokens.port)}
${settings.hasFullFolder ? fullFolder(home) : ''}
`,
  )
  let child: ReturnType<typeof spawn> | null = null
  const start = async (): Promise<void> => {
    if (child !== null) return
    child = spawn('dovecot', ['-F', '-c', config], { stdio: 'ignore' })
    await greeting(ports.imap)
    await greeting(ports.pop)
  }
  const stop = async (): Promise<void> => {
    const running = child
    child = null
    if (running === null || running.exitCode !== null) return
    const ended = new Promise(resolve => running.once('exit', resolve))
    running.kill('SIGTERM')
    await ended
  }
  const folderPath = (folder: string): string => join(home, user(), folder)
  let delivered = 0
  const deliver: Dovecot['deliver'] = (mails, folder = 'INBOX', at = new Date()) => {
    for (const name of ['new', 'cur', 'tmp']) mkdirSync(join(folderPath(folder), name), { recursive: true })
    for (const path of [
      join(home, user()),
      folderPath(folder),
      ...['new', 'cur', 'tmp'].map(name => join(folderPath(folder), name)),
    ])
      if (isRoot) chownSync(path, 65534, 65534)
    for (const text of mails) {
      delivered++
      const name = `${Math.floor(at.getTime() / 1000)}.M${String(delivered).padStart(6, '0')}P1.test`
      const file = join(folderPath(folder), 'tmp', name)
      writeFileSync(file, Buffer.from(text, 'latin1'))
      utimesSync(file, at, at)
      if (isRoot) chownSync(file, 65534, 65534)
      renameSync(file, join(folderPath(folder), 'new', name))
    }
  }
  const paths = (folder: string): readonly string[] =>
    ['new', 'cur'].flatMap(name => {
      const path = join(folderPath(folder), name)
      return existsSync(path) ? readdirSync(path).map(file => join(path, file)) : []
    })
  const newUser = (): void => {
    if (++users > mostUsers) throw new Error(`dovecot.ts makes ${mostUsers} users: make more`)
    deliver([])
  }
  newUser()
  await start()
  return {
    imapPort: ports.imap,
    popPort: ports.pop,
    certFile,
    user,
    password,
    newUser,
    deliver,
    count: (folder = 'INBOX') => paths(folder).filter(name => !/:2,\w*T/.test(name)).length,
    files: () => paths('INBOX').map(path => readFileSync(path)),
    damage: number => chmodSync(paths('INBOX')[number - 1] ?? '', 0),
    marked: () => paths('INBOX').filter(name => /:2,\w*T/.test(name)).length,
    hasSeen: (folder = 'INBOX') => paths(folder).some(name => /:2,\w*S/.test(name)),
    renumber: () => {
      for (const name of readdirSync(folderPath('INBOX')))
        if (name.startsWith('dovecot')) rmSync(join(folderPath('INBOX'), name), { recursive: true })
    },
    start,
    stop,
    remove: async () => {
      await stop()
      tokens?.close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** Dovecot asks the token server whose a token is. */
function oauth2(home: string, port: number): string {
  const file = join(home, 'oauth2.conf.ext')
  writeFileSync(
    file,
    `tokeninfo_url = http://127.0.0.1:${port}/tokeninfo?access_token=
username_attribute = email
`,
  )
  return `
auth_mechanisms = plain xoauth2 oauthbearer
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = ${file}
}`
}

/** A namespace with a quota of its own, which is used up. */
function fullFolder(home: string): string {
  return `
mail_plugins = quota
protocol imap {
  mail_plugins = quota imap_quota
}
namespace full {
  prefix = Full/
  separator = /
  location = maildir:${home}/full:LAYOUT=fs
}
plugin {
  quota = maildir:Full:ns=Full/
  quota_rule = *:storage=1B
  quota_grace = 0
}`
}

interface TokenServer {
  readonly port: number
  readonly close: () => void
}

/** Says whose an access token is; null where none is valid ever. */
async function tokenServer(
  token: (() => string) | undefined,
  user: () => string,
): Promise<TokenServer | null> {
  if (token === undefined) return null
  const server = createHttp((request, response) => {
    const given = new URL(request.url ?? '', 'http://127.0.0.1').searchParams.get('access_token')
    response.writeHead(given === token() ? 200 : 401, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify(given === token() ? { email: user(), expires_in: 3600 } : { error: 'invalid_token' }),
    )
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as { port: number }).port, close: () => server.close() }
}

/** Resolves once a server greets at this port. */
async function greeting(port: number): Promise<void> {
  const until = performance.now() + within(10_000)
  for (;;) {
    const said = await new Promise<string>(resolve => {
      const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
      socket.setTimeout(within(2_000), () => socket.destroy())
      socket.once('data', data => {
        resolve(String(data))
        socket.destroy()
      })
      socket.once('error', () => resolve(''))
      socket.once('close', () => resolve(''))
    })
    if (said.includes('OK')) return
    if (performance.now() > until) throw new Error(`no greeting at ${port}`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}
