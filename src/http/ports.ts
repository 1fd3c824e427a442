// What the HTTP side asks of the rest. `app.ts` hands these over, so that `http` never imports `store`.

import type { BounceType, Campaign, CrmRecord, Kind, Page, StoredBounce } from '../model.ts'

export interface PageQuery {
  /** An opaque cursor of an earlier answer; throws CursorError when it is none. */
  readonly after?: string | undefined
  /** 1–1000. */
  readonly limit: number
}

export interface BounceQuery extends PageQuery {
  readonly kind?: Kind | undefined
  readonly type?: BounceType | undefined
  readonly campaignId?: string | undefined
}

/** Only the fields given change. */
export interface RecordChange {
  readonly email?: string | null | undefined
  /** False resets (§2.4); true is refused by the API. */
  readonly emailBounced?: false | undefined
}

export interface CampaignChange {
  readonly name?: string | null | undefined
  readonly sent?: number | undefined
}

export interface RecordsPort {
  readonly get: (module: string, id: string) => Promise<CrmRecord | null>
  /** Creates when absent and `create` is true; null when absent and it is false. `actor` goes into the audit. */
  readonly change: (
    module: string,
    id: string,
    change: RecordChange,
    options: { readonly create: boolean; readonly actor: string },
  ) => Promise<CrmRecord | null>
  readonly history: (module: string, id: string, page: PageQuery) => Promise<Page<StoredBounce>>
}

export interface CampaignsPort {
  readonly get: (id: string) => Promise<Campaign | null>
  readonly change: (
    id: string,
    change: CampaignChange,
    options: { readonly create: boolean; readonly actor: string },
  ) => Promise<Campaign | null>
  /** Adds to the sends; null when there is no such campaign and `create` is false. */
  readonly addSent: (
    id: string,
    count: number,
    options: { readonly create: boolean },
  ) => Promise<Campaign | null>
}

export interface BouncesPort {
  readonly list: (query: BounceQuery) => Promise<Page<StoredBounce>>
}

/** One mail about to be sent. */
export interface MintItem {
  readonly module: string
  readonly id: string
  readonly campaign?: string | undefined
  readonly mail?: string | undefined
  readonly to: string
}

/** Mints in the order asked, counts one send an item unless `count` is false. Throws MintError naming item and field. */
export type MintPort = (
  items: readonly MintItem[],
  options: { readonly count: boolean },
) => Promise<readonly string[]>

export interface HealthPort {
  /** Null when ready, else why not. */
  readonly notReady: () => Promise<string | null>
}
