// Answers to an invitation (RFC 5546): a calendar accepts, declines or forwards. Nothing has bounced.

import type { Finding } from '../finding.ts'
import type { Reading } from '../reading.ts'

/** Methods by which a calendar answers or informs; REQUEST and PUBLISH are somebody's own mail. */
const answers = ['reply', 'counter', 'declinecounter', 'refresh', 'cancel']

/** An answer of a calendar, or null. Calendars inside a returned message are not looked at. */
export function readCalendar(reading: Reading): Finding | null {
  const isAnswer = reading.message.parts.some(({ type, enclosed, parameters, text }) => {
    if (enclosed || type !== 'text/calendar') return false
    const method = parameters.method ?? /^METHOD:\s?(\w{1,20})/im.exec(text.slice(0, 4000))?.[1] ?? ''
    return answers.includes(method.toLowerCase())
  })
  return isAnswer ? { reader: 'calendar', kind: 'auto-reply', recipients: [] } : null
}
