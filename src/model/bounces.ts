// What is asked of stored events: the list of them, and to take one back.

import type { By } from './actor.ts'
import type { Page, PageQuery } from './page.ts'
import type { Kind } from './report.ts'
import type { StoredBounce } from './stored-bounce.ts'
import type { BounceType } from './verdict.ts'

export interface BounceQuery extends PageQuery {
  readonly kind?: Kind | undefined
  readonly type?: BounceType | undefined
  readonly campaignId?: string | undefined
  readonly module?: string | undefined
  /** Only with `module`. */
  readonly recordId?: string | undefined
}

export interface Bounces {
  /**
   * Events by recorded_at and id. `next` is the cursor behind the last one, and null only when the page is empty: a
   * poller keeps the last cursor it was given, asks again later, and so neither skips nor repeats.
   * On MySQL, where writers commit side by side, events younger than a recorder's transaction may live are held back.
   */
  readonly list: (query: BounceQuery) => Promise<Page<StoredBounce>>
  readonly get: (id: string) => Promise<StoredBounce | null>
}

/** `conflict`: the record has another address by now, or another record has this one, and nothing was changed. */
export type Undone =
  | { readonly kind: 'undone'; readonly bounce: StoredBounce }
  | { readonly kind: 'absent' }
  | { readonly kind: 'conflict'; readonly why: string }

/** Takes one event back; doing it twice changes nothing the second time. */
export type UndoBounce = (bounceId: string, by: By) => Promise<Undone>
