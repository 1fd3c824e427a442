// A person's answer to a return path: mail that is not a report, kept for some days so that somebody reads it.

import type { Page, PageQuery } from './page.ts'

/** As the mail tells it; every text is a stranger's. */
export interface ReplyText {
  readonly receivedAt: Date
  /** From and Reply-To as they stand, decoded. */
  readonly from: string | null
  readonly replyTo: string | null
  readonly subject: string | null
  /** What it says, without what it quotes and encloses; cut at `maxReplyCharacters`. */
  readonly text: string
  /** Of the whole mail. */
  readonly bytes: number
}

export const maxReplyCharacters = 32_000

/** A kept answer, with the record that was written to. */
export interface PersonReply extends ReplyText {
  /** Of the event that tells of it. */
  readonly id: string
  readonly module: string | null
  readonly recordId: string | null
  readonly campaignId: string | null
  readonly returnPath: string
}

export interface PersonReplies {
  /** The newest first; `next` is null at the end. Throws CursorError. */
  readonly list: (query: PageQuery) => Promise<Page<PersonReply>>
  /** Null: there is none, or it is too old by now. */
  readonly get: (id: string) => Promise<PersonReply | null>
}
