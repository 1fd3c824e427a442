// Bytes to verdicts in the thread that asks: parse, read, judge.

import { first } from '../message/header.ts'
import { readMessage } from '../message/parts.ts'
import { deliveryAddresses, envelopeSender, lastReceived } from '../message/trace.ts'
import { isNullSender } from '../model/envelope.ts'
import type { MailMemory } from '../model/mail-memory.ts'
import type { Header, Message } from '../model/message.ts'
import type { Letter, ReadBytes, ReadMail, Trace } from '../model/read-mail.ts'
import type { Report } from '../model/report.ts'
import type { Judgement } from '../model/verdict.ts'
import { readReport } from '../report/read.ts'
import { type EnvelopeSender, senderOf } from './orders.ts'

/** As `ReadBytes`, of what crosses to the reader's thread. */
export type ReadFrom = (
  bytes: AsyncIterable<Uint8Array>,
  memory: MailMemory,
  sender: EnvelopeSender,
) => Promise<ReadMail | null>

/** Judges a report. */
export type JudgeReport = (report: Report) => Judgement | Promise<Judgement>

/** In the server's own thread. */
export function readHere(judge: JudgeReport): ReadBytes {
  const read = readFrom(judge)
  return (bytes, memory, mail) => read(bytes, memory, senderOf(mail))
}

/** `judge` is asked once the mail is read: it knows the rules in force by then. */
export function readFrom(judge: JudgeReport): ReadFrom {
  return async (bytes, memory, sender) => {
    const watch = new Stopwatch()
    const message = await readMessage(timed(bytes, watch), { memory })
    if (memory.isExhausted()) return null
    const trace = sender.hasEnvelope ? null : traceOf(message)
    const report = readReport(message, { nullSender: isFromNobody(sender, trace) })
    const judgement = await judge(report)
    return { letter: letterOf(message), trace, report, judgement, seconds: watch.stop() }
  }
}

function letterOf({ header, bytes }: Message): Letter {
  return {
    from: first(header, 'from'),
    replyTo: first(header, 'reply-to'),
    subject: first(header, 'subject'),
    bytes,
  }
}

function traceOf({ header }: { readonly header: Header }): Trace | null {
  if (header.length === 0) return null
  return {
    sender: envelopeSender(header),
    addresses: deliveryAddresses(header),
    receivedAt: lastReceived(header),
  }
}

/** An unknown sender is not the null sender, which is a sign of a report. */
function isFromNobody({ mailFrom }: EnvelopeSender, trace: Trace | null): boolean {
  const sender = trace?.sender === undefined ? mailFrom : trace.sender
  return sender !== undefined && isNullSender(sender)
}

/** How long something takes that has to wait now and then. */
class Stopwatch {
  #seconds = 0
  #since: number | null = null

  start(): void {
    this.#since ??= performance.now()
  }

  /** @returns seconds so far */
  stop(): number {
    if (this.#since !== null) this.#seconds += (performance.now() - this.#since) / 1000
    this.#since = null
    return this.#seconds
  }
}

/** The same bytes; the watch runs while the reader is at work on them, and from their end on. */
async function* timed(bytes: AsyncIterable<Uint8Array>, watch: Stopwatch): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    watch.start()
    yield chunk
    watch.stop()
  }
  watch.start()
}
