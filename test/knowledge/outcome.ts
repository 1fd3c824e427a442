// What the reader makes of words that stand in a slot: the kind of mail for words of notices, the category for refusals.

import { hintsOf } from '../../src/classify/hints.ts'
import { createJudge } from '../../src/classify/ladder.ts'
import type { Slot } from '../../src/knowledge/languages.ts'
import { readEntries } from '../../src/report/notice/entries.ts'
import { headOf } from '../../src/report/notice/heads.ts'
import { isRecipientLabel, isSenderLabel, isSubjectLabel, labelOf } from '../../src/report/notice/labels.ts'
import { cutOriginal } from '../../src/report/notice/quoted.ts'
import { withoutSurroundings } from '../../src/report/notice/surroundings.ts'
import { failure, report } from '../classify/reports.ts'
import { daemon, type Notice, postmaster, readNotice } from '../report/notices.ts'

const { judge } = createJudge({ rules: [] })

type Outcome = (say: string) => string | Promise<string>

const kindOf =
  (notice: (say: string) => Notice): Outcome =>
  async say =>
    (await readNotice(notice(say))).kind

const refusal = '550 5.1.1 <ana@example.org>: user unknown'
const ben = { from: 'Ben <ben@example.org>', path: '<ben@example.org>' }
const root = { from: 'root@mx.example.net', path: '<root@mx.example.net>' }

/** Seconds until the next attempt, as a server that waits says it. */
const awaited: Outcome = say =>
  String(hintsOf(failure({ diagnostic: say, replyCode: 450 }), soft, []).retryAfter ?? 'none')
const soft = {
  category: 'greylisted',
  type: 'soft',
  permanent: false,
  because: { rung: 'text', rule: 'x' },
} as const

/** Words of a server's refusal. */
const refused: Outcome = say => {
  const diagnostic = /^[245]\d\d/.test(say) ? say : `550 ${say}`
  return judge(report([failure({ diagnostic, replyCode: 550 })])).recipients[0]?.verdict?.category ?? 'none'
}
const titled = kindOf(subject => ({ from: daemon, subject, text: 'ana@example.org' }))
/** A sentence of a postmaster's that makes a notice or makes it none. */
const told = kindOf(text => ({
  from: postmaster,
  subject: 'Mail delivery',
  text: `${text}\nana@example.org`,
}))
/** Words of a daemon's about an address that they name. */
const named = kindOf(text => ({ from: daemon, subject: 'Information', text }))
const answered = kindOf(subject => ({ ...ben, subject, text: 'I will read it.' }))

const bySlot: Partial<Record<Slot, Outcome>> = {
  'nouns.mail': kindOf(text => ({
    ...root,
    header: 'Auto-Submitted: auto-generated\n',
    subject: 'Failure notice',
    text: `${text}\nana@example.org`,
  })),
  'nouns.others': told,
  'nouns.your-mail': told,
  'nouns.delivery': told,
  'predicates.delivered': told,
  'predicates.returned': told,
  'predicates.failed': told,
  'predicates.forwarded': named,
  'particles.for-now': refused,
  'particles.again': awaited,
  'particles.many': refused,
  'particles.tentative': named,
  'particles.this': named,
  'particles.to': refused,
  'particles.and': say => (headOf(say)?.addresses.length === 2 ? 'recipients' : 'none'),
  'labels.sender': say => (isSenderLabel(labelOf(say)) ? 'sender' : 'none'),
  'labels.recipient': say => (isRecipientLabel(labelOf(say)) ? 'recipient' : 'none'),
  'labels.reason': say =>
    readEntries(['ana@example.org', say, 'ben@example.org: x']).length === 1 ? 'reason' : 'none',
  'labels.subject': say => (isSubjectLabel(labelOf(say)) ? 'subject' : 'none'),
  'labels.original': say =>
    cutOriginal(`It failed.\n${say}\nFrom: x`).original === null ? 'none' : 'original',
  'subjects.auto-reply': answered,
  'subjects.challenge': answered,
  'subjects.reply': kindOf(say => ({ ...ben, subject: `${say}: Returned mail`, text: refusal })),
  'subjects.read': kindOf(say => ({ ...ben, subject: `${say}: Offer`, text: 'It was read on Monday.' })),
  'subjects.housekeeping': kindOf(subject => ({ from: daemon, subject, text: refusal })),
  'subjects.affair': kindOf(subject => ({
    from: 'MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@corp.example',
    subject,
    text: 'ana@example.org',
  })),
  'subjects.notice': kindOf(subject => ({
    from: 'root@mx.example.net',
    subject,
    text: 'It could not be delivered: ana@example.org',
  })),
  'sentences.absent': named,
  'sentences.unavailable': named,
  'sentences.challenge': kindOf(text => ({ ...ben, subject: 'Hello', text })),
  'sentences.read': kindOf(text => ({ ...ben, subject: 'Read: Offer', text })),
  // A cause alone states no failure: the title does.
  'sentences.refusal': kindOf(text => ({
    from: postmaster,
    subject: 'Returned mail',
    text: `${text}\nana@example.org`,
  })),
  'sentences.wrote': say =>
    readEntries([`<ana@example.org> ${say}:`, '  Hello']).length === 0 ? 'ordinary' : 'none',
  'sentences.addressed': refused,
  'sentences.standing': say =>
    withoutSurroundings(`It failed.\n\n${say}`).includes(say) ? 'none' : 'standing',
  'announcements.recipients': say =>
    readEntries([say, '', '  ana@example.org said', '  ben@example.org said']).length === 2
      ? 'recipients'
      : 'none',
  'announcements.diagnostics': async say => {
    const { reader } = await readNotice({ text: `${say}\n\nana@example.org\n#550 5.1.1 unknown##` })
    return reader === 'exchange-online' ? 'diagnostics' : 'none'
  },
  'senders.system': kindOf(say => ({
    from: `${say} <root@mx.example.net>`,
    path: '<root@mx.example.net>',
    subject: 'Returned mail',
    text: refusal,
  })),
}

const byGroup: Record<string, Outcome> = {
  nouns: refused,
  predicates: refused,
  particles: told,
  units: awaited,
  subjects: titled,
  sentences: told,
  refusals: refused,
}

/** `bounce`, `delayed`, `auto-reply`, …; `unknown-user`, `mailbox-full`, …; `recipient` or `sender` for a label. */
export async function outcome(slot: Slot, say: string): Promise<string> {
  const [group = ''] = slot.split('.')
  return await (bySlot[slot] ?? byGroup[group] ?? (() => 'none'))(say)
}
