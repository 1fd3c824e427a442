// A record of the CRM as the store holds it: a contact, a company, a lead, or one of a mapped module.

import type { By } from './actor.ts'
import type { Category } from './categories.ts'
import type { Page, PageQuery } from './page.ts'
import type { StoredBounce } from './stored-bounce.ts'
import type { BounceType } from './verdict.ts'

export interface CrmRecord {
  readonly module: string
  readonly id: string
  readonly email: string | null
  readonly emailBounced: boolean
  readonly bouncedAddress: string | null
  readonly hardBounces: number
  readonly softBounces: number
  readonly lastBounceAt: Date | null
  readonly resetAt: Date | null
  /** When somebody said last that the address works; soft bounces count towards thresholds since. */
  readonly aliveAt: Date | null
  /** How often its person reported a mail as spam; a reset does not change it. */
  readonly complaints: number
  readonly lastComplaintAt: Date | null
}

/** Only the fields given change; a new address does not clear the flag. */
export interface RecordChange {
  readonly email?: string | null | undefined
  /** False resets the record; only a bounce sets it to true. */
  readonly emailBounced?: false | undefined
}

/** What is stored of records, one by one. */
export interface Records {
  readonly get: (module: string, id: string) => Promise<CrmRecord | null>
  /** Null when there is no such record. */
  readonly change: (module: string, id: string, change: RecordChange, by: By) => Promise<CrmRecord | null>
  /** Makes the record when there is none; null where only the CRM may do that. */
  readonly put: (
    module: string,
    id: string,
    change: RecordChange,
    by: By,
  ) => Promise<{ readonly record: CrmRecord; readonly isNew: boolean } | null>
  /** Somebody says that the record's address works: thresholds count its soft bounces anew. Null when there is no such record. */
  readonly alive: (module: string, id: string, by: By) => Promise<CrmRecord | null>
  /** What came back for the record, newest first, without the blocks of its reports about other people. */
  readonly history: (module: string, id: string, page: PageQuery) => Promise<Page<StoredBounce>>
}

/** One bounce has to meet type, category, campaign and time together; with none of these, all records are listed. */
export interface RecordQuery extends PageQuery {
  readonly module?: string | undefined
  /** The address that they have, or had when one of its bounces came. */
  readonly address?: string | undefined
  /** Is the flag set? */
  readonly bounced?: boolean | undefined
  /** Has its person reported a mail as spam? */
  readonly complained?: boolean | undefined
  /** Records that have a bounce of this type, … */
  readonly type?: BounceType | undefined
  readonly category?: Category | undefined
  readonly campaignId?: string | undefined
  /** … recorded at or after this time, … */
  readonly from?: Date | undefined
  /** … and before this one. */
  readonly to?: Date | undefined
}

/** A record with what its latest bounce was. */
export interface ListedRecord extends CrmRecord {
  readonly lastType: BounceType | null
  readonly lastCategory: Category | null
}

/** Keyset pages by module and id; `next` is null at the end. Exports call it page by page. Throws CursorError. */
export type ListRecords = (query: RecordQuery) => Promise<Page<ListedRecord>>

/** What resetting many records came to. */
export interface BulkReset {
  /** How many records were reset, or would be. */
  readonly count: number
  /** There are more: a call resets so many and no more. */
  readonly hasMore: boolean
}

/** Resets the flagged records that meet the query, or only counts them. */
export type ResetRecords = (
  query: Omit<RecordQuery, 'after' | 'limit' | 'bounced'>,
  options: By & { readonly dryRun: boolean },
) => Promise<BulkReset>
