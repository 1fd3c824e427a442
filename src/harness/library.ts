// The harness as a library (`rebound-mx/harness`), for the tests of a CRM: compose a bounce, send it, know what must follow.

import { type Composed, compose } from './compose.ts'
import { type Sent, send, type Target } from './send.ts'
import { momentOf } from './variation.ts'

export {
  type Composed,
  type Expected,
  scenarioNames,
  scenariosOf,
  type WriterName,
  writerNames,
} from './compose.ts'
export { UnknownNameError } from './names.ts'
export { type Effect, effects, type ScenarioName } from './scenarios.ts'
export { openSender, type Sendable, type Sender, type Sent, type Target } from './send.ts'

/** A bounce in words. */
export interface BounceWanted {
  /** Who writes it: `postfix`, `office-365`, `mailbox` … (`writerNames`). */
  readonly writer: string
  /** What happened: `unknown-user`, `mailbox-full`, `out-of-office` … (`scenarioNames`). */
  readonly scenario: string
  /** The return path that the mail was sent with. */
  readonly returnPath: string
  /** Whom the mail was sent to; `ana@example.org` where absent. */
  readonly recipient?: string
  /** Same seed, same bytes, dates included; `''` where absent. */
  readonly seed?: string
  /** The return path inside the returned copy, when the report itself goes elsewhere. */
  readonly originalReturnPath?: string
}

/**
 * Composes a bounce as its program would write it: `raw` for the wire, `expected` for your assertions.
 * Throws UnknownNameError for a writer or scenario that is none.
 */
export function composeBounce(wanted: BounceWanted): Composed {
  const { writer, scenario, seed = '', ...context } = wanted
  return compose(writer, scenario, { ...context, seed, at: momentOf(seed) })
}

/** Composes a bounce and sends it over SMTP with the null sender. Throws UnknownNameError; never for the server's answer. */
export async function sendBounce(
  wanted: BounceWanted,
  target: Target,
): Promise<{ readonly composed: Composed; readonly sent: Sent }> {
  const composed = composeBounce(wanted)
  return { composed, sent: await send(composed, target) }
}
