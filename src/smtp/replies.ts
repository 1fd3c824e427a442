// Every reply we give in SMTP (RFC 5321 §4.2, enhanced codes of RFC 3463 and RFC 2034), and why we give it.
// The reasons are the closed sets that metrics use as labels.

import type { Reply } from '../model/reply.ts'

const reply = (code: number, enhanced: string, text: string): Reply => ({ code, enhanced, text })

/** The command did what was asked. */
export const acceptances = {
  sender: reply(250, '2.1.0', 'Sender ok'),
  recipient: reply(250, '2.1.5', 'Recipient ok'),
  recorded: reply(250, '2.0.0', 'Recorded'),
  kept: reply(250, '2.0.0', 'Kept for the postmaster'),
  'no-op': reply(250, '2.0.0', 'Ok'),
  reset: reply(250, '2.0.0', 'Ok'),
  help: reply(214, '2.0.0', 'This host takes back undeliverable mail, as RFC 5321 says'),
  // RFC 5321 §3.5.3: 252 promises nothing. 2.1.5 would say that the address is valid.
  verify: reply(252, '2.0.0', 'Cannot verify, but RCPT TO will tell'),
  'start-tls': reply(220, '2.0.0', 'Ready to start TLS'),
  bye: reply(221, '2.0.0', 'Bye'),
} as const satisfies Record<string, Reply>

/** Permanent: the sender should not try again. The keys are the labels of `rebound_rejected_total`. */
export const rejections = {
  unknown: reply(550, '5.1.1', 'No such return path'),
  forged: reply(550, '5.1.1', 'No such return path'),
  expired: reply(550, '5.1.1', 'This return path has expired'),
  foreign: reply(550, '5.7.1', 'Not a domain of ours, and we do not relay'),
  'bad-recipient': reply(501, '5.1.3', 'Bad recipient address syntax'),
  'bad-sender': reply(501, '5.1.7', 'Bad sender address syntax'),
  'too-big': reply(552, '5.3.4', 'Message is too big'),
  'unknown-command': reply(500, '5.5.2', 'Command not recognized'),
  'bad-argument': reply(501, '5.5.4', 'Bad argument'),
  'bad-sequence': reply(503, '5.5.1', 'Bad sequence of commands'),
  'not-allowed': reply(550, '5.7.1', 'Not allowed'),
  'needs-tls': reply(530, '5.7.10', 'REQUIRETLS needs TLS'),
} as const satisfies Record<string, Reply>

/** Temporary: the sender tries again. The keys are the labels of `rebound_deferred_total`. */
export const deferrals = {
  draining: reply(421, '4.3.2', 'Shutting down, try again in a moment'),
  'too-many-connections': reply(421, '4.3.2', 'Too many connections, try again later'),
  'too-many-per-ip': reply(421, '4.7.0', 'Too many connections from your address, try again later'),
  'too-many-per-network': reply(421, '4.7.0', 'Too many connections from your network, try again later'),
  'no-descriptors': reply(421, '4.3.2', 'No room for another connection, try again later'),
  evicted: reply(421, '4.3.2', 'All places are taken and your network holds most of them, connect again'),
  'no-memory': reply(452, '4.3.1', 'Too much mail at once, try again later'),
  'message-no-memory': reply(451, '4.3.1', 'Too much mail at once, try again later'),
  'role-quota': reply(452, '4.7.0', 'Enough mail to postmaster and abuse from your network for today'),
  unproven: reply(451, '4.7.0', 'Enough reports without a return path of ours from your network for today'),
  'too-many-recipients': reply(452, '4.5.3', 'Too many recipients, send the rest in another transaction'),
  'mailbox-full': reply(452, '4.2.2', 'The postmaster mailbox is full'),
  'address-failed': reply(451, '4.3.0', 'Cannot look up this address now, try again later'),
  failed: reply(451, '4.3.0', 'Trouble on our side, try again later'),
  'too-slow': reply(451, '4.3.0', 'This took us too long, try again later'),
  'idle-timeout': reply(421, '4.4.2', 'Timeout waiting for a command'),
  'data-timeout': reply(421, '4.4.2', 'Timeout waiting for the end of the message'),
  'session-timeout': reply(421, '4.4.2', 'This session has lasted long enough, connect again'),
  'session-messages': reply(421, '4.4.2', 'Enough messages for one session, connect again'),
  'empty-messages': reply(421, '4.7.0', 'Too many messages without a text'),
  flood: reply(421, '4.7.0', 'Too many commands without a message, connect again'),
  errors: reply(421, '4.7.0', 'Too many errors'),
  'too-soon': reply(421, '4.5.1', 'You talk too soon: wait for the greeting'),
  'not-smtp': reply(421, '4.5.1', 'This is not SMTP'),
  'long-line': reply(421, '4.5.2', 'Command line too long'),
} as const satisfies Record<string, Reply>

