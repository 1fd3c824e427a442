// A private Postfix: its own configuration, queue and log; the daemons are those of the Debian package.

import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Mta, Routes } from './mta.ts'
import type { Names } from './names.ts'
import { closedPort } from './remote.ts'

const daemons = '/usr/lib/postfix/sbin'
const template = '/usr/share/postfix/master.cf.dist'

export const hasPostfix = (): boolean => existsSync(join(daemons, 'master')) && process.getuid?.() === 0

/** Lines as an administrator adds them to the end of Postfix's files: they win over those above. */
export interface PostfixLines {
  readonly main: string
  readonly master: string
}

/** @param routes by domain; mail to others is refused */
export async function startPostfix(
  routes: Routes,
  names: Names,
  more: PostfixLines = { main: '', master: '' },
): Promise<Mta> {
  const directory = mkdtempSync(join(tmpdir(), 'rebound-postfix-'))
  chmodSync(directory, 0o755)
  const [config, queue, data, log] = ['etc', 'queue', 'data', 'mail.log'].map(name =>
    join(directory, name),
  ) as [string, string, string, string]
  for (const folder of [config, queue, data]) mkdirSync(folder, { mode: 0o755 })
  execFileSync('chown', ['postfix', data])
  const port = await closedPort()
  const transports = Object.entries(routes).map(
    ([domain, to]) => `{ ${domain} = ${to === 'dns' ? 'smtp:' : `smtp:[127.0.0.1]:${to}`} }`,
  )
  const settings: Readonly<Record<string, string>> = {
    compatibility_level: '3.6',
    config_directory: config,
    queue_directory: queue,
    data_directory: data,
    daemon_directory: daemons,
    command_directory: '/usr/sbin',
    shlib_directory: '/usr/lib/postfix',
    mail_owner: 'postfix',
    setgid_group: 'postdrop',
    maillog_file: log,
    maillog_file_prefixes: directory,
    myhostname: 'mail.crm.example',
    mydestination: '',
    inet_interfaces: '127.0.0.1',
    inet_protocols: 'ipv4',
    mynetworks: '127.0.0.0/8',
    smtpd_relay_restrictions: 'permit_mynetworks, reject',
    smtp_tls_security_level: 'none',
    smtpd_tls_security_level: 'none',
    alias_maps: '',
    alias_database: '',
    notify_classes: '',
    transport_maps: `inline:{ ${transports.join(', ')} }`,
    default_transport: 'error:5.1.2 no route',
    smtp_host_lookup: 'dns',
    // Days become seconds.
    maximal_queue_lifetime: '4s',
    bounce_queue_lifetime: '1h',
    queue_run_delay: '1s',
    minimal_backoff_time: '1s',
    maximal_backoff_time: '2s',
    transport_retry_time: '1s',
    default_destination_concurrency_failed_cohort_limit: '0',
  }
  writeFileSync(
    join(config, 'main.cf'),
    Object.entries(settings)
      .map(([name, value]) => `${name} = ${value}\n`)
      .join('') + more.main,
  )
  const services = readFileSync(template, 'utf8')
    .split('\n')
    // No chroot, and SMTP at our port.
    .map(line => line.replace(/^(\S+\s+(?:inet|unix)\s+\S+\s+\S+\s+)y/, '$1n'))
    .map(line => line.replace(/^smtp(\s+inet)/, `127.0.0.1:${port}$1`))
  writeFileSync(
    join(config, 'master.cf'),
    `${services.filter(line => !/^postlog\s/.test(line)).join('\n')}\npostlog unix-dgram n - n - 1 postlogd\n${more.master}`,
  )
  const quietly = { encoding: 'utf8', stdio: 'pipe' } as const
  const run = (program: string, ...words: string[]): string =>
    execFileSync(program, ['-c', config, ...words], quietly)
  const [enter = '', ...within] = names.before
  execFileSync(enter, [...within, '/usr/sbin/postfix', '-c', config, 'start'], quietly)
  return {
    name: 'Postfix',
    port,
    beginPatience: async () => {
      execFileSync('/usr/sbin/postconf', ['-c', config, '-e', 'maximal_queue_lifetime = 1h'])
      run('/usr/sbin/postfix', 'reload')
    },
    flush: async () => void run('/usr/sbin/postqueue', '-f'),
    waiting: async () => run('/usr/sbin/postqueue', '-j').split('\n').filter(Boolean).length,
    log: () => readFileSync(log, 'utf8'),
    stop: async () => {
      run('/usr/sbin/postfix', 'stop')
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
