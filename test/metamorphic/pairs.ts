// A mail and the same mail changed: what is said of each recipient has to stay.

import { readMessage } from '../../src/message/parts.ts'
import type { Judgement } from '../../src/model/verdict.ts'
import { createReader } from '../../src/reader.ts'
import type { Change } from './change.ts'
import { changed, changes } from './changes.ts'

export interface Difference {
  readonly change: string
  readonly before: string
  readonly after: string
  /** What was soft or no bounce became hard. */
  readonly falselyHard: boolean
}

export interface Outcome {
  readonly pairs: number
  readonly differences: readonly Difference[]
}

const reader = createReader()

export async function judged(raw: Buffer): Promise<Judgement> {
  async function* once(): AsyncGenerator<Buffer> {
    yield raw
  }
  return reader.judge(reader.read(await readMessage(once())))
}

/** Judges a mail and its changes; mails that are no bounce are changed too, and must not become one. */
export async function outcomeOf(raw: Buffer, chosen: readonly Change[] = changes): Promise<Outcome> {
  const before = await judged(raw)
  const differences: Difference[] = []
  let pairs = 0
  for (const change of chosen) {
    const other = changed(raw, change)
    if (other === null) continue
    pairs++
    const after = await judged(other)
    const difference = compared(before, after, change.name)
    if (difference !== null) differences.push(difference)
  }
  return { pairs, differences }
}

function compared(before: Judgement, after: Judgement, change: string): Difference | null {
  const known = before.recipients.map(recipient => line(before, recipient))
  const found = new Map(after.recipients.map(recipient => [addressOf(recipient), line(after, recipient)]))
  // One more recipient that failed, or a mail that is returned, makes a bounce of what was none.
  const isMore = change.startsWith('a second recipient') || change.endsWith('below its announcement')
  if (isMore && before.kind !== 'bounce') return null
  const wanted = known.length > 0 ? known : [`${before.kind}`]
  const got =
    known.length > 0
      ? before.recipients.map(recipient => found.get(addressOf(recipient)) ?? `${after.kind}, not named`)
      : [`${after.kind}`]
  if (wanted.join('\n') === got.join('\n')) return null
  const falselyHard = got.some((text, at) => text.includes(' hard ') && !wanted[at]?.includes(' hard '))
  return { change, before: wanted.join('; '), after: got.join('; '), falselyHard }
}

type Recipient = Judgement['recipients'][number]

const addressOf = ({ address, originalAddress }: Recipient): string =>
  (address ?? originalAddress ?? '').toLowerCase()

function line({ kind }: Judgement, recipient: Recipient): string {
  const { verdict } = recipient
  return `${kind} ${addressOf(recipient)} ${verdict === null ? 'none' : `${verdict.type} ${verdict.category}`}`
}
