// Mail servers that deliver reports until each is acknowledged, as senders do: what was deferred comes again.

import { setTimeout as sleep } from 'node:timers/promises'
import { compose } from '../../src/harness/compose.ts'
import { createReturnPaths } from '../../src/return-path/codec.ts'
import { signingKeys } from '../../src/return-path/keys.ts'
import { benchDomain, benchSecret } from '../bench/targets.ts'
import { deliver, onTheWire } from './raw-smtp.ts'

export interface Sent {
  /** Deliveries tried, those that came again among them. */
  readonly attempts: number
  readonly deferred: number
  /** Connections that ended without an answer, or could not be had. */
  readonly broken: number
  /** Answers that no sender should get: refused for good. */
  readonly refused: readonly string[]
}

export interface Senders {
  /** Return paths whose mail was answered with 250. */
  readonly acknowledged: ReadonlySet<string>
  readonly sent: () => Sent
  /** Resolves with the next acknowledgement of a delivery that begins from now on. */
  readonly nextAcknowledged: () => Promise<void>
  /** The last acknowledgement between two moments, or the first moment. */
  readonly lastAcknowledged: (from: number, to: number) => number
  /** Begins nothing new, and delivers all that was begun. */
  readonly finish: () => Promise<void>
}

const records = 500
const retryMs = 100

/**
 * @param name of these mails, so that no other run has the same
 * @param port asked before each delivery: a server that was started again has another
 */
export function startSenders(name: string, count: number, port: () => number | null, campaigns = 7): Senders {
  const paths = createReturnPaths({
    keys: signingKeys([benchSecret]),
    domains: [benchDomain],
    days: 60,
    modules: ['contacts', 'companies', 'leads'],
    inbox: '',
    unsigned: 'reject',
    legacy: [],
  })
  const acknowledged = new Set<string>()
  const moments: number[] = []
  const refused: string[] = []
  const waiting: { readonly since: number; readonly done: () => void }[] = []
  const counts = { attempts: 0, deferred: 0, broken: 0 }
  let next = 0
  let isOver = false

  const make = (number: number): { readonly path: string; readonly bytes: Buffer } => {
    const to = 'ana@example.org'
    const campaign = number % campaigns
    const mail = { module: 'contacts', id: `${number % records}`, campaign, mail: `${name}${number}`, to }
    const minted = paths.mint(mail, new Date())
    if (minted.kind !== 'signed') throw new Error('a short id must fit')
    const scenario = number % 3 === 0 ? 'unknown-user' : 'mailbox-full'
    const context = { returnPath: minted.address, at: new Date(), seed: mail.mail }
    const { raw } = compose('postfix', scenario, context)
    return { path: minted.address, bytes: onTheWire(Buffer.from(raw).toString('latin1')) }
  }
  const onAcknowledged = (path: string, began: number): void => {
    acknowledged.add(path)
    moments.push(performance.now())
    for (const each of waiting.splice(0)) {
      if (each.since <= began) each.done()
      else waiting.push(each)
    }
  }

  const send = async (): Promise<void> => {
    const { path, bytes } = make(next++)
    for (;;) {
      const began = performance.now()
      counts.attempts++
      const to = port()
      const answer = to === null ? 'no server' : await deliver(to, [path], bytes, { patienceMs: 30_000 })
      if (answer.startsWith('250')) {
        onAcknowledged(path, began)
        return
      }
      if (/^4\d\d/.test(answer)) counts.deferred++
      else if (/^5\d\d/.test(answer)) {
        refused.push(answer)
        return
      } else counts.broken++
      await sleep(retryMs)
    }
  }
  const working = Promise.all(
    Array.from({ length: count }, async () => {
      while (!isOver) await send()
    }),
  )
  return {
    acknowledged,
    sent: () => ({ ...counts, refused: [...refused] }),
    nextAcknowledged: () => new Promise(done => waiting.push({ since: performance.now(), done })),
    lastAcknowledged: (from, to) => moments.findLast(at => at >= from && at <= to) ?? from,
    finish: async () => {
      isOver = true
      await working
    },
  }
}
