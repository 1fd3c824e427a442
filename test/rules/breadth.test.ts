// Which rules are too broad to be let in.

import { expect, test } from 'vitest'
import type { Kind, Report } from '../../src/model/report.ts'
import { refuseTooBroad } from '../../src/rules/breadth.ts'
import { report, rule } from '../classify/reports.ts'

/** So many reports with this subject, of this kind. */
const mails = (count: number, subject: string, kind: Kind = 'ordinary'): readonly Report[] =>
  Array.from({ length: count }, () =>
    report([], { kind, sections: { body: '', subject, from: '', recipients: '' } }),
  )

const broad = { section: 'subject', text: 'Re:', stage: 'override', enabled: true } as const
const thirty = [...mails(27, 'Hello'), ...mails(3, 'Re: Hello')]

test.each([
  ['over a tenth of the ordinary mail', broad, [...thirty, ...mails(1, 'Re: you')], true],
  ['a tenth of it', broad, thirty, false],
  ['none of it', { ...broad, text: 'Undeliverable' }, thirty, false],
  ['much of it, but asked last', { ...broad, stage: 'fallback' as const }, mails(30, 'Re: you'), false],
  ['much of it, but switched off', { ...broad, enabled: false }, mails(30, 'Re: you'), false],
  ['much of what is a bounce', broad, [...mails(30, 'Hello'), ...mails(30, 'Re: you', 'bounce')], false],
  ['all of very little', broad, mails(19, 'Re: you'), false],
])('a rule that matches %s', (_, draft, samples, isRefused) => {
  const narrow = rule({ section: 'subject', text: 'Mailbox closed' })
  const check = (): void => refuseTooBroad([narrow, rule(draft)], samples)
  if (isRefused) expect(check).toThrow('“Re:” would make bounces of 4 of 31 stored ordinary mails')
  else expect(check).not.toThrow()
})
