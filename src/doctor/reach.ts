// Whether others are reached: port 25 of the MX, and the receiver of webhooks.

import { connect } from 'node:net'
import type { DoctorFinding } from '../model/doctor-finding.ts'
import { refusalOf } from '../webhook/networks.ts'
import type { MailHost } from './dns.ts'
import { fault, ok, unknown, warning, wordsOf } from './finding.ts'

const connectMs = 5_000

/** The first line that a server says; rejects when none comes in time. */
export async function greetingOf(host: string, port: number): Promise<string> {
  return await new Promise((resolve, reject) => {
    const socket = connect({ host, port })
    const timer = setTimeout(() => socket.destroy(new Error('no answer')), connectMs)
    let text = ''
    socket.on('data', chunk => {
      text += chunk.toString('latin1')
      if (!text.includes('\n') && text.length < 1_000) return
      resolve(text.split(/\r?\n/, 1)[0] ?? '')
      socket.end('QUIT\r\n')
    })
    socket.once('error', reject)
    socket.once('close', () => {
      clearTimeout(timer)
      reject(new Error('closed without a greeting'))
    })
  })
}

/** @param port of the MX: 25, but for tests */
export async function examinePort(
  hosts: readonly MailHost[],
  { hostname, port }: { readonly hostname: string; readonly port: number },
): Promise<readonly DoctorFinding[]> {
  const findings: DoctorFinding[] = []
  for (const { name, addresses } of hosts)
    for (const address of addresses) {
      const check = `port ${port} of ${name} (${address})`
      const greeting = await greetingOf(address, port).catch((error: unknown) => new Error(wordsOf(error)))
      if (greeting instanceof Error)
        findings.push(
          unknown(
            check,
            `cannot be reached from here (${greeting.message}); many networks close port 25 for connections that leave`,
            'Look from another network, or run doctor --canary where port 25 is open.',
          ),
        )
      else if (greeting.toLowerCase().includes(hostname.toLowerCase()))
        findings.push(ok(check, 'is this Rebound, seen from here; a firewall further out may still close it'))
      else
        findings.push(
          warning(
            check,
            `is answered by somebody else: ${greeting.slice(0, 100)}`,
            'Forward port 25 of the MX to REBOUND_SMTP_PORT, or set REBOUND_HOSTNAME to its name.',
          ),
        )
    }
  if (hosts.length === 0)
    findings.push(unknown(`port ${port}`, 'no MX leads to an address, so that nothing can be tried'))
  return findings
}

/** Is the receiver of webhooks there? Nothing is sent to it. */
export async function examineReceiver(
  url: string | null,
  { allowInside }: { readonly allowInside: boolean },
): Promise<DoctorFinding> {
  const check = 'webhook receiver'
  if (url === null) return ok(check, 'none is set')
  const { hostname, port, protocol } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  const at = Number(port || (protocol === 'https:' ? 443 : 80))
  return await new Promise(resolve => {
    const socket = connect({ host, port: at })
    const done = (finding: DoctorFinding): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(finding)
    }
    const refused = (why: string): DoctorFinding =>
      fault(
        check,
        `${host}:${at} cannot be reached (${why})`,
        'Mend REBOUND_WEBHOOK_URL or the receiver; events wait for a day.',
      )
    const timer = setTimeout(() => done(refused('no answer')), connectMs)
    socket.once('connect', () => {
      const refusal = refusalOf(socket.remoteAddress ?? '', allowInside)
      done(
        refusal === null
          ? ok(check, `${host}:${at} answers; \`rebound webhooks test\` sends it a sample`)
          : fault(
              check,
              `${host}:${at} is where no webhook goes (${refusal})`,
              refusalOf(socket.remoteAddress ?? '', true) === null
                ? 'If the receiver is yours, set REBOUND_WEBHOOK_PRIVATE=allow.'
                : 'Mend REBOUND_WEBHOOK_URL, or what its name leads to.',
            ),
      )
    })
    socket.once('error', error => done(refused(wordsOf(error))))
  })
}
