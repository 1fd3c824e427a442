// What the HTTP side asks of the rest. `app.ts` hands these over, so that `http` never imports `store`.
// A port may throw FieldError, CursorError or MintError for what was asked; anything else it throws is answered 503:
// the database, or whatever lies behind the port, failed.

import type { Bounces, UndoBounce } from '../model/bounces.ts'
import type { Campaigns } from '../model/campaign.ts'
import type { Classified } from '../model/classified.ts'
import type { Mint } from '../model/mint.ts'
import type { ListRecords, Records } from '../model/record.ts'
import type { PreviewRule } from '../model/rule.ts'
import type { Rules } from '../model/rulebook.ts'

export interface RulesPort extends Pick<Rules, 'list' | 'add' | 'change' | 'remove'> {
  readonly preview: PreviewRule
}

/** Reads and judges a mail and keeps nothing. The bytes end early when there are too many of them. */
export type ClassifyPort = (
  bytes: AsyncIterable<Uint8Array>,
  delivery: { readonly nullSender: boolean },
) => Promise<Classified>

/** The Prometheus exposition of this process, or of all workers together. */
export interface MetricsPort {
  readonly text: () => Promise<{ readonly contentType: string; readonly body: string }>
}

export interface HealthPort {
  /** Null when ready, else why not. */
  readonly notReady: () => Promise<string | null>
}

/** What is left out here has no route. */
export interface Ports {
  /** The modules that exist: `contacts`, `companies`, `leads`, and those of the mapping file. */
  readonly modules: readonly string[]
  readonly records: Records
  readonly campaigns: Campaigns
  readonly bounces: Pick<Bounces, 'list'>
  readonly mint: Mint
  readonly health: HealthPort
  readonly undo?: UndoBounce | undefined
  readonly recordList?: ListRecords | undefined
  readonly rules?: RulesPort | undefined
  readonly classify?: ClassifyPort | undefined
}
