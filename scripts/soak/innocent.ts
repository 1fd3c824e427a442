// Innocent mail beside an attack: one ordinary report after the other, each on a connection of its own.

import { ordinary } from '../fuzz/shapes.ts'
import { deliver, onTheWire } from './raw-smtp.ts'

export interface Innocent {
  readonly sent: number
  readonly accepted: number
  /** What the others were answered. */
  readonly refusals: readonly string[]
  /** From connecting to the answer. */
  readonly slowestMs: number
  readonly medianMs: number
  /** Processor time that the server spent meanwhile on everybody, at most: what the wait is on a machine of its own. */
  readonly slowestCpuMs: number
}

/** Mails sent so far, beside whichever attack. */
let sent = 0

/**
 * Sends until `isOver`, then what was still to come of the smallest number. Comes from an address of its own. `cpuMs`
 * says what the server has spent so far.
 */
export async function sendInnocent(
  port: number,
  addresses: readonly string[],
  isOver: () => boolean,
  atLeast: number,
  cpuMs: () => number,
): Promise<Innocent> {
  const times: number[] = []
  const refusals: string[] = []
  let slowestCpuMs = 0
  for (let n = 0; !isOver() || n < atLeast; n++) {
    // Each is another report of this process, so that none is a duplicate, which would cost the server nothing.
    const mail = ordinary(3_000).toString('latin1').replace('It failed.', `It failed, number ${sent++}.`)
    const started = performance.now()
    const spent = cpuMs()
    const answer = await deliver(port, [addresses[n % addresses.length] ?? ''], onTheWire(mail), {
      from: '127.1.1.1',
    })
    times.push(performance.now() - started)
    slowestCpuMs = Math.max(slowestCpuMs, cpuMs() - spent)
    if (!answer.startsWith('250')) refusals.push(answer)
  }
  times.sort((a, b) => a - b)
  return {
    sent: times.length,
    accepted: times.length - refusals.length,
    refusals,
    slowestMs: times.at(-1) ?? 0,
    medianMs: times[times.length >> 1] ?? 0,
    slowestCpuMs,
  }
}
