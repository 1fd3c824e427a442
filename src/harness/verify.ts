// One run of many messages against a running server: mint, send, and look at what became of each over HTTP.

import type { CampaignSeen, EventSeen, ReboundApi, RecordSeen } from './api.ts'
import { campaignDifferences, decisive, differences } from './compare.ts'
import { type Composed, compose } from './compose.ts'
import type { Pair } from './mix.ts'
import { openSender, type Sent, type Target } from './send.ts'

export interface VerifyRun {
  readonly target: Target
  readonly api: ReboundApi
  readonly seed: string
  readonly at: Date
  /** Makes record ids and the campaign this run's own; digits. */
  readonly runId: string
  readonly recipient: string
  /** Called after each message that was sent and looked at. */
  readonly progress?: (done: number, of: number) => void
}

export interface Trial {
  readonly composed: Composed
  readonly recordId: string
  readonly sent: Sent
  readonly event: EventSeen | null
  readonly record: RecordSeen | null
  readonly differences: readonly string[]
}

export interface RunResult {
  readonly campaignId: string
  readonly trials: readonly Trial[]
  readonly campaign: CampaignSeen
  readonly campaignDifferences: readonly string[]
}

const atOnce = 4
export const module = 'contacts'
export const campaignOf = (runId: string): string => `harness-${runId}`

/** Sends each pair to a fresh record of one fresh campaign and compares. Throws ApiError. */
export async function verify(pairs: readonly Pair[], run: VerifyRun): Promise<RunResult> {
  const { api, recipient, runId, seed, at } = run
  const campaignId = campaignOf(runId)
  await api.nameCampaign(campaignId, `Harness run ${runId}`)
  const ids = pairs.map((_, index) => recordId(runId, index))
  const paths = await api.mint(ids.map(id => ({ module, id, campaign: campaignId, to: recipient })))

  const sender = openSender(run.target, { connections: atOnce })
  let done = 0
  try {
    const trials = await inParallel(pairs, atOnce, async ({ writer, scenario }, index) => {
      const id = ids[index] ?? ''
      const composed = compose(writer, scenario, { returnPath: paths[index] ?? '', recipient, at, seed })
      await api.giveAddress(module, id, recipient)
      const sent = await sender.send(composed)
      const record = sent.acknowledged ? await api.record(module, id) : null
      const history = sent.acknowledged ? await api.history(module, id) : []
      run.progress?.(++done, pairs.length)
      const found = differences(composed, { sent, record, history })
      return { composed, recordId: id, sent, record, event: decisive(history) ?? null, differences: found }
    })
    const campaign = await api.campaign(campaignId)
    const acknowledged = trials.filter(trial => trial.sent.acknowledged).map(trial => trial.composed)
    return {
      campaignId,
      trials,
      campaign,
      campaignDifferences: campaignDifferences(pairs.length, acknowledged, campaign),
    }
  } finally {
    sender.close()
  }
}

/** A canonical decimal number of at most 64 bits, so that it packs into a signed path. */
export function recordId(runId: string, index: number): string {
  return String(BigInt(runId) * 100_000n + BigInt(index))
}

/** Maps in order with at most `width` running; the first rejection ends it. */
export async function inParallel<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  const waiting = items.entries()
  const worker = async (): Promise<void> => {
    for (const [index, item] of waiting) results[index] = await work(item, index)
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker))
  return results
}
