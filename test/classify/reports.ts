// Reports for tests, made directly: what the readers would have found.

import type { RecipientReport, Report } from '../../src/model/report.ts'
import type { Rule } from '../../src/model/rule.ts'

/** One recipient that failed; the explanation is the diagnostic unless another is given. */
export function failure(given: Partial<RecipientReport> = {}): RecipientReport {
  return {
    address: 'ana@example.org',
    originalAddress: null,
    action: 'failed',
    status: null,
    statusField: null,
    replyCode: null,
    diagnostic: null,
    remoteMta: null,
    explanation: given.diagnostic ?? '',
    ...given,
  }
}

export function report(recipients: readonly RecipientReport[], given: Partial<Report> = {}): Report {
  return {
    kind: 'bounce',
    reader: 'dsn',
    reportingMta: null,
    original: { messageId: null, envelopeId: null, subject: null, references: [], senders: [] },
    recipients,
    sections: { body: '', subject: '', from: '', recipients: '' },
    identity: { messageId: null, date: '', from: '', subject: '', text: '' },
    nullSender: false,
    problems: [],
    ...given,
  }
}

/** An enabled hard override rule over the body, unless told otherwise. */
export function rule(given: Partial<Rule> = {}): Rule {
  return {
    id: 'r',
    section: 'body',
    text: 'text',
    type: 'hard',
    stage: 'override',
    source: 'own',
    enabled: true,
    category: null,
    note: null,
    hits: 0,
    lastHitAt: null,
    ...given,
  }
}
