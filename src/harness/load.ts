// A stream of messages at a fixed rate: how many are acknowledged, how fast, and whether all were understood.

import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CampaignSeen, EventSeen, ReboundApi } from './api.ts'
import { campaignDifferences, verdictDifferences } from './compare.ts'
import { type Composed, compose } from './compose.ts'
import { draw, type MixName } from './mix.ts'
import { openSender, type Sent } from './send.ts'
import { variationFrom } from './variation.ts'
import { campaignOf, module, recordId, type VerifyRun } from './verify.ts'

export interface LoadPlan {
  /** Messages a second. */
  readonly rate: number
  readonly seconds: number
  readonly mix: MixName
  readonly connections: number
}

export interface LoadResult {
  readonly campaignId: string
  readonly campaign: CampaignSeen
  readonly campaignDifferences: readonly string[]
  readonly sent: number
  readonly acknowledged: number
  /** Acknowledged, and recorded as a correct reader would. */
  readonly asExpected: number
  /** From the moment a message was due to the server's answer, so that a slow server cannot hide behind a late sender. */
  readonly p50Milliseconds: number
  readonly p99Milliseconds: number
  /** How long the stream took: until its last answer, and never less than `sent / rate`. */
  readonly seconds: number
  /** Each kind of difference or refusal, and how often; most frequent first. */
  readonly problems: readonly (readonly [problem: string, count: number])[]
}

interface SentMessage {
  readonly composed: Composed
  readonly recordId: string
  readonly sent: Sent
}

/** A recorder may hold back the newest events for some seconds; longer than this without news is an answer. */
const patienceMs = 15_000

/** Sends `rate × seconds` messages, each to a record of its own. Throws ApiError. */
export async function load(plan: LoadPlan, run: VerifyRun): Promise<LoadResult> {
  const { api, recipient, runId, seed, at } = run
  const count = Math.round(plan.rate * plan.seconds)
  const pairs = draw(plan.mix, count, variationFrom(`${seed}/mix`))
  const campaignId = campaignOf(runId)
  await api.nameCampaign(campaignId, `Harness load ${runId}`)
  const ids = pairs.map((_, index) => recordId(runId, index))
  const paths = await api.mint(ids.map(id => ({ module, id, campaign: campaignId, to: recipient })))

  const sender = openSender(run.target, { connections: plan.connections })
  const started = performance.now()
  try {
    let done = 0
    const messages: Promise<SentMessage>[] = []
    for (const [index, { writer, scenario }] of pairs.entries()) {
      const due = started + (index * 1000) / plan.rate
      const early = due - performance.now()
      if (early > 1) await sleep(early)
      const composed = compose(writer, scenario, {
        returnPath: paths[index] ?? '',
        recipient,
        at,
        seed: `${seed}/${index}`,
      })
      const sending = sender.send(composed).then(sent => {
        run.progress?.(++done, count)
        return {
          composed,
          recordId: ids[index] ?? '',
          sent: { ...sent, milliseconds: performance.now() - due },
        }
      })
      messages.push(sending)
    }
    const all = await Promise.all(messages)
    const seconds = secondsTaken((performance.now() - started) / 1000, count, plan.rate)
    return { ...(await judged(all, campaignId, api)), campaignId, seconds }
  } finally {
    sender.close()
  }
}

/** The last message has its share of time too: two messages at one a second are a stream of two seconds, not of one. */
export const secondsTaken = (untilLastAnswer: number, count: number, rate: number): number =>
  Math.max(untilLastAnswer, count / rate)

async function judged(all: readonly SentMessage[], campaignId: string, api: ReboundApi) {
  const acknowledged = all.filter(message => message.sent.acknowledged)
  const events = await eventsOf(campaignId, new Set(acknowledged.map(message => message.recordId)), api)
  const problems = new Map<string, number>()
  const note = (problem: string): void => {
    problems.set(problem, (problems.get(problem) ?? 0) + 1)
  }
  let asExpected = 0
  for (const { composed, recordId, sent } of all) {
    if (!sent.acknowledged) {
      note(`not acknowledged: ${sent.response}`)
      continue
    }
    const found = verdictDifferences(composed.expected, events.get(recordId))
    if (found.length === 0) asExpected++
    for (const difference of found) note(`${composed.writer} ${composed.scenario}: ${difference}`)
  }
  const campaign = await api.campaign(campaignId)
  const times = acknowledged.map(message => message.sent.milliseconds).sort((a, b) => a - b)
  const quantile = (share: number): number => times[Math.max(0, Math.ceil(times.length * share) - 1)] ?? 0
  return {
    campaign,
    campaignDifferences: campaignDifferences(
      all.length,
      acknowledged.map(message => message.composed),
      campaign,
    ),
    sent: all.length,
    acknowledged: acknowledged.length,
    asExpected,
    p50Milliseconds: quantile(0.5),
    p99Milliseconds: quantile(0.99),
    problems: [...problems].sort(([, a], [, b]) => b - a),
  }
}

/** The deciding event of each record, read page by page until all are there or nothing new comes. */
async function eventsOf(
  campaignId: string,
  wanted: ReadonlySet<string>,
  api: ReboundApi,
): Promise<ReadonlyMap<string, EventSeen>> {
  const found = new Map<string, EventSeen>()
  let after: string | null = null
  let lastNews = performance.now()
  while (found.size < wanted.size && performance.now() - lastNews < patienceMs) {
    const before = found.size
    const page = await api.bounces(campaignId, after)
    for (const event of page.items) {
      if (event.recordId !== null && event.concern !== 'other') found.set(event.recordId, event)
    }
    if (found.size > before) lastNews = performance.now()
    if (page.next === null) await sleep(200)
    else after = page.next
  }
  return found
}
