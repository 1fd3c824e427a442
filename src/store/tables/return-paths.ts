// What does not fit into an address: stored return paths, and Message-IDs that a CRM registered before it sent.

import { createHash } from 'node:crypto'
import type { SendRef } from '../../model/return-path.ts'
import { chunks } from '../database/chunks.ts'
import { isKey, lengths } from '../database/columns.ts'
import { failureOf, persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { byText } from '../database/rows.ts'
import { rowsOf, type SendRow } from '../database/tables.ts'

export interface StoredPath {
  /** The lower-cased local part: random, at least 80 bits. */
  readonly token: string
  readonly send: SendRef
  readonly issuedAt: Date
}

export interface RegisteredMessage {
  /** With or without angle brackets. */
  readonly messageId: string
  readonly send: SendRef
  readonly issuedAt: Date
}

export interface StoredPaths {
  /** Stores new paths, all or none; a campaign is named by its id. */
  readonly save: (paths: readonly StoredPath[]) => Promise<void>
  readonly find: (token: string) => Promise<{ readonly send: SendRef; readonly issuedAt: Date } | null>
  /** Registering again replaces what was there. */
  readonly register: (messages: readonly RegisteredMessage[]) => Promise<void>
  readonly findByMessageId: (messageId: string) => Promise<SendRef | null>
}

const longestToken = 64

/** The rows of new paths, by their table. */
export function pathRows(paths: readonly StoredPath[]): readonly object[] {
  return paths.map(path => ({ token: path.token, ...sendRow(path.send, path.issuedAt) }))
}

/** The rows of registered mails, in one order for all servers. */
export function messageRows(messages: readonly RegisteredMessage[]): readonly object[] {
  return messages
    .map(({ messageId, send, issuedAt }) => ({
      message_id_hash: hashOf(messageId),
      ...sendRow(send, issuedAt),
    }))
    .sort((a, b) => byText(a.message_id_hash, b.message_id_hash))
}

export function createStoredPaths(store: Store): StoredPaths {
  return {
    save: async paths => {
      const rows = pathRows(paths)
      await persist(async () => {
        try {
          await insertAll(store, 'rebound_return_paths', rows)
        } catch (error) {
          // Random tokens do not meet: an earlier try was committed and its answer lost.
          if (failureOf(error) !== 'duplicate') throw error
        }
      })
    },
    find: async token => {
      if (token.length > longestToken || !/^[\x21-\x7e]+$/.test(token)) return null
      const rows = await persist(async () => await rowsOf(store, 'rebound_return_paths').where({ token }))
      const [row] = rows
      return row ? { send: sendOf(row), issuedAt: new Date(Number(row.issued_at)) } : null
    },
    register: async messages => {
      const rows = messageRows(messages)
      await persist(async () => {
        for (const some of chunks(store, rows))
          await rowsOf(store, 'rebound_message_ids')
            .insert([...some])
            .onConflict('message_id_hash')
            .merge()
      })
    },
    findByMessageId: async messageId => {
      const rows = await persist(
        async () => await rowsOf(store, 'rebound_message_ids').where({ message_id_hash: hashOf(messageId) }),
      )
      return rows[0] ? sendOf(rows[0]) : null
    },
  }
}

async function insertAll(store: Store, table: string, rows: readonly object[]): Promise<void> {
  // One statement, all or none: minting takes 1,000 items at most.
  await store.knex(table).insert([...rows])
}

function sendRow(send: SendRef, issuedAt: Date): SendRow {
  const campaign = send.campaign && 'id' in send.campaign ? send.campaign.id : null
  for (const [field, value] of Object.entries({ module: send.module, recordId: send.recordId, campaign }))
    if (value !== null && !isKey(value))
      throw new RangeError(`${field} must have 1 to ${lengths.id} characters, none of them NUL`)
  return {
    module: send.module,
    record_id: send.recordId,
    campaign_id: campaign,
    mail_id: send.mailId,
    address_check: send.addressCheck,
    issued_at: issuedAt.getTime(),
  }
}

function sendOf(row: SendRow): SendRef {
  return {
    module: row.module,
    recordId: row.record_id,
    campaign: row.campaign_id === null ? null : { id: row.campaign_id },
    mailId: row.mail_id,
    addressCheck: row.address_check,
  }
}

function hashOf(messageId: string): string {
  const bare = messageId.trim().replace(/^<|>$/g, '')
  return createHash('sha256').update(bare).digest('hex')
}
