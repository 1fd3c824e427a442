// What the reader's thread does: obeys orders one after another, so that an outsider can tell which mail it is at.

import type { MessagePort } from 'node:worker_threads'
import { createJudge, type Judge } from '../classify/ladder.ts'
import { ownMemory } from '../message/memory-budget.ts'
import type { ReadMail } from '../model/read-mail.ts'
import type { Report } from '../model/report.ts'
import type { Judgement } from '../model/verdict.ts'
import { type ReadFrom, readFrom } from './here.ts'
import { type Order, pack, type ReaderAnswer } from './orders.ts'
import type { Progress } from './progress.ts'
import { StreamedMail } from './streamed-mail.ts'

/** Answers that leave together. */
const mostAnswers = 8

/** Serves the port for as long as it lives. `reader` is replaced by tests of what a mail may do to its reader. */
export function obeyOrders(
  port: Pick<MessagePort, 'on' | 'postMessage'>,
  progress: Progress,
  reader: (judge: (report: Report) => Judgement) => ReadFrom = readFrom,
): void {
  const answerTo = answering(reader)
  const orders: Order[] = []
  let answers: ReaderAnswer[] = []
  let isAtWork = false

  const post = (): void => {
    const spent = answers.flatMap(answer =>
      answer.kind === 'kept' ? [answer.spent.buffer as ArrayBuffer] : [],
    )
    if (answers.length > 0) port.postMessage(answers, spent)
    answers = []
  }
  const work = async (): Promise<void> => {
    isAtWork = true
    for (let order = orders.shift(); order !== undefined; order = orders.shift()) {
      progress.enter(order.mail)
      const answer = await answerTo(order).catch(error => failed(order, error))
      progress.leave()
      if (answer !== null) answers.push(answer)
      if (answers.length >= mostAnswers) post()
    }
    post()
    isAtWork = false
  }
  port.on('message', (more: readonly Order[]) => {
    orders.push(...more)
    if (!isAtWork) void work()
  })
  port.postMessage([{ kind: 'ready', mail: 0 }] satisfies ReaderAnswer[])
}

/** Null: nobody waits for an answer. */
function answering(
  reader: (judge: (report: Report) => Judgement) => ReadFrom,
): (order: Order) => Promise<ReaderAnswer | null> {
  let judge: Judge = createJudge({ rules: [] })
  const read = reader(report => judge.judge(report))
  /** Longer mails of which some came. */
  const streamed = new Map<number, StreamedMail>()
  return async order => {
    const { mail } = order
    switch (order.kind) {
      case 'rules':
        judge = createJudge({ rules: order.rules })
        return null
      case 'mail':
        return readAnswer(mail, await read(only(order.bytes), ownMemory, order.sender))
      case 'chunk': {
        const open = streamed.get(mail) ?? new StreamedMail(read, order.sender)
        streamed.set(mail, open)
        await open.push(order.bytes)
        return { kind: 'kept', mail, bytes: open.keptBytes, spent: order.bytes }
      }
      case 'end': {
        const open = streamed.get(mail)
        streamed.delete(mail)
        return readAnswer(mail, (await open?.end()) ?? null)
      }
      case 'drop': {
        const open = streamed.get(mail)
        streamed.delete(mail)
        await open?.drop()
        return null
      }
    }
  }
}

const readAnswer = (mail: number, read: ReadMail | null): ReaderAnswer =>
  read === null
    ? { kind: 'failed', mail, fault: 'nothing was kept of it' }
    : { kind: 'read', mail, ...pack(read) }

function failed(order: Order, error: unknown): ReaderAnswer | null {
  if (order.kind === 'rules' || order.kind === 'drop') return null
  return {
    kind: 'failed',
    mail: order.mail,
    fault: error instanceof Error ? (error.stack ?? error.message) : String(error),
  }
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes
}
