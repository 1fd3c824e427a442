// One mail to the reader's thread: whole if it is small, else chunk by chunk, so that the sender waits for the reader.

import type { MailMemory } from '../model/mail-memory.ts'
import type { ReadMail } from '../model/read-mail.ts'
import { giveBack } from '../system/give-back.ts'
import { type EnvelopeSender, type ReaderAnswer, unpack } from './orders.ts'
import type { ReaderThread } from './reader-thread.ts'

/** A mail up to here crosses as a whole. */
const maxWholeBytes = 64 * 1024

/** What a mail costs before its first byte covers so much of it: see `message/memory-budget.ts`. */
const coveredBytes = 16 * 1024

/** A UTF-16 unit of decoded text. */
const charBytes = 2

/**
 * Null if `memory` had no room: reading stops there. Rejects when `bytes` does, with ReaderLost, and for our own trouble. What the thread keeps
 * of a mail is taken from `memory` here: bytes that wait, parts as it tells of them, and before the end as much as the
 * texts decoded from them may come to.
 */
export async function handOver(
  thread: ReaderThread,
  mail: number,
  bytes: AsyncIterable<Uint8Array>,
  memory: MailMemory,
  sender: EnvelopeSender,
): Promise<ReadMail | null> {
  let waiting: Uint8Array[] = []
  let waitingBytes = 0
  let paidBytes = coveredBytes
  let keptBytes = 0
  let isOpen = false

  const takeWaiting = (into: Uint8Array): Uint8Array => {
    const all = join(waiting, into)
    waiting = []
    waitingBytes = 0
    return all
  }
  try {
    for await (const chunk of bytes) {
      waiting.push(chunk)
      waitingBytes += chunk.length
      if (waitingBytes > paidBytes) {
        memory.take(waitingBytes - paidBytes)
        paidBytes = waitingBytes
      }
      if (isOpen || waitingBytes > maxWholeBytes) {
        isOpen = true
        const bytes = takeWaiting(thread.buffers.take(waitingBytes))
        const kept = keptOf(await thread.ask({ kind: 'chunk', mail, sender, bytes }))
        memory.take(kept - keptBytes)
        keptBytes = kept
      }
      if (memory.isExhausted()) return null
    }
    memory.take(charBytes * (isOpen ? keptBytes : waitingBytes))
    if (memory.isExhausted()) return null
    if (!isOpen)
      return readOf(
        await thread.ask({ kind: 'mail', mail, sender, bytes: takeWaiting(new Uint8Array(waitingBytes)) }),
      )
    isOpen = false
    return readOf(await thread.ask({ kind: 'end', mail }))
  } finally {
    if (isOpen) thread.tell({ kind: 'drop', mail })
  }
}

/** The reader's own fault: as if it had been thrown here. */
class ReaderFault extends Error {}

function keptOf(answer: ReaderAnswer): number {
  if (answer.kind === 'kept') return answer.bytes
  throw faultOf(answer)
}

function readOf(answer: ReaderAnswer): ReadMail {
  if (answer.kind === 'read') return unpack(answer)
  throw faultOf(answer)
}

const faultOf = (answer: ReaderAnswer): ReaderFault =>
  new ReaderFault(answer.kind === 'failed' ? answer.fault : `an answer out of turn: ${answer.kind}`)

/** A copy, whose memory may go to another thread; the chunks are spent. */
function join(chunks: readonly Uint8Array[], all: Uint8Array): Uint8Array {
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.length
    giveBack(chunk)
  }
  return all
}
