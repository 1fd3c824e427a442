// The server of these settings: does one run here, and does it take mail? It is asked as an orchestrator asks.

import { get } from 'node:http'
import type { DoctorFinding } from '../model/doctor-finding.ts'
import type { Config } from '../settings/config.ts'
import { fault, ok, unknown, warning, wordsOf } from './finding.ts'

const answerMs = 5_000

export async function examineServer({
  httpHost,
  httpPort,
}: Pick<Config, 'httpHost' | 'httpPort'>): Promise<DoctorFinding> {
  const check = 'server'
  if (httpPort === 0) return unknown(check, 'REBOUND_HTTP_PORT is 0, so that nobody knows where to ask')
  const where = `${httpHost.includes(':') ? `[${httpHost}]` : httpHost}:${httpPort}`
  try {
    const { status, body } = await answerOf(`http://${where}/readyz`)
    if (status === 200) return ok(check, `answers at ${where} and takes mail`)
    if (status === 503)
      return fault(
        check,
        `answers at ${where} and takes no mail: ${detailOf(body)}`,
        'Mail waits at the senders. The log of the server says more.',
      )
    return fault(
      check,
      `something else answers at ${where}: ${status} for /readyz`,
      'Give Rebound a port of its own with REBOUND_HTTP_PORT.',
    )
  } catch (error) {
    return warning(
      check,
      `none answers at ${where} (${wordsOf(error)})`,
      'Start it, and read its log if it does not stay; if it runs elsewhere, look there.',
    )
  }
}

async function answerOf(url: string): Promise<{ readonly status: number; readonly body: string }> {
  return await new Promise((resolve, reject) => {
    const request = get(url, { agent: false, signal: AbortSignal.timeout(answerMs) }, answer => {
      let body = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => {
        body += chunk
      })
      answer.once('end', () => resolve({ status: answer.statusCode ?? 0, body }))
      answer.once('error', reject)
    })
    request.once('error', reject)
  })
}

/** RFC 9457 §3.1.4. */
function detailOf(body: string): string {
  try {
    const { detail } = JSON.parse(body) as { readonly detail?: unknown }
    return String(detail ?? body)
  } catch {
    return body.slice(0, 200)
  }
}
