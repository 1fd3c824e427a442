// What came in, what it says, and what it did to records.

import { canaryModule } from '../model/canary.ts'
import type { CountedEffect, Recorded } from '../model/event.ts'
import type { ReaderEnd } from '../model/read-mail.ts'
import type { Kind } from '../model/report.ts'
import type { LinkedBy } from '../model/return-path.ts'
import type { RuleSource } from '../model/rule.ts'
import { type Instruments, other } from './instruments.ts'

/** Sends to one provider; to `other` where it is not known. */
export interface SendCount {
  readonly provider: string
  readonly count: number
}

/** One message and what became of it: the part of it that is counted. */
export interface SeenMessage {
  readonly judgement: { readonly kind: Kind }
  readonly recorded: readonly Recorded[]
  readonly readSeconds: number
}

export interface MailMetrics {
  readonly seen: (message: SeenMessage) => void
  /** Sends to these addresses, or `count` of them whose addresses nobody told. */
  readonly sends: (to: readonly string[] | SendCount) => void
  /** New events of mail that is no news: an archive's, or what waited long in a mailbox. */
  readonly imported: (kind: Kind, count?: number) => void
  /** Events taken back. */
  readonly undone: (count: number) => void
  /** What a removal did to the other records that had the address: effects, and no bounces. */
  readonly shared: (recorded: readonly Pick<Recorded, 'event' | 'effect'>[]) => void
  readonly ruleHit: (source: RuleSource) => void
  /** The thread that reads mail ended and is replaced. */
  readonly readerEnded: (reason: ReaderEnd) => void
  /** A mail was recorded without having been read. */
  readonly unread: () => void
}

/** @param providerOf the provider behind an address; may throw, and so may `seen` and `sends` */
export function mailMetrics(
  { counter, gauge, histogram }: Instruments,
  providerOf: (address: string) => string,
): MailMetrics {
  const bounces = counter('rebound_bounces_total')
  const bouncedSends = counter('rebound_bounced_sends_total')
  const sends = counter('rebound_sends_total')
  const effects = counter('rebound_effects_total')
  const duplicates = counter('rebound_duplicates_total')
  const imported = counter('rebound_imported_total')
  const messages = counter('rebound_messages_total')
  const decided = counter('rebound_decided_total')
  const ruleHits = counter('rebound_rule_hits_total')
  const classifySeconds = histogram('rebound_classify_seconds')
  const canarySeconds = gauge('rebound_canary_seconds')
  const canaryAt = gauge('rebound_canary_timestamp_seconds')
  const readerEnds = counter('rebound_reader_ends_total')
  const unread = counter('rebound_unread_total')

  const seenEvent = ({ event, isNew, address, movedTo, effect }: Recorded): void => {
    if (!isNew) {
      duplicates({})
      return
    }
    const provider = address === null ? other : providerOf(address)
    if (movedTo !== null) bouncedSends({ type: movedTo, provider })
    if (event.kind === 'bounce' || effect !== 'none')
      effects({ effect: countedEffect(event.verdict?.type, effect) })
    if (event.kind !== 'bounce' || event.verdict === null) return
    const { type, category, because } = event.verdict
    bounces({ type, category, provider })
    decided({ rung: because.rung })
  }

  return {
    seen: ({ judgement, recorded, readSeconds }) => {
      const issuedAt = canaryIssuedAt(recorded)
      if (issuedAt !== null) {
        canarySeconds.set({}, (Date.now() - issuedAt.getTime()) / 1000)
        canaryAt.set({}, Date.now() / 1000)
        return
      }
      messages({ kind: judgement.kind, linked_by: linkedBy(recorded) })
      classifySeconds(readSeconds)
      for (const each of recorded) seenEvent(each)
    },
    sends: to => {
      if ('provider' in to) return sends({ provider: to.provider }, to.count)
      for (const address of to) sends({ provider: providerOf(address) })
    },
    imported: (kind, count = 1) => imported({ kind }, count),
    undone: count => effects({ effect: 'undone' }, count),
    shared: recorded => {
      for (const { event, effect } of recorded)
        effects({ effect: countedEffect(event.verdict?.type, effect) })
    },
    ruleHit: source => ruleHits({ source }),
    readerEnded: reason => readerEnds({ reason }),
    unread: () => unread({}),
  }
}

/** Only a promotion removes an address for a soft bounce. */
function countedEffect(type: string | undefined, effect: Recorded['effect']): CountedEffect {
  return effect === 'removed' && type === 'soft' ? 'promoted' : effect
}

/** When the return path of a canary was made; null for every other message. */
function canaryIssuedAt(recorded: readonly Recorded[]): Date | null {
  const link = recorded[0]?.event.link
  return link?.send.module === canaryModule ? link.issuedAt : null
}

/** The link of the first event that has one: a message with several return paths is still one message. */
function linkedBy(recorded: readonly Recorded[]): LinkedBy | 'none' {
  for (const { event } of recorded) if (event.link !== null) return event.link.by
  return 'none'
}
