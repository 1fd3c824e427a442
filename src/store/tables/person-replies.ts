// `rebound_replies`: what people answered, by the event that tells of it.

import type { Page, PageQuery } from '../../model/page.ts'
import {
  maxReplyCharacters,
  type PersonReplies,
  type PersonReply,
  type ReplyText,
} from '../../model/person-reply.ts'
import { fitText, rowNumber } from '../database/columns.ts'
import { againWhenDuplicate, persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { type ReplyRow, rowsOf } from '../database/tables.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'

/** With the event that it came with, which may be gone. */
type Row = ReplyRow & {
  readonly [Name in 'module' | 'record_id' | 'campaign_id' | 'return_path']: string | null
}

const fieldLength = 500

export function createPersonReplies(store: Store): PersonReplies {
  const rows = () =>
    store
      .knex('rebound_replies as r')
      .leftJoin('rebound_bounces as b', 'b.id', 'r.event_id')
      .select('r.*', 'b.module', 'b.record_id', 'b.campaign_id', 'b.return_path')
  return {
    list: async (query: PageQuery): Promise<Page<PersonReply>> => {
      const found = await persist(async () => {
        const select = rows()
          .orderBy('r.event_id', 'desc')
          .limit(query.limit + 1)
        if (query.after !== undefined)
          select.where('r.event_id', '<', decodeCursor('p', query.after, [0] as const)[0])
        return (await select) as readonly Row[]
      })
      const shown = found.slice(0, query.limit)
      const last = shown.at(-1)
      return {
        items: shown.map(toReply),
        next: found.length > query.limit && last ? encodeCursor('p', Number(last.event_id)) : null,
      }
    },
    get: async id => {
      const number = rowNumber(id)
      if (number === null) return null
      const [found] = await persist(async () => (await rows().where('r.event_id', number)) as readonly Row[])
      return found ? toReply(found) : null
    },
  }
}

/** Keeps an answer unless it is kept already: a mail that comes again is one. */
export async function keepPersonReply(store: Store, eventId: string, reply: ReplyText): Promise<void> {
  const replies = () => rowsOf(store, 'rebound_replies')
  const id = Number(eventId)
  await againWhenDuplicate(() =>
    persist(async () => {
      const [found] = await replies().where({ event_id: id }).select('event_id')
      if (found) return
      await replies().insert({
        event_id: id,
        received_at: reply.receivedAt.getTime(),
        sender: fitted(reply.from),
        reply_to: fitted(reply.replyTo),
        subject: fitted(reply.subject),
        body: fitText(reply.text, maxReplyCharacters),
        bytes: reply.bytes,
      })
    }),
  )
}

const fitted = (text: string | null): string | null => (text === null ? null : fitText(text, fieldLength))

function toReply(row: Row): PersonReply {
  return {
    id: String(row.event_id),
    receivedAt: new Date(Number(row.received_at)),
    from: row.sender,
    replyTo: row.reply_to,
    subject: row.subject,
    text: row.body,
    bytes: Number(row.bytes),
    module: row.module,
    recordId: row.record_id,
    campaignId: row.campaign_id,
    returnPath: row.return_path ?? '',
  }
}
