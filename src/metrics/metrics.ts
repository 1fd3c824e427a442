// The metrics of a process: typed functions that move what table.ts lists, by chapter in the files beside this.
// Labels come from closed sets that we wrote, never from mail: a value outside its set counts as `other`.

import { type DatabaseMetrics, databaseMetrics } from './database.ts'
import {
  type HttpMetrics,
  httpMetrics,
  type ListenerMetrics,
  listenerMetrics,
  type MailboxMetrics,
  mailboxMetrics,
} from './doors.ts'
import { createInstruments, type Exposition, guard } from './instruments.ts'
import { type MailMetrics, mailMetrics } from './mail.ts'
import type { Vocabulary } from './table.ts'
import { type WaitingMetrics, waitingMetrics } from './waiting.ts'

export interface MetricsOptions {
  readonly version: string
  readonly vocabulary: Vocabulary
  /** The provider behind an address. */
  readonly providerOf: (address: string) => string
  /** Told when something could not be counted; nothing else comes of it. */
  readonly onError: (error: unknown) => void
}

/** None of these throws, but `text` when the process is in deep trouble: what is recorded stays recorded. */
export interface Metrics
  extends MailMetrics,
    ListenerMetrics,
    MailboxMetrics,
    HttpMetrics,
    DatabaseMetrics,
    WaitingMetrics {
  /** In the Prometheus text format, Node's own metrics included. */
  readonly text: () => Promise<Exposition>
}

/** Makes the metrics of one process, in a registry of their own; series of closed sets start at 0. */
export function createMetrics({ version, vocabulary, providerOf, onError }: MetricsOptions): Metrics {
  const instruments = createInstruments(vocabulary, onError)
  const guarded = guard(onError)
  const mail = mailMetrics(instruments, providerOf)
  const { look, ...database } = databaseMetrics(instruments)
  const lookSafely = guarded(look)
  instruments.gauge('rebound_build_info').set({ version, node: process.version }, 1)
  return {
    ...mail,
    seen: guarded(mail.seen),
    sends: guarded(mail.sends),
    ...listenerMetrics(instruments),
    ...mailboxMetrics(instruments),
    ...httpMetrics(instruments),
    ...database,
    ...waitingMetrics(instruments),
    text: () => {
      lookSafely()
      return instruments.text()
    },
  }
}
