// What is asked of stored events: the list of them, and to take one back.

import type { By } from './actor.ts'
import type { Category } from './categories.ts'
import type { RecordEffect } from './event.ts'
import type { Page, PageQuery } from './page.ts'
import type { Kind } from './report.ts'
import type { StoredBounce } from './stored-bounce.ts'
import type { BounceType } from './verdict.ts'

/** Every condition that is given has to be met. */
export interface BounceQuery extends PageQuery {
  readonly kind?: Kind | undefined
  readonly type?: BounceType | undefined
  readonly campaignId?: string | undefined
  readonly module?: string | undefined
  /** With `module` it is found at once. */
  readonly recordId?: string | undefined
  readonly category?: Category | undefined
  readonly effect?: RecordEffect | undefined
  /** Whose removal it held; with a span of time it is found soon. */
  readonly incidentId?: string | undefined
  /** The address that it counts for, in the case in which it was written or in lower case. */
  readonly address?: string | undefined
  /** Patterns of SQL's `like` in lower case, of which one fits the address that the report names. */
  readonly addressLike?: readonly string[] | undefined
  /** Recorded at or after this time, … */
  readonly from?: Date | undefined
  /** … and before this one. */
  readonly to?: Date | undefined
  /** Text that occurs in subject, diagnostic or one of the addresses, in any case. */
  readonly q?: string | undefined
}

export interface Bounces {
  /**
   * Events by recorded_at and id. `next` is the cursor behind the last one, and null only when the page is empty: a
   * poller keeps the last cursor it was given, asks again later, and so neither skips nor repeats.
   * On MySQL, where writers commit side by side, events younger than a recorder's transaction may live are held back.
   */
  readonly list: (query: BounceQuery) => Promise<Page<StoredBounce>>
  /**
   * The newest first; `next` is null at the end. A page may hold fewer than `limit` events, or none, and yet have a
   * `next`: conditions without an index are looked for among so many events at a time.
   */
  readonly newest: (query: BounceQuery) => Promise<Page<StoredBounce>>
  readonly get: (id: string) => Promise<StoredBounce | null>
}

/**
 * `isNew`: it was not taken back before; `others`: so many other records got the address back with it (REBOUND_SPREAD).
 * `conflict`: the record has another address by now, or another record has this one, and nothing was changed.
 */
export type Undone =
  | {
      readonly kind: 'undone'
      readonly bounce: StoredBounce
      readonly isNew: boolean
      readonly others?: number
    }
  | { readonly kind: 'absent' }
  | { readonly kind: 'conflict'; readonly why: string }

/** Takes one event back; doing it twice changes nothing the second time. */
export type UndoBounce = (bounceId: string, by: By) => Promise<Undone>

/** Which bounces are meant; those without effect, and those taken back before, never are. */
export interface UndoQuery extends Omit<BounceQuery, 'limit' | 'after' | 'kind'> {
  /** The mail server that refused, in any case. */
  readonly host?: string | undefined
}

export interface UndoneMany {
  readonly found: number
  /** Records among them that lost their address. */
  readonly removed: number
  readonly undone: number
  /** Those that could not be undone, each with the reason. */
  readonly left: readonly { readonly id: string; readonly why: string }[]
  /** `most` was reached: the same again goes on. */
  readonly hasMore: boolean
}

/** Takes back every bounce that is meant, or with `dryRun` counts them. @param seen told of each */
export type UndoBounces = (
  query: UndoQuery,
  options: By & { readonly dryRun: boolean; readonly most?: number },
  seen?: (event: StoredBounce) => void,
) => Promise<UndoneMany>

/** `complete`: it was stored whole, or has its effects by now. */
export type Applied =
  | { readonly kind: 'applied'; readonly bounce: StoredBounce }
  | { readonly kind: 'absent' }
  | { readonly kind: 'complete' }
