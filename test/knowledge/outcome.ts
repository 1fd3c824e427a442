// What the reader makes of words that stand in a slot: the kind of mail for words of notices, the category for refusals.

import { createJudge } from '../../src/classify/ladder.ts'
import type { Slot } from '../../src/knowledge/languages.ts'
import { readEntries } from '../../src/report/notice/entries.ts'
import { failure, report } from '../classify/reports.ts'
import { daemon, type Notice, postmaster, readNotice } from '../report/notices.ts'

const { judge } = createJudge({ rules: [] })

const person = 'Ben <ben@example.org>'
const refusal = '550 5.1.1 <ana@example.org>: user unknown'

/** The mail in which the words of a slot are tried; null for words that stand in refusals. */
function noticeWith(slot: Slot, say: string): Notice | null {
  const [group] = slot.split('.')
  if (slot === 'subjects.auto-reply' || slot === 'subjects.challenge')
    return { from: person, path: '<ben@example.org>', subject: say, text: 'I will read it.' }
  if (slot === 'subjects.reply')
    return { from: person, path: '<ben@example.org>', subject: `${say}: Returned mail`, text: refusal }
  if (slot === 'subjects.housekeeping') return { from: daemon, subject: say, text: refusal }
  if (slot === 'subjects.notice')
    return { from: 'root@mx.example.net', subject: say, text: 'It could not be delivered: ana@example.org' }
  if (group === 'subjects') return { from: daemon, subject: say, text: 'ana@example.org' }
  if (group === 'senders')
    return {
      from: `${say} <root@mx.example.net>`,
      path: '<root@mx.example.net>',
      subject: 'Returned mail',
      text: refusal,
    }
  if (slot === 'sentences.challenge')
    return { from: person, path: '<ben@example.org>', subject: 'Hello', text: say }
  // A cause alone states no failure: the title does.
  if (slot === 'sentences.refusal')
    return { from: postmaster, subject: 'Returned mail', text: `${say}\nana@example.org` }
  const isNotice = group === 'sentences' || (group === 'particles' && slot !== 'particles.for-now')
  return isNotice ? { from: postmaster, subject: 'Mail delivery', text: `${say}\nana@example.org` } : null
}

/** `bounce`, `delayed`, `auto-reply`, …; `unknown-user`, `mailbox-full`, …; `recipients` for what announces them. */
export async function outcome(slot: Slot, say: string): Promise<string> {
  if (slot === 'announcements.recipients') {
    const list = readEntries([say, '', '  ana@example.org said', '  ben@example.org said'])
    return list.length === 2 ? 'recipients' : 'ordinary'
  }
  const notice = noticeWith(slot, say)
  if (notice !== null) return (await readNotice(notice)).kind
  const diagnostic = /^[245]\d\d/.test(say) ? say : `550 ${say}`
  const verdict = judge(report([failure({ diagnostic, replyCode: 550 })])).recipients[0]?.verdict
  return verdict?.category ?? 'none'
}
