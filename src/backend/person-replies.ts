// What people answer to return paths: kept before the mail is answered 250, so that no answer is lost.

import { dayMs } from '../model/day.ts'
import type { Envelope } from '../model/envelope.ts'
import type { Recorded } from '../model/event.ts'
import { maxReplyCharacters, type ReplyText } from '../model/person-reply.ts'
import type { Letter } from '../model/read-mail.ts'
import type { Report } from '../model/report.ts'
import type { Config } from '../settings/config.ts'
import type { Store } from '../store/database/open.ts'
import { keepPersonReply } from '../store/tables/person-replies.ts'

/** Keeps a mail that is not a report, once its events are stored. Rejects when the database does not take it. */
export type KeepReply = (
  envelope: Envelope,
  letter: Letter,
  report: Report,
  recorded: readonly Recorded[],
) => Promise<void>

/** Somebody who answers writes to one path; a mail to many is kept for the first of them. */
const maxKept = 5

/** @param takes has this client's network sent less than it may today? Counts the mail. */
export function replyKeeper(
  store: Store,
  { replyDays }: Pick<Config, 'replyDays'>,
  takes: (ip: string) => boolean,
): KeepReply {
  return async ({ receivedAt, client }, letter, report, recorded) => {
    const answers = recorded.filter(({ event }) => event.kind === 'ordinary' && event.concern !== 'other')
    if (answers.length === 0 || Date.now() - receivedAt.getTime() >= replyDays * dayMs) return
    if (!takes(client.ip)) return
    const reply = replyText(receivedAt, letter, report)
    for (const { id } of answers.slice(0, maxKept)) await keepPersonReply(store, id, reply)
  }
}

function replyText(
  receivedAt: Date,
  { from, replyTo, subject, bytes }: Letter,
  { sections }: Report,
): ReplyText {
  const text = sections.body.slice(0, maxReplyCharacters).trim()
  return { receivedAt, from, replyTo, subject, text, bytes }
}
