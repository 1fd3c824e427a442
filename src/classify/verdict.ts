// From an opinion to a verdict: hard or soft, permanent or temporary, the veto, and the words to show.

import { folded } from '../knowledge/folding.ts'
import { type Category, groupOf } from '../model/categories.ts'
import type { RecipientReport } from '../model/report.ts'
import type { Rule } from '../model/rule.ts'
import type { Because, BounceType, Opinion, Rung, Verdict } from '../model/verdict.ts'
import type { Diagnosis } from './diagnosis.ts'

/** Causes of a mailbox that a refusal may tell of the sender's own; thresholds would promote them. */
const ofMailbox: readonly Category[] = ['mailbox-full', 'mailbox-disabled']

/**
 * The verdict of a rung's opinion. The veto: where the refusal tells of the sender's fault nothing is hard, and
 * `because` names both.
 */
export function verdictOf(opinion: Opinion, rung: Rung, diagnosis: Diagnosis): Verdict {
  const { fault, recipient } = diagnosis
  const isHard = opinion.type === 'hard' || groupOf(opinion.category) === 'hard'
  const permanent = isPermanent(diagnosis)
  const isOfSender = ofMailbox.includes(opinion.category) && fault?.category === 'sender-rejected'
  if ((isHard || (isOfSender && opinion.type === undefined)) && fault !== null) {
    const because: Because = {
      rung: 'text',
      rule: fault.id,
      text: asItStood(fault.text, recipient),
      overruled: { rung, rule: opinion.rule },
    }
    return { category: fault.category, type: 'soft', permanent, because }
  }
  const { category, rule, text } = opinion
  const because: Because =
    text === undefined ? { rung, rule } : { rung, rule, text: asItStood(text, recipient) }
  return { category, type: opinion.type ?? typeOf(category, diagnosis), permanent, because }
}

/** What an operator's rule makes of a message where nothing else is asked: no veto, its own type. */
export function ruleVerdict(rule: Rule, rung: 'override' | 'fallback', diagnosis: Diagnosis): Verdict {
  const { category, type = 'soft' } = ruled(rule)
  const because: Because = { rung, rule: rule.id, text: rule.text }
  return { category, type, permanent: isPermanent(diagnosis), because }
}

/** A rule as an opinion: what matches as both is soft. */
export function ruled({ id, text, type, category }: Rule): Opinion {
  return { category: category ?? 'undetermined', rule: id, text, type: type === 'hard' ? 'hard' : 'soft' }
}

/**
 * Hard: the address is bad, and neither status nor reply says to try again: where they disagree, the cautious one
 * counts. Final in both classes are X.7.17 and X.7.18 (RFC 7293 §9), and a domain of which the words say that it does
 * not exist.
 */
function typeOf(category: Category, { status, replyCode, isDomainGone }: Diagnosis): BounceType {
  if (groupOf(category) !== 'hard') return 'soft'
  if (category === 'unknown-domain' && isDomainGone) return 'hard'
  if (status?.subject === 7 && (status.detail === 17 || status.detail === 18)) return 'hard'
  const isTemporary = status?.class === 4 || (replyCode !== null && replyCode < 500)
  return isTemporary ? 'soft' : 'hard'
}

/**
 * The class of the status, else of the reply. A reported failure without any code is final: the reporting MTA
 * "has abandoned any attempts to deliver" (RFC 3464 §2.3.3). Null where there is no report at all.
 */
function isPermanent({ status, replyCode, context }: Diagnosis): boolean | null {
  if (status !== null) return status.class === 5
  if (replyCode !== null) return replyCode >= 500
  return context.report.kind === 'bounce' ? true : null
}

/** The deciding words as the mail has them, where they are still in one piece. */
function asItStood(text: string, { diagnostic, explanation }: RecipientReport): string {
  const wanted = text.trim()
  for (const source of [diagnostic ?? '', explanation]) {
    // Folding keeps the length of what is written in composed letters.
    const searched = folded(source)
    const at = searched.length === source.length ? searched.indexOf(wanted) : -1
    if (at >= 0) return source.slice(at, at + wanted.length)
  }
  return wanted
}
