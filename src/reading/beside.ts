// Bytes to verdicts in a thread beside the listener's. Whatever a mail does to its reader, it does to that thread alone:
// it is replaced, and the mails it held are deferred (451), so that nothing is lost.

import type { Envelope, Unaddressed } from '../model/envelope.ts'
import type { ReadBytes, ReaderEnd } from '../model/read-mail.ts'
import type { Rule } from '../model/rule.ts'
import { handOver } from './handing-over.ts'
import { LastingThread } from './lasting-thread.ts'
import { senderOf } from './orders.ts'
import { Suspects } from './suspects.ts'
import { readNothing } from './unread.ts'

export interface LostReader {
  readonly end: ReaderEnd
  readonly error: unknown
  /** The mail that it was at; null if it was at none. */
  readonly mail: Envelope | Unaddressed | null
  /** Mails that are deferred. */
  readonly held: number
}

export interface BesideOptions {
  readonly onLost: (lost: LostReader) => void
  /** Told of a mail that is recorded without having been read. */
  readonly onUnread: (mail: Envelope | Unaddressed) => void
  /** Other than usual in tests alone. */
  readonly script?: URL
  readonly maxHeapMb?: number
  readonly tickMs?: number
  readonly mostMissingMs?: number
}

export interface ReadingBeside {
  /** Resolves when the thread reads; rejects with ReaderLost. */
  readonly start: () => Promise<void>
  readonly read: ReadBytes
  /** Null when mail is read, or will be at once; else why not, in words that anybody may read. */
  readonly notReady: () => string | null
  /** In force for every mail that ends after this. */
  readonly setRules: (rules: readonly Rule[]) => void
  readonly close: () => Promise<void>
}

const usual = {
  script: new URL('./thread.js', import.meta.url),
  /** Of JavaScript's objects: bytes of mails lie outside. */
  maxHeapMb: 256,
  tickMs: 1_000,
  // Any mail takes a fraction of a second: even a machine that swaps does not come to this.
  maxTicks: 15,
} as const

/** A thread that ended has its successor in a second or two. */
const usualMissingMs = 15_000

const mostSerial = 0x7fff_ffff

const noThread =
  'mail is deferred: the thread that reads it is gone and cannot be replaced; the log says more'

export function openReadingBeside({
  onLost,
  onUnread,
  mostMissingMs = usualMissingMs,
  ...others
}: BesideOptions): ReadingBeside {
  const suspects = new Suspects()
  const inHand = new Map<number, Envelope | Unaddressed>()
  let serial = 0
  const lasting = new LastingThread({
    ...usual,
    ...others,
    onLost: ({ end, cause }, number) => {
      const mail = inHand.get(number) ?? null
      if (mail !== null) suspects.blame(mail)
      onLost({ end, error: cause, mail, held: inHand.size })
    },
  })
  return {
    start: () => lasting.start(),
    read: async (bytes, memory, mail) => {
      if (suspects.has(mail)) {
        onUnread(mail)
        return await readNothing(bytes, mail)
      }
      const { thread } = lasting
      serial = (serial % mostSerial) + 1
      const number = serial
      inHand.set(number, mail)
      try {
        return await handOver(thread, number, bytes, memory, senderOf(mail))
      } finally {
        inHand.delete(number)
      }
    },
    notReady: () => (lasting.missingMs > mostMissingMs ? noThread : null),
    setRules: rules => lasting.setRules(rules),
    close: () => lasting.close(),
  }
}