export type RejectReason = keyof typeof rejections
export type DeferReason = keyof typeof deferrals

/** A reply with the decision behind it; the reason of a refusal is what metrics count. */
export type Answer =
  | { readonly kind: 'accept'; readonly reply: Reply }
  | { readonly kind: 'reject'; readonly reason: RejectReason; readonly reply: Reply }
  | { readonly kind: 'defer'; readonly reason: DeferReason; readonly reply: Reply }

export const accept = (name: keyof typeof acceptances): Answer => ({
  kind: 'accept',
  reply: acceptances[name],
})
export const reject = (reason: RejectReason): Answer => ({
  kind: 'reject',
  reason,
  reply: rejections[reason],
})
export const defer = (reason: DeferReason): Answer => ({ kind: 'defer', reason, reply: deferrals[reason] })

/** The reply with the name under which our log knows the message: the sender's log keeps it. */
export const withId = (answer: Answer, id: string): Answer => ({
  ...answer,
  reply: { ...answer.reply, text: `${answer.reply.text} as ${id}` },
})

/** The text as it goes over the wire, after the code: `5.1.1 No such return path`. */
export const wireText = (reply: Reply): string => `${reply.enhanced} ${reply.text}`

/** A text that begins with an enhanced code is one of ours already (RFC 2034 §4). */
const isOurs = /^[245]\.\d{1,3}\.\d{1,3} /

/**
 * The replies that the SMTP library gives by itself, and ours in their place. Keyed by code and the library's context or text;
 * the code stays in the key because the context may be a command name that a stranger chose.
 */
const libraryReplies: ReadonlyMap<string, Answer> = new Map([
  ['250 MAIL_FROM_OK', accept('sender')],
  ['250 RCPT_TO_OK', accept('recipient')],
  ['250 DATA_OK', accept('recorded')],
  ['250 OK', accept('no-op')],
  ['250 Flushed', accept('reset')],
  ['214', accept('help')],
  ['252', accept('verify')],
  ['220 Ready to start TLS', accept('start-tls')],
  ['221', accept('bye')],
  ['500', reject('unknown-command')],
  ['501 SENDER_SYNTAX_ERROR', reject('bad-sender')],
  ['501 MAILBOX_SYNTAX_ERROR', reject('bad-recipient')],
  ['501', reject('bad-argument')],
  ['503', reject('bad-sequence')],
  ['530', reject('needs-tls')],
  ['550', reject('not-allowed')],
  ['552', reject('too-big')],
  ['421 Server shutting down', defer('draining')],
  ['421 Timeout - closing connection', defer('idle-timeout')],
  ['421 Error: too many unrecognized commands', defer('errors')],
  ['421 Error: Command line too long', defer('long-line')],
  ['421 HTTP requests not allowed', defer('not-smtp')],
  ['421', defer('too-soon')],
  ['452', defer('too-many-recipients')],
  ['451', defer('failed')],
])

/**
 * Our answer in place of a reply that the library gives.
 * Null when it stays as it is: one of ours already, the 354, the greeting, and answers to HELO and EHLO,
 * which carry no enhanced code (RFC 2034 §4).
 */
export function answerForLibrary(
  code: number,
  text: string,
  context: string | false | undefined,
): Answer | null {
  // Of what is only for LMTP, or for SMTP, the library says itself that it is not known here.
  const isGreeting = context === false && code !== 500
  if (code === 354 || isGreeting || isOurs.test(text)) return null
  return (
    (context ? libraryReplies.get(`${code} ${context}`) : undefined) ??
    libraryReplies.get(`${code} ${text}`) ??
    libraryReplies.get(String(code)) ??
    null
  )
}
