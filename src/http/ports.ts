// What the HTTP side asks of the rest. `app.ts` hands these over, so that `http` never imports `store`.

import type { Campaign } from '../model/campaign.ts'
import type { Category } from '../model/categories.ts'
import type { Problem } from '../model/message.ts'
import type { Page } from '../model/page.ts'
import type { CrmRecord } from '../model/record.ts'
import type { Action, Kind } from '../model/report.ts'
import type { Rule, RuleSection, RuleStage, RuleType } from '../model/rule.ts'
import type { StoredBounce } from '../model/stored-bounce.ts'
import type { Because, BounceType } from '../model/verdict.ts'

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
  /** False resets the record; true is refused by the API. */
  readonly emailBounced?: false | undefined
}

export interface CampaignChange {
  readonly name?: string | null | undefined
  readonly sent?: number | undefined
}

export interface RecordsPort {
  readonly get: (module: string, id: string) => Promise<CrmRecord | null>
  /** Null when absent. `actor` goes into the audit. */
  readonly change: (
    module: string,
    id: string,
    change: RecordChange,
    by: { readonly actor: string },
  ) => Promise<CrmRecord | null>
  /** Creates when absent; null where only the CRM may do that. */
  readonly put: (
    module: string,
    id: string,
    change: RecordChange,
    by: { readonly actor: string },
  ) => Promise<{ readonly record: CrmRecord; readonly isNew: boolean } | null>
  readonly history: (module: string, id: string, page: PageQuery) => Promise<Page<StoredBounce>>
}

export interface CampaignsPort {
  readonly get: (id: string) => Promise<Campaign | null>
  /** Null when absent. */
  readonly change: (id: string, change: CampaignChange) => Promise<Campaign | null>
  /** Creates when absent; null for an id that can be none. */
  readonly put: (
    id: string,
    change: CampaignChange,
  ) => Promise<{ readonly campaign: Campaign; readonly isNew: boolean } | null>
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

/** The result of undoing one event: `conflict` when the record has another address by now. */
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
  /** With or without angle brackets. */
  readonly messageId?: string | undefined
}

/** What to put into one mail: envelope sender, header field, ENVID. */
export interface MintedMail {
  readonly address: string
  readonly reference: string
  readonly envelopeId: string
}

/** Mints in the order asked, counts one send an item unless `count` is false. Throws MintError naming item and field. */
export type MintPort = (
  items: readonly MintItem[],
  options: { readonly count: boolean },
) => Promise<readonly MintedMail[]>

// ---------------------------------------------------------------- Lists of records

/** A bounce meets type, category, campaign and time together or not at all; with none of these, all records. */
export interface RecordQuery extends PageQuery {
  readonly module?: string | undefined
  /** Is the flag set? */
  readonly bounced?: boolean | undefined
  /** Records that have a bounce of this type, … */
  readonly type?: BounceType | undefined
  readonly category?: Category | undefined
  readonly campaignId?: string | undefined
  /** … received at or after this time, … */
  readonly from?: Date | undefined
  /** … and before this one. */
  readonly to?: Date | undefined
}

/** A record with what its latest bounce was. */
export interface ListedRecord extends CrmRecord {
  readonly lastType: BounceType | null
  readonly lastCategory: Category | null
}

/** Keyset pages in a fixed order; `next` is null at the end. Exports call it page by page. */
export type RecordListPort = (query: RecordQuery) => Promise<Page<ListedRecord>>

// ---------------------------------------------------------------- The operators' rules

/** A rule as somebody writes it. */
export interface RuleDraft {
  readonly section: RuleSection
  readonly text: string
  readonly type: RuleType
  readonly stage: RuleStage
  readonly category: Category | null
  readonly enabled: boolean
  readonly note: string | null
}

export type RuleChange = { readonly [Field in keyof RuleDraft]?: RuleDraft[Field] | undefined }

/** What kind, type and category come out, before or after a change of rules. */
export interface Judged {
  readonly kind: Kind
  readonly type: BounceType | null
  readonly category: Category | null
}

/** What a rule would change among the mails of which evidence is kept. */
export interface RulePreview {
  /** How many mails were judged again. */
  readonly examined: number
  /** How many of them would be judged differently. */
  readonly changed: number
  /** The newest of these, at most 100. */
  readonly examples: readonly {
    readonly bounceId: string | null
    readonly receivedAt: Date
    readonly subject: string | null
    readonly before: Judged
    readonly after: Judged
  }[]
}

export interface RulesPort {
  readonly list: (page: PageQuery) => Promise<Page<Rule>>
  /** Adding what is there already (same section, text, type and stage) answers that rule. */
  readonly add: (
    draft: RuleDraft,
    options: { readonly actor: string },
  ) => Promise<{ readonly rule: Rule; readonly isNew: boolean }>
  /** Null when there is no such rule. */
  readonly change: (
    id: string,
    change: RuleChange,
    options: { readonly actor: string },
  ) => Promise<Rule | null>
  /** False when there was no such rule. */
  readonly remove: (id: string, options: { readonly actor: string }) => Promise<boolean>
  /** Judges stored mails again as if the draft were a rule, in place of the rule `replaces`. Null when that is absent. */
  readonly preview: (
    draft: RuleDraft,
    options: { readonly replaces: string | null },
  ) => Promise<RulePreview | null>
}

// ---------------------------------------------------------------- Classify

/** The answer to one raw mail: what `rebound classify --json` prints, without the file. */
export interface Classified {
  readonly kind: Kind
  readonly recipients: readonly {
    readonly address: string | null
    readonly originalAddress: string | null
    readonly type: BounceType | null
    readonly permanent: boolean | null
    readonly category: Category | null
    readonly action: Action | null
    readonly status: string | null
    readonly replyCode: number | null
    readonly diagnostic: string | null
    readonly remoteMta: string | null
    readonly because: Because | null
  }[]
  readonly reportingMta: string | null
  readonly original: {
    readonly messageId: string | null
    readonly envelopeId: string | null
    readonly subject: string | null
  }
  readonly problems: readonly Problem[]
}

/** Reads and judges a mail and keeps nothing. The bytes end early when there are too many of them. */
export type ClassifyPort = (bytes: AsyncIterable<Uint8Array>) => Promise<Classified>

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

/** Anything else that a port finds wrong with a field. */
export interface FieldFault extends Error {
  readonly name: 'FieldError'
  readonly field: string
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
  readonly recordList?: RecordListPort | undefined
  readonly rules?: RulesPort | undefined
  readonly classify?: ClassifyPort | undefined
}
