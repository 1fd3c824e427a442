// A private Exim: the binary of the Debian package, unpacked anywhere since the packages of Exim and Postfix conflict.

import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { domain } from '../end-to-end/server.ts'
import type { Mta, Routes } from './mta.ts'
import type { Names } from './names.ts'
import { closedPort } from './remote.ts'

/** REBOUND_TEST_EXIM_DIR: where the package was unpacked. */
const binary = join(process.env.REBOUND_TEST_EXIM_DIR ?? '/', 'usr/sbin/exim4')

export const hasExim = (): boolean =>
  existsSync(binary) && spawnSync('id', ['Debian-exim']).status === 0 && process.getuid?.() === 0

export const forwarder = 'forward.example'
const secret = 'srs-secret-of-the-test'

/**
 * @param routes by domain; mail to others is refused. `x@forward.example` is forwarded to x at the first of them, with a
 * sender rewritten by SRS; what comes back to that goes to the sender that it stands for. Exim knows connections by their
 * host and not their port: each carries one message, or a mail would go to whoever is at 127.0.0.1.
 */
export async function startExim(routes: Routes, names: Names): Promise<Mta> {
  const directory = mkdtempSync(join(tmpdir(), 'rebound-exim-'))
  chmodSync(directory, 0o755)
  const [spool, logs] = [join(directory, 'spool'), join(directory, 'log')]
  for (const folder of [spool, logs]) mkdirSync(folder, { mode: 0o750 })
  execFileSync('chown', ['Debian-exim:Debian-exim', spool, logs])
  const port = await closedPort()
  const [first = ''] = Object.keys(routes)
  const ofDns = Object.keys(routes).filter(domain => routes[domain] === 'dns')
  const ports = Object.entries(routes)
    .filter(([, to]) => to !== 'dns')
    .map(([domain, to]) => `{${domain}}{${to}}`)
    .reduceRight((rest, pair) => `\${if eq{$domain}${pair.replace('}{', '}{')}{${rest || '1'}}}`, '')
  const config = join(directory, 'exim.conf')
  writeFileSync(
    config,
    `primary_hostname = mail.crm.example
exim_path = ${binary}
spool_directory = ${spool}
log_file_path = ${join(logs, '%slog')}
pid_file_path = ${join(directory, 'exim.pid')}
exim_user = Debian-exim
exim_group = Debian-exim
never_users =
deliver_drop_privilege = true
keep_environment =
tls_advertise_hosts =
local_interfaces = 127.0.0.1
daemon_smtp_ports = ${port}
domainlist known = ${ofDns.join(' : ')}
domainlist routed = ${Object.keys(routes)
      .filter(domain => !ofDns.includes(domain))
      .join(' : ')}
acl_smtp_rcpt = check_rcpt
delay_warning =
ignore_bounce_errors_after = 1h
queue_run_in_order
begin acl
check_rcpt:
  accept domains = +routed : +known : ${forwarder}
  deny
begin routers
srs_back:
  driver = redirect
  domains = ${forwarder}
  senders = :
  condition = \${if inbound_srs {$local_part} {${secret}}}
  data = $srs_recipient
forward:
  driver = redirect
  domains = ${forwarder}
  data = $local_part@${first}
known:
  driver = dnslookup
  domains = +known
  transport = remote
  no_more
routed:
  driver = manualroute
  domains = +routed
  route_data = 127.0.0.1
  self = send
  transport = \${if eq{$domain}{$original_domain}{remote}{forwarded}}
begin transports
remote:
  driver = smtp
  port = ${ports}
  hosts_try_fastopen =
  connection_max_messages = 1
forwarded:
  driver = smtp
  port = ${ports}
  hosts_try_fastopen =
  connection_max_messages = 1
  max_rcpt = 1
  return_path = \${if match_domain{$original_domain}{${forwarder}}{\${if eq{$return_path}{}{}{\${srs_encode {${secret}} {$return_path} {$original_domain}}}}}{$return_path}}
begin retry
${domain} * F,1h,1s
* * F,4s,1s
`,
  )
  chmodSync(config, 0o644)
  const [enter = '', ...within] = names.before
  const daemon = spawn(enter, [...within, binary, '-C', config, '-bdf', '-q1s'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  daemon.stderr.on('data', chunk => {
    said += String(chunk)
  })
  const exited = new Promise<void>(done => daemon.once('exit', () => done()))
  const read = (name: string): string => {
    const path = join(logs, name)
    return existsSync(path) ? readFileSync(path, 'utf8') : ''
  }
  return {
    name: 'Exim',
    port,
    // Reports to our domain always do.
    beginPatience: async () => {},
    flush: async () => void spawnSync(binary, ['-C', config, '-qff']),
    waiting: async () => Number(spawnSync(binary, ['-C', config, '-bpc'], { encoding: 'utf8' }).stdout),
    log: () => `${said}${read('mainlog')}${read('paniclog')}`,
    stop: async () => {
      daemon.kill('SIGTERM')
      await exited
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
