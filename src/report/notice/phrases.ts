// Words by which notices are known, in the languages mail systems write. All lower-cased, plain, matched as substrings.

import { textsOf } from '../../knowledge/languages.ts'

/** A table of phrases: `|` separates them, lines group them. */
export function list(table: string): readonly string[] {
  return table
    .split('|')
    .map(phrase => phrase.trim())
    .filter(phrase => phrase !== '')
}

/** Names under which mail systems report, in the address or the display name of From. */
export const systemSenders: readonly string[] = [
  ...list(`
    mailer-daemon | mailerdaemon | mail-daemon | maildaemon | mailer_daemon | mailer daemon | mdaemon@ |
    postmaster | post_master | post-master | mail delivery | mail-delivery | mail.delivery | maildelivery |
    delivery subsystem | delivery failure | posta-certificata@ | microsoft exchange | microsoft outlook |
    smtp_mail_service | bounce-notification
  `),
  ...textsOf('senders.system'),
]

/** Senders that are never a person, unlike postmasters and administrators. */
export const daemons = list(`
  mailer-daemon | mailerdaemon | mailer_daemon | mailer daemon | mail-daemon | maildaemon
`)

/** Subjects of failure notices. */
export const failureSubjects = textsOf('subjects.failure')

/** Subjects of notices of any outcome. */
export const noticeSubjects = textsOf('subjects.notice')

/** Sentences of good news, which a notice may bring as well. */
export const successTexts = textsOf('sentences.success')

/** How subjects of good news begin: Exchange and Domino write them, in the languages of the server. */
export const successSubjects = textsOf('subjects.success')

/** Sentences that state a failure, in the text of notices. */
export const failureTexts = textsOf('sentences.failure')

/** Why mail is refused. Policies, statistics and digests say so too: the cause alone states no failure of a mail. */
export const refusalTexts = textsOf('sentences.refusal')

/** Lines after which the recipients that failed are listed. */
export const announcements = textsOf('announcements.recipients')

/** Subjects of what a mail system tells its own users and operators. */
export const housekeepingSubjects = textsOf('subjects.housekeeping')

/** Subjects of automatic answers. */
export const autoReplySubjects = textsOf('subjects.auto-reply')

/** Subjects of challenges: a mailbox that lets nobody in who does not answer. */
export const challengeSubjects = textsOf('subjects.challenge')

/** What such mailboxes write, in their products' standing words. */
export const challengeTexts = textsOf('sentences.challenge')

/** Prefixes by which people answer and forward, without the colon. */
export const replyPrefixes = textsOf('subjects.reply')

/** True when any of the phrases occurs in the text, which must be lower-cased. */
export function mentions(lowerText: string, phrases: readonly string[]): boolean {
  return phrases.some(phrase => lowerText.includes(phrase))
}
