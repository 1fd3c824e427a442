// Delivers what waits in the outbox, a few at a time, beside the mail's way: nothing in SMTP waits for it.

import { setTimeout as sleep } from 'node:timers/promises'
import type { StoredBounce } from '../model/stored-bounce.ts'
import type { ClaimedWebhook, SettledWebhook } from '../model/webhook.ts'
import { waitAfter } from './back-off.ts'
import { saidOf } from './message.ts'
import type { Attempt } from './post.ts'
import { createSend, type WebhookTarget } from './send.ts'

export interface SenderSteps {
  readonly take: (options: {
    readonly leaseMs: number
    readonly limit: number
  }) => Promise<readonly ClaimedWebhook[]>
  readonly settle: (settled: readonly SettledWebhook[]) => Promise<void>
  /** The event as HTTP answers it. */
  readonly present: (bounce: StoredBounce) => object
  readonly onAttempt: (webhook: ClaimedWebhook, attempt: Exclude<Attempt, { outcome: 'stopped' }>) => void
  readonly onGivenUp: (webhook: ClaimedWebhook) => void
  /** The database did not answer: the sender waits and asks again. */
  readonly onDatabaseError: (error: unknown) => void
}

export interface SenderLimits {
  /** Requests under way at a time. */
  readonly concurrency: number
  /** Webhooks held at a time, those that wait for their turn among them. */
  readonly held: number
  /** Between two looks at the outbox, so that each brings and writes down several: a write costs as much for one. */
  readonly gatherMs: number
  /** How often to look for work that nobody told us of. */
  readonly pollMs: number
  /** Longer than the turns that all held ones need when every try takes its whole time. */
  readonly leaseMs: number
  /** Of one request, all in all; the usual unless told. */
  readonly timeoutMs?: number
  /** What requests under way are given when it closes. */
  readonly graceMs: number
}

export interface WebhookSender {
  /** There is something new in the outbox. */
  readonly wake: () => void
  /** Takes no more, gives requests under way a moment, and puts back what it could not settle. */
  readonly close: () => Promise<void>
}

const usual: SenderLimits = {
  concurrency: 10,
  held: 30,
  gatherMs: 20,
  pollMs: 1_000,
  leaseMs: 60_000,
  graceMs: 1_000,
}

/** Starts delivering. */
export function startSender(
  target: WebhookTarget,
  steps: SenderSteps,
  given: Partial<SenderLimits> = {},
): WebhookSender {
  const limits: SenderLimits = { ...usual, ...given }
  const send = createSend(target, limits.timeoutMs)
  /** ClaimedWebhook, and waiting for their turn. */
  const queue: ClaimedWebhook[] = []
  const underWay = new Set<Promise<void>>()
  const settled: SettledWebhook[] = []
  const stopping = new AbortController()
  const bell = createBell()
  let isClosed = false

  /** An event that cannot be told must not stop the others, nor be taken again and again without a count. */
  const tryOnce = async (webhook: ClaimedWebhook): Promise<Attempt> => {
    try {
      const { eventId, bounce } = webhook
      return await send.once({ eventId, ...saidOf(bounce), data: steps.present(bounce) }, stopping.signal)
    } catch (error) {
      return { outcome: 'broken', error: `the event cannot be told: ${(error as Error).message}` }
    }
  }

  const deliver = async (webhook: ClaimedWebhook): Promise<void> => {
    const attempt = await tryOnce(webhook)
    settled.push({ webhook, outcome: outcomeOf(attempt, webhook) })
    if (attempt.outcome !== 'stopped') steps.onAttempt(webhook, attempt)
  }

  const begin = (webhook: ClaimedWebhook): void => {
    const work = deliver(webhook).finally(() => {
      underWay.delete(work)
      beginNext()
      if (queue.length === 0) bell.ring()
    })
    underWay.add(work)
  }

  const beginNext = (): void => {
    while (!isClosed && underWay.size < limits.concurrency) {
      const next = queue.shift()
      if (next === undefined) return
      begin(next)
    }
  }

  /** Writes down what is settled; what the database does not take now is tried again with the next. */
  const writeDown = async (): Promise<void> => {
    const some = [...settled]
    if (some.length === 0) return
    await steps.settle(some)
    settled.splice(0, some.length)
    for (const { webhook, outcome } of some)
      if (outcome.kind === 'failed' && outcome.againInMs === null) steps.onGivenUp(webhook)
  }

  const work = async (): Promise<void> => {
    while (!isClosed) {
      try {
        await writeDown()
        const limit = limits.held - queue.length - underWay.size - settled.length
        if (limit > 0) queue.push(...(await steps.take({ leaseMs: limits.leaseMs, limit })))
        beginNext()
      } catch (error) {
        steps.onDatabaseError(error)
      }
      if (isClosed) break
      await bell.heard(limits.pollMs)
      await sleep(limits.gatherMs)
    }
  }
  const working = work()

  return {
    wake: bell.ring,
    close: async () => {
      isClosed = true
      bell.ring()
      await working
      for (const webhook of queue.splice(0)) settled.push({ webhook, outcome: { kind: 'released' } })
      const grace = setTimeout(() => stopping.abort(), limits.graceMs)
      await Promise.all(underWay)
      clearTimeout(grace)
      send.close()
      // When the database is away, the leases end by themselves.
      await writeDown().catch(steps.onDatabaseError)
    },
  }
}

function outcomeOf(attempt: Attempt, webhook: ClaimedWebhook): SettledWebhook['outcome'] {
  if (attempt.outcome === 'delivered') return { kind: 'delivered' }
  if (attempt.outcome === 'stopped') return { kind: 'released' }
  return {
    kind: 'failed',
    error: attempt.error,
    againInMs: waitAfter(webhook.attempts + 1, Math.random()),
  }
}

/** Lets one waiter sleep until it is rung or the time is over; a ring that nobody heard is heard next time. */
function createBell(): { readonly ring: () => void; readonly heard: (ms: number) => Promise<void> } {
  let isRung = false
  let awake: () => void = () => {}
  return {
    ring: () => {
      isRung = true
      awake()
    },
    heard: ms => {
      const rest = isRung
        ? Promise.resolve()
        : new Promise<void>(resolve => {
            const timer = setTimeout(resolve, ms)
            awake = () => {
              clearTimeout(timer)
              resolve()
            }
          })
      return rest.then(() => {
        isRung = false
        awake = () => {}
      })
    },
  }
}
