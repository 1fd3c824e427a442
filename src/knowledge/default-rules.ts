// The shipped rules, asked last: they make a bounce of what a mail daemon wrote and no reader understood.
// They look at the author alone: a person's answer repeats a notice's subject and words, never its From.

import type { Rule } from '../model/rule.ts'

const authors = [
  'MAILER-DAEMON',
  'Mailer-Daemon',
  'mailer-daemon',
  'MAILER_DAEMON',
  'mailerdaemon',
  'Mail-Delivery-Subsystem',
  'mail-delivery-subsystem',
]

/** Stage fallback, soft: that a mail came back is certain, why is not. Edited, disabled and restored like any rule. */
export const defaultRules: readonly Rule[] = authors.map(text => ({
  id: `shipped-from-${text}`,
  section: 'from',
  text,
  type: 'soft',
  stage: 'fallback',
  source: 'shipped',
  enabled: true,
  category: null,
  note: 'A mail program returned something that no reader understood.',
  hits: 0,
  lastHitAt: null,
}))
