// What minting leaves in the database: random paths, registered mails and counts of sends, all or nothing.

import { randomBytes } from 'node:crypto'
import { chunks } from '../database/chunks.ts'
import { failureOf, persist, UnknownOutcome } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { byText } from '../database/rows.ts'
import { rowsOf } from '../database/tables.ts'
import { inTransaction, type Transaction } from '../database/transaction.ts'
import { ensureCampaign } from './campaign-numbers.ts'
import { messageRows, pathRows, type RegisteredMessage, type StoredPath } from './return-paths.ts'

export interface MintedSends {
  readonly paths: readonly StoredPath[]
  readonly messages: readonly RegisteredMessage[]
  /** By campaign. */
  readonly sends: ReadonlyMap<string, number>
}

/** What a JSON number holds exactly (RFC 8259 §6): more sends are not counted. */
const maxSent = Number.MAX_SAFE_INTEGER

/** Whoever is answered an error finds nothing counted, and mints again; a COMMIT without an answer is asked after. */
export async function saveMinted(store: Store, { paths, messages, sends }: MintedSends): Promise<void> {
  if (paths.length + messages.length + sends.size === 0) return
  const counts = [...sends].sort(([a], [b]) => byText(a, b))
  for (const [id] of counts) await persist(() => ensureCampaign(store, id))
  const { knex } = store
  // It names this minting: tried again after a COMMIT without an answer, it is taken, even if that one comes later.
  const id = randomBytes(16).toString('hex')
  const work = async (transaction: Transaction): Promise<void> => {
    if (store.dialect === 'mysql') {
      const at = knex.raw('floor(unix_timestamp(now(3)) * 1000)')
      await transaction.run(rowsOf({ knex }, 'rebound_mints').insert({ id, at }))
    }
    for (const some of chunks(store, pathRows(paths)))
      await transaction.run(rowsOf({ knex }, 'rebound_return_paths').insert([...some]))
    for (const some of chunks(store, messageRows(messages)))
      await transaction.run(
        rowsOf({ knex }, 'rebound_message_ids')
          .insert([...some])
          .onConflict('message_id_hash')
          .merge(),
      )
    // Last: the row of a busy campaign is locked as briefly as can be.
    for (const [id, count] of counts) {
      const most = maxSent - count
      const sent = knex.raw('case when sent > ? then ? else sent + ? end', [most, maxSent, count])
      await transaction.run(rowsOf({ knex }, 'rebound_campaigns').where({ id }).update({ sent }))
    }
  }
  let isUncertain = false
  await persist(async () => {
    if (isUncertain && (await rowsOf({ knex }, 'rebound_mints').where({ id }).select('id')).length > 0) return
    try {
      await inTransaction(store, work)
    } catch (error) {
      if (isUncertain && failureOf(error) === 'duplicate') return
      isUncertain ||= error instanceof UnknownOutcome
      throw error
    }
  })
}
