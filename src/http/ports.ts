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
  /**
   * By recorded_at and id. `next` is the cursor behind the last item, and null only when the page is empty:
   * a poller keeps the last cursor it was given, asks again later, and so neither skips nor repeats.
   */
  readonly list: (query: BounceQuery) => Promise<Page<StoredBounce>>
}

/** What undoing one event came to (§2.4): `conflict` when the record has another address by now. */
export type Undone =
  | { readonly kind: 'undone'; readonly bounce: StoredBounce }
  | { readonly kind: 'absent' }
  | { readonly kind: 'conflict'; readonly why: string }

/** Takes one event back; doing it twice changes nothing the second time. */
export type UndoPort = (bounceId: string, options: { readonly actor: string }) => Promise<Undone>

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

// ---------------------------------------------------------------- Faults that ports throw
// `http` knows them by their `name`, since the rooms that throw them may not import this one.
// Any other error of a port is answered 503: the database, or whatever lies behind the port, failed.

/** `after` is none of our cursors. */
export interface CursorFault extends Error {
  readonly name: 'CursorError'
}

/** One item cannot be minted: nothing was minted or counted. `message` says what would be right. */
export interface MintFault extends Error {
  readonly name: 'MintError'
  /** Position in the list, from 0. */
  readonly item: number
  readonly field: keyof MintItem
}

// ---------------------------------------------------------------- Probes

/** The Prometheus exposition of this process, or of all workers together. */
export interface MetricsPort {
  readonly text: () => Promise<{ readonly contentType: string; readonly body: string }>
}

export interface HealthPort {
  /** Null when ready, else why not. */
  readonly notReady: () => Promise<string | null>
}

// ---------------------------------------------------------------- All of them

/** What is left out here has no route. */
export interface Ports {
  /** The modules that exist: `contacts`, `companies`, `leads`, and those of the mapping file. */
  readonly modules: readonly string[]
  readonly records: RecordsPort
  readonly campaigns: CampaignsPort
  readonly bounces: BouncesPort
  readonly mint: MintPort
  readonly health: HealthPort
  readonly undo?: UndoPort | undefined
}
