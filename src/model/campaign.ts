// A campaign with its counts.

import type { Page, PageQuery } from './page.ts'

export interface Campaign {
  readonly id: string
  readonly number: number
  readonly name: string | null
  readonly sent: number
  readonly hardBounces: number
  readonly softBounces: number
  /** Part of soft: the sender was at fault. */
  readonly blockedBounces: number
  readonly complaints: number
  /** False: its bounces are no sign of an incident and are not held, such as those of a test harness. */
  readonly brake: boolean
}

/** Only the fields given change. */
export interface CampaignChange {
  readonly name?: string | null | undefined
  readonly sent?: number | undefined
  readonly brake?: boolean | undefined
}

export interface CampaignQuery extends PageQuery {
  /** The beginning of its name or its id, in any case. */
  readonly q?: string | undefined
}

/** What is stored of campaigns. */
export interface Campaigns {
  /** The highest number first: of a CRM that counts its campaigns, the newest. `next` is null at the end. */
  readonly list: (query: CampaignQuery) => Promise<Page<Campaign>>
  readonly get: (id: string) => Promise<Campaign | null>
  /** Null when there is no such campaign. */
  readonly change: (id: string, change: CampaignChange) => Promise<Campaign | null>
  /** Makes the campaign when there is none; null for what cannot be an id. */
  readonly put: (
    id: string,
    change: CampaignChange,
  ) => Promise<{ readonly campaign: Campaign; readonly isNew: boolean } | null>
  /**
   * Adds to the sends; null when there is no such campaign and `create` is false.
   * Throws FieldError when they would be more than a JSON number holds; `create` keeps them at that instead.
   */
  readonly addSent: (
    id: string,
    count: number,
    options: { readonly create: boolean },
  ) => Promise<Campaign | null>
}
