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
}

/** Sends until `isOver`, then what was still to come of the smallest number. Comes from an address of its own. */
export async function sendInnocent(
  port: number,
  addresses: readonly string[],
  isOver: () => boolean,
  atLeast: number,
): Promise<Innocent> {
  const times: number[] = []
  const refusals: string[] = []
  for (let n = 0; !isOver() || n < atLeast; n++) {
    // Each is another report, so that none is a duplicate.
    const mail = ordinary(3_000).toString('latin1').replace('It failed.', `It failed, number ${n}.`)
    const started = performance.now()
    const answer = await deliver(port, [addresses[n % addresses.length] ?? ''], onTheWire(mail), {
      from: '127.1.1.1',
    })
    times.push(performance.now() - started)
    if (!answer.startsWith('250')) refusals.push(answer)
  }
  times.sort((a, b) => a - b)
  return {
    sent: times.length,
    accepted: times.length - refusals.length,
    refusals,
    slowestMs: times.at(-1) ?? 0,
    medianMs: times[times.length >> 1] ?? 0,
  }
}
