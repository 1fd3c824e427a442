// `rebound_role_mail`: mail to postmaster and abuse, seen from every server of the database.

import { createHash } from 'node:crypto'
import { dayMs } from '../../model/day.ts'
import type { Page, PageQuery } from '../../model/page.ts'
import type { RoleMail, RoleMailOutcome } from '../../model/role-mail.ts'
import { rowNumber } from '../database/columns.ts'
import { againWhenDuplicate, persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'

export interface RoleMailLimits {
  readonly maxMessages: number
  readonly maxBytes: number
}

export interface RoleMailQuota {
  readonly network: string
  readonly maxPerDay: number
}

/** A mail with the first bytes of what is kept: enough for its header. */
export interface RoleMailRow {
  readonly id: string
  readonly receivedAt: Date
  readonly seenAt: Date | null
  readonly bytes: number
  readonly keptBytes: number
  readonly head: Buffer
}

export interface RoleMailTable {
  readonly isFull: (limits: RoleMailLimits) => Promise<boolean>
  /** @param quota of a network; null for what has none */
  readonly keep: (
    mail: RoleMail,
    limits: RoleMailLimits,
    quota: RoleMailQuota | null,
  ) => Promise<RoleMailOutcome>
  /** Keeps a mail of earlier times, whatever the limits; one that is there already is not stored again. */
  readonly adopt: (mail: RoleMail, options: { readonly isSeen: boolean }) => Promise<void>
  readonly list: (query: PageQuery, headBytes: number) => Promise<Page<RoleMailRow>>
  readonly read: (id: string) => Promise<Buffer | null>
  readonly remove: (id: string) => Promise<boolean>
  readonly count: () => Promise<{ readonly new: number; readonly seen: number }>
  /** Deletes the mails that are meant. @returns how many, or in a dry run how many it would be */
  readonly forget: (isMeant: (raw: Buffer) => boolean, isDryRun: boolean) => Promise<number>
}

interface Row {
  readonly id: number
  readonly received_at: number
  readonly seen_at: number | null
  readonly bytes: number
  readonly kept_bytes: number
  readonly head: Buffer
}

const table = 'rebound_role_mail'
/** So many raw mails are held at once. */
const mailsAtOnce = 20

export function createRoleMail(store: Store): RoleMailTable {
  const mails = () => store.knex(table)
  return {
    isFull: limits => persist(() => isFull(mails, limits)),
    keep: (mail, limits, quota) =>
      againWhenDuplicate(() =>
        persist(async () => {
          // Asked first: the same mail, stored by another meanwhile, may be what made it full.
          const refusal = await refusalOf(mails, limits, quota)
          if (await isThere(mails, mail)) return 'kept'
          if (refusal !== null) return refusal
          await insert(mails, mail, { network: quota?.network ?? null, isSeen: false })
          return 'kept'
        }),
      ),
    adopt: (mail, { isSeen }) =>
      againWhenDuplicate(() =>
        persist(async () => {
          if (!(await isThere(mails, mail))) await insert(mails, mail, { network: null, isSeen })
        }),
      ),
    list: async (query, headBytes) => {
      const found = await persist(() => newest(store, query, headBytes))
      const shown = found.slice(0, query.limit)
      const last = shown.at(-1)
      return {
        items: shown.map(toMail),
        next: found.length > query.limit && last ? encodeCursor('m', Number(last.id)) : null,
      }
    },
    read: async id => {
      const number = rowNumber(id)
      if (number === null) return null
      return await persist(async () => {
        const [found] = (await mails().where({ id: number }).select('raw')) as readonly { raw: Buffer }[]
        if (found) await mails().where({ id: number, seen_at: null }).update({ seen_at: Date.now() })
        return found?.raw ?? null
      })
    },
    remove: async id => {
      const number = rowNumber(id)
      return number !== null && (await persist(async () => await mails().where({ id: number }).del())) > 0
    },
    count: () =>
      persist(async () => {
        const [found] = (await mails().count('* as mails').count('seen_at as seen')) as readonly {
          readonly mails: number
          readonly seen: number
        }[]
        const seen = Number(found?.seen ?? 0)
        return { new: Number(found?.mails ?? 0) - seen, seen }
      }),
    forget: (isMeant, isDryRun) => forget(mails, isMeant, isDryRun),
  }
}

/** A query of the table. */
type Mails = () => ReturnType<Store['knex']>

async function refusalOf(
  mails: Mails,
  limits: RoleMailLimits,
  quota: RoleMailQuota | null,
): Promise<'full' | 'quota' | null> {
  if (await isFull(mails, limits)) return 'full'
  return quota !== null && (await broughtToday(mails, quota.network)) >= quota.maxPerDay ? 'quota' : null
}

async function isFull(mails: Mails, { maxMessages, maxBytes }: RoleMailLimits): Promise<boolean> {
  const [used] = (await mails().count('* as mails').sum('kept_bytes as bytes')) as readonly {
    readonly mails: number
    readonly bytes: number | null
  }[]
  return Number(used?.mails) >= maxMessages || Number(used?.bytes ?? 0) >= maxBytes
}

async function isThere(mails: Mails, { raw }: RoleMail): Promise<boolean> {
  const found = await mails()
    .where({ digest: digestOf(raw) })
    .select('id')
  return found.length > 0
}

async function broughtToday(mails: Mails, network: string): Promise<number> {
  const now = Date.now()
  const [found] = (await mails()
    .where({ network })
    .where('kept_at', '>=', now - (now % dayMs))
    .count('* as mails')) as readonly { readonly mails: number }[]
  return Number(found?.mails)
}

async function insert(
  mails: Mails,
  { receivedAt, bytes, raw }: RoleMail,
  more: { readonly network: string | null; readonly isSeen: boolean },
): Promise<void> {
  const now = Date.now()
  await mails().insert({
    kept_at: now,
    received_at: receivedAt.getTime(),
    seen_at: more.isSeen ? now : null,
    digest: digestOf(raw),
    network: more.network,
    bytes,
    kept_bytes: raw.length,
    raw,
  })
}

/** The rows of a page, and one more where there is a next page. */
async function newest(store: Store, { limit, after }: PageQuery, headBytes: number): Promise<readonly Row[]> {
  const select = store
    .knex(table)
    .select('id', 'received_at', 'seen_at', 'bytes', 'kept_bytes')
    .select(store.knex.raw('substr(raw, 1, ?) as head', [headBytes]))
    .orderBy('id', 'desc')
    .limit(limit + 1)
  if (after !== undefined) select.where('id', '<', decodeCursor('m', after, [0] as const)[0])
  return (await select) as readonly Row[]
}

async function forget(mails: Mails, isMeant: (raw: Buffer) => boolean, isDryRun: boolean): Promise<number> {
  let deleted = 0
  for (let after = 0; ; ) {
    const from = after
    const rows = (await persist(
      async () => await mails().select('id', 'raw').where('id', '>', from).orderBy('id').limit(mailsAtOnce),
    )) as readonly { readonly id: number; readonly raw: Buffer }[]
    const ids = rows.filter(({ raw }) => isMeant(raw)).map(({ id }) => id)
    deleted += ids.length
    if (ids.length > 0 && !isDryRun) await persist(async () => await mails().whereIn('id', ids).del())
    if (rows.length < mailsAtOnce) return deleted
    after = Number(rows.at(-1)?.id)
  }
}

const digestOf = (raw: Buffer): string => createHash('sha256').update(raw).digest('hex')

function toMail(row: Row): RoleMailRow {
  return {
    id: String(row.id),
    receivedAt: new Date(Number(row.received_at)),
    seenAt: row.seen_at === null ? null : new Date(Number(row.seen_at)),
    bytes: Number(row.bytes),
    keptBytes: Number(row.kept_bytes),
    head: row.head,
  }
}
