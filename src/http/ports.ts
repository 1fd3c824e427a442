// What the HTTP side asks of the rest. `app.ts` hands these over, so that `http` never imports `store`.
// A port may throw FieldError, CursorError or MintError for what was asked; anything else it throws is answered 503:
// the database, or whatever lies behind the port, failed.

import type { By } from '../model/actor.ts'
import type { Attention } from '../model/attention.ts'
import type { ListAudit } from '../model/audit.ts'
import type { Applied, Bounces, UndoBounce, UndoBounces } from '../model/bounces.ts'
import type { Campaigns } from '../model/campaign.ts'
import type { CheckedAddress } from '../model/checked-address.ts'
import type { ClassifiedAndWhy } from '../model/classified.ts'
import type { DoctorFinding } from '../model/doctor-finding.ts'
import type { ForgetAddress } from '../model/forgotten.ts'
import type { Incidents } from '../model/incident.ts'
import type { Mint } from '../model/mint.ts'
import type { PersonReplies } from '../model/person-reply.ts'
import type { ListRecords, Records, ResetRecords } from '../model/record.ts'
import type { RoleMails } from '../model/role-mail.ts'
import type { PreviewRule, RuleFinding } from '../model/rule.ts'
import type { Rules } from '../model/rulebook.ts'
import type { SavedViews } from '../model/saved-view.ts'
import type { ListedKey } from '../model/signing-key.ts'
import type { StrippedBounce } from '../model/stripped-bounce.ts'
import type { Summarise } from '../model/summary.ts'
import type { TryOut } from '../model/try-out.ts'
import type { ExplainBounce } from '../model/verdict.ts'
import type { Webhooks } from '../model/webhook.ts'

export interface RulesPort extends Pick<Rules, 'list' | 'get' | 'add' | 'addAll' | 'change' | 'remove'> {
  readonly preview: PreviewRule
  readonly lint: () => Promise<readonly RuleFinding[]>
  /** Brings the shipped rules back as they were shipped. */
  readonly restore: (by: By) => Promise<void>
}

/** Reads and judges a mail and keeps nothing. The bytes end early when there are too many of them. */
export type ClassifyPort = (
  bytes: AsyncIterable<Uint8Array>,
  delivery: { readonly nullSender: boolean },
) => Promise<ClassifiedAndWhy>

/** The Prometheus exposition of this process, or of all workers together. */
export interface MetricsPort {
  /** Called for each request that was answered. */
  readonly answered: (answer: {
    readonly area: string
    readonly status: number
    readonly seconds: number
  }) => void
  readonly text: () => Promise<{ readonly contentType: string; readonly body: string }>
}

export interface HealthPort {
  /** Null when ready, else why not. */
  readonly notReady: () => Promise<string | null>
}

/** A port that is left out has no route. */
export interface Ports {
  /** The modules that exist: `contacts`, `companies`, `leads`, and those of the mapping file. */
  readonly modules: readonly string[]
  readonly records: Records
  readonly campaigns: Campaigns
  readonly bounces: Bounces
  /** By provider, patterns of SQL's `like` for the addresses of its mailboxes. */
  readonly providers: ReadonlyMap<string, readonly string[]>
  readonly explain: ExplainBounce
  readonly audit: ListAudit
  readonly replies: PersonReplies
  readonly summarise: Summarise
  readonly attention: () => Promise<Attention>
  /** Up to 1,000 addresses, in the order asked. */
  readonly checkAddresses: (addresses: readonly string[]) => Promise<readonly CheckedAddress[]>
  readonly resetRecords: ResetRecords
  /** Events that were stored without their text, the newest first, a thousand at most. */
  readonly stripped: () => Promise<readonly StrippedBounce[]>
  /** Gives an event that was stored without effects those that it would have had. */
  readonly applyStripped: (id: string) => Promise<Applied>
  readonly forget: ForgetAddress
  readonly webhooks: Webhooks
  readonly views: SavedViews
  readonly roleMails: RoleMails
  /** The doctor's examination: takes seconds, changes and sends nothing. */
  readonly examine: () => Promise<readonly DoctorFinding[]>
  readonly keys: () => Promise<readonly ListedKey[]>
  readonly mint: Mint
  readonly health: HealthPort
  readonly undo?: UndoBounce | undefined
  readonly undoMany?: UndoBounces | undefined
  readonly incidents?: Incidents | undefined
  readonly recordList?: ListRecords | undefined
  readonly rules?: RulesPort | undefined
  readonly classify?: ClassifyPort | undefined
  readonly tryOut?: TryOut | undefined
}
