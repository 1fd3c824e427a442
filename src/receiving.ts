// The parts list of `rebound receive`: the stages of the server for mail out of files, without a server.

import { addressing } from './backend/addressing.ts'
import { linkedEvents } from './backend/linking.ts'
import { type Base, openBase } from './backend/open.ts'
import { replyKeeper } from './backend/person-replies.ts'
import { createIntake, type Intaken } from './intake.ts'
import { ownMemory } from './message/memory-budget.ts'
import type { Unaddressed } from './model/envelope.ts'
import type { BounceEvent, Recorded } from './model/event.ts'
import type { IntakeOutcome } from './model/reply.ts'
import type { Kind } from './model/report.ts'
import { readHere } from './reading/here.ts'
import { openRulebook } from './rules/rulebook.ts'
import type { Config } from './settings/config.ts'
import { createRecorder } from './store/recording/recorder.ts'
import { storedFingerprints } from './store/tables/fingerprints.ts'
import { thresholdsInForce } from './store/tables/thresholds.ts'
import { tellCounts } from './store/tables/told-counts.ts'

export interface ReceiveOptions {
  /** Records nothing, and says what would be new. */
  readonly dryRun: boolean
  /** Hard bounces remove addresses, as those that come by SMTP do. */
  readonly remove: boolean
}

export interface Receiver {
  /** Takes one mail in; rejects when the database did not take it, and nothing of it is stored. */
  readonly receive: (mail: Unaddressed, bytes: AsyncIterable<Uint8Array>) => Promise<IntakeOutcome>
  readonly close: () => Promise<void>
}

/** One writes, one folds campaigns. */
const connections = 2

/** Throws StartError, DatabaseError. `seen` is told of every mail that was read to its verdict. */
export async function openReceiver(
  config: Config,
  options: ReceiveOptions,
  seen: (mail: Intaken) => void,
): Promise<Receiver> {
  const base = await openBase(config, null)
  const own = base.store.apart(connections)
  const thresholds = await thresholdsInForce(base.store)
  const recorder = createRecorder(own, {
    outbox: config.webhookUrl !== null,
    trustClaimed: config.trustLegacy === 'remove',
    thresholds,
  })
  const book = await openRulebook(base.rulebook, { evidence: config.evidence, onError: () => {} })
  const events = linkedEvents(base, config)
  const imported = new Map<Kind, number>()
  const receive = createIntake({
    // One mail is read at a time: its own limits are enough.
    openMemory: () => ownMemory,
    read: readHere(book.judge),
    address: addressing(base),
    events: async (envelope, report, judgement) => {
      const linked = await events(envelope, report, judgement)
      return options.remove ? linked : linked.map(event => ({ ...event, keepsAddress: true }))
    },
    // The files are the operator's own, however many they are.
    unproven: { take: () => true, giveBack: () => {} },
    record: options.dryRun ? trial(base) : recorder.record,
    keepReply: options.dryRun ? async () => {} : replyKeeper(base.store, config, () => true),
    observe: mail => {
      if (!options.dryRun) {
        book.keep(mail.report, mail.recorded, mail.envelope.receivedAt)
        for (const { isNew, event } of mail.recorded)
          if (isNew) imported.set(event.kind, (imported.get(event.kind) ?? 0) + 1)
      }
      seen(mail)
    },
    onObserveError: error => {
      throw error
    },
  })
  return {
    receive: (mail, bytes) => receive(mail, { bytes }),
    close: async () => {
      // What is recorded is recorded: a count that gets lost fails nobody.
      const told = [...imported].map(([word, count]) => ({ what: 'imported' as const, word, count }))
      await tellCounts(base.store, told).catch(() => {})
      for (const part of [recorder, book, own, base]) await part.close()
    },
  }
}

/** What recording would say of new and of known events; nothing is written. */
function trial({ store }: Base): (events: readonly BounceEvent[]) => Promise<readonly Recorded[]> {
  const tried = new Set<string>()
  return async events => {
    const stored = await storedFingerprints(
      store,
      events.map(({ fingerprint }) => fingerprint),
    )
    return events.map(event => {
      const isNew = !stored.has(event.fingerprint) && !tried.has(event.fingerprint)
      tried.add(event.fingerprint)
      return { event, id: '', isNew, address: null, movedTo: null, effect: 'none' as const }
    })
  }
}
