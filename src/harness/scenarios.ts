// The scenarios: what happened, and what a correct reader of the report must answer. Read as a table.

import type { Category } from '../model/categories.ts'
import type { Kind } from '../model/report.ts'
import type { BounceType } from '../model/verdict.ts'
import type { Refusal, Trouble, TroubleCause } from './situation.ts'

/** What a record and its campaign look like afterwards; the rows of `effects`. */
export type Effect = 'hard' | 'soft' | 'blocked' | 'complaint' | 'none'

/** What a correct reader must answer. Codes are in the refusals and in what each writer states of them. */
export interface Truth {
  readonly kind: Kind
  readonly type: BounceType | null
  /** Any of these is right: some causes are honestly two. Empty where nothing failed. */
  readonly categories: readonly Category[]
  /** Which address the report is about; null where it names none. */
  readonly about: 'owner' | 'forward' | 'any' | null
  readonly effect: Effect
}

/** Something a mail program reports. */
export interface Reported {
  readonly name: string
  readonly what: string
  readonly answer: Truth
  /** One of these, by seed. */
  readonly troubles: readonly [Trouble, ...Trouble[]]
  /** `failed` where absent. */
  readonly action?: 'delayed' | 'delivered'
  /** Whom the report lists; the owner of the return path alone where absent. */
  readonly listed?: 'several' | 'several-soft' | 'forward' | 'expanded'
}

/** Something the recipient or the recipient's mailbox answers, or that is no answer at all. */
export interface Answered {
  readonly name: string
  readonly what: string
  readonly answer: Truth
}

/** A report of `unknown-user` that was damaged on its way (`forms.ts`); the answer must be the same. */
export interface Damaged {
  readonly name: string
  readonly what: string
}

/** What the record and the campaign of a return path hold after the report, when they were clean before. */
export const effects = {
  hard: { flagged: true, addressRemoved: true, hard: 1, soft: 0, blocked: 0, complaints: 0 },
  soft: { flagged: true, addressRemoved: false, hard: 0, soft: 1, blocked: 0, complaints: 0 },
  blocked: { flagged: true, addressRemoved: false, hard: 0, soft: 1, blocked: 1, complaints: 0 },
  complaint: { flagged: false, addressRemoved: false, hard: 0, soft: 0, blocked: 0, complaints: 1 },
  none: { flagged: false, addressRemoved: false, hard: 0, soft: 0, blocked: 0, complaints: 0 },
} as const satisfies Record<Effect, object>

/** A refusal from its reply as a server says it: `550 5.1.1 <{address}>: user unknown`. */
function refused(cause: TroubleCause, command: Refusal['command'], reply: string): Refusal {
  const [, code = '', status = null, text = ''] = /^(\d{3}) (?:(\d\.\d+\.\d+) )?([\s\S]*)$/.exec(reply) ?? []
  return { kind: 'refused', cause, command, replyCode: Number(code), status, text }
}

const bounce = (
  type: BounceType,
  categories: readonly Category[],
  effect: Effect,
  about: Truth['about'] = 'owner',
): Truth => ({ kind: 'bounce', type, categories, about, effect })

const unknownUser = [
  refused('unknown-user', 'RCPT TO', '550 5.1.1 <{address}>: Recipient address rejected: User unknown'),
  refused('unknown-user', 'RCPT TO', '550 5.1.1 <{address}>... No such user here'),
  refused('unknown-user', 'RCPT TO', '550 5.1.1 {address}: the mailbox does not exist'),
  refused('unknown-user', 'RCPT TO', '550 No such user here'),
  refused(
    'unknown-user',
    'RCPT TO',
    '550 5.1.1 The account that you tried to reach does not exist.\nPlease check the address <{address}>\nfor typing errors.',
  ),
] as const

const mailboxFull = [
  refused('mailbox-full', 'end of DATA', '552 5.2.2 <{address}>: Quota exceeded (mailbox for user is full)'),
  refused('mailbox-full', 'RCPT TO', '552 5.2.2 <{address}> mailbox full'),
  refused('mailbox-full', 'end of DATA', '552 The mailbox is over its quota'),
  refused('mailbox-full', 'RCPT TO', '452 4.2.2 <{address}>: the mailbox is over quota'),
] as const

export const reported = [
  {
    name: 'unknown-user',
    what: 'the server says that there is no such mailbox',
    troubles: unknownUser,
    answer: bounce('hard', ['unknown-user'], 'hard'),
  },
  {
    name: 'mailbox-full',
    what: 'the mailbox is over its quota',
    troubles: mailboxFull,
    answer: bounce('soft', ['mailbox-full'], 'soft'),
  },
  {
    name: 'spam-block',
    what: 'the content was taken for spam',
    troubles: [
      refused('spam', 'end of DATA', '554 5.7.1 Message rejected as spam (score 14.2)'),
      refused('spam', 'end of DATA', '550 5.7.1 This message was classified as spam and is not accepted'),
      refused('spam', 'end of DATA', '554 Your message was rejected because it looks like spam'),
      refused('spam', 'end of DATA', '554 5.7.1 The content of this message looks like spam'),
    ],
    answer: bounce('soft', ['spam'], 'blocked'),
  },
  {
    name: 'mailbox-disabled',
    what: 'the mailbox exists but is suspended',
    troubles: [
      refused('mailbox-disabled', 'RCPT TO', '550 5.2.1 <{address}>: this mailbox is disabled'),
      refused('mailbox-disabled', 'RCPT TO', '525 5.7.13 <{address}>: user account disabled'),
      refused('mailbox-disabled', 'RCPT TO', '550 5.2.1 The account {address} has been suspended'),
    ],
    answer: bounce('soft', ['mailbox-disabled'], 'soft'),
  },
  {
    name: 'ip-block',
    what: 'our server is on a block list',
    troubles: [
      refused(
        'blocked',
        'RCPT TO',
        '554 5.7.1 Service unavailable; Client host [192.0.2.10] blocked using bl.lists.example; see https://lists.example/192.0.2.10',
      ),
      refused(
        'blocked',
        'MAIL FROM',
        '550 5.7.1 Connections from 192.0.2.10 are refused: the IP is blacklisted',
      ),
      // The trap: a code that means a dead address before a text that says otherwise.
      refused(
        'blocked',
        'RCPT TO',
        '550 5.1.1 <{address}> rejected: 192.0.2.10 is listed at bl.lists.example',
      ),
    ],
    answer: bounce('soft', ['blocked'], 'blocked'),
  },
  {
    name: 'auth-failure',
    what: 'our mail failed SPF, DKIM or DMARC',
    troubles: [
      refused(
        'auth-failure',
        'end of DATA',
        '550 5.7.26 Unauthenticated mail from crm.example is refused by its DMARC policy',
      ),
      refused(
        'auth-failure',
        'MAIL FROM',
        '550 5.7.23 The message was rejected because of a SPF policy violation',
      ),
      refused(
        'auth-failure',
        'end of DATA',
        '550 5.7.26 This mail is unauthenticated, which is a risk to the sender.\nSPF and DKIM must pass for crm.example.\nSee https://help.example/authentication',
      ),
      refused('auth-failure', 'end of DATA', '550 5.7.1 DMARC check failed for crm.example'),
    ],
    answer: bounce('soft', ['auth-failure'], 'blocked'),
  },
  {
    name: 'unknown-domain',
    what: 'there is no such domain',
    troubles: [{ kind: 'no-domain' }],
    answer: bounce('hard', ['unknown-domain'], 'hard'),
  },
  {
    name: 'too-big',
    what: 'the mail is larger than the server takes',
    troubles: [
      refused('too-big', 'MAIL FROM', '552 5.3.4 Message size exceeds fixed limit'),
      refused('too-big', 'end of DATA', '552 5.2.3 Message exceeds the maximum size for this mailbox'),
    ],
    answer: bounce('soft', ['too-big'], 'soft'),
  },
  {
    name: 'greylisted',
    what: 'put off until the reporter gave up',
    troubles: [
      refused(
        'greylisted',
        'RCPT TO',
        '451 4.7.1 <{address}>: Recipient address rejected: Greylisted, please try again later',
      ),
      refused('greylisted', 'RCPT TO', '450 4.7.1 Greylisting in action, try again in 300 seconds'),
    ],
    answer: bounce('soft', ['greylisted', 'expired'], 'soft'),
  },
  {
    name: 'expired',
    what: 'nobody answered for days and the reporter gave up',
    troubles: [{ kind: 'unreachable' }],
    answer: bounce('soft', ['expired', 'network-error'], 'soft'),
  },
  {
    name: 'delayed',
    what: 'not delivered yet, the reporter keeps trying',
    action: 'delayed',
    troubles: [
      { kind: 'unreachable' },
      refused('greylisted', 'RCPT TO', '451 4.7.1 <{address}>: greylisted, please try again in 5 minutes'),
    ],
    answer: { kind: 'delayed', type: null, categories: [], about: 'owner', effect: 'none' },
  },
  {
    name: 'delivered',
    what: 'a success report',
    action: 'delivered',
    troubles: [{ kind: 'none' }],
    answer: { kind: 'delivered', type: null, categories: [], about: 'owner', effect: 'none' },
  },
  {
    name: 'several',
    what: 'several recipients; ours, not the first, is unknown and the others have full mailboxes',
    listed: 'several',
    troubles: unknownUser,
    answer: bounce('hard', ['unknown-user'], 'hard'),
  },
  {
    name: 'several-soft',
    what: 'several recipients; ours, not the first, is full and the others are unknown',
    listed: 'several-soft',
    troubles: mailboxFull,
    answer: bounce('soft', ['mailbox-full'], 'soft'),
  },
  {
    name: 'expanded',
    what: 'our recipient was an alias; the report lists its members only',
    listed: 'expanded',
    troubles: unknownUser,
    answer: bounce('soft', ['unknown-user'], 'soft', 'any'),
  },
  {
    name: 'forward',
    what: 'our recipient forwards to another address, which is unknown',
    listed: 'forward',
    troubles: unknownUser,
    answer: bounce('hard', ['unknown-user'], 'hard', 'forward'),
  },
] as const satisfies readonly Reported[]

const noEffect = (kind: Kind): Truth => ({ kind, type: null, categories: [], about: null, effect: 'none' })

export const answered = [
  { name: 'out-of-office', what: 'an absence note in English', answer: noEffect('auto-reply') },
  { name: 'vacation-de', what: 'an absence note in German', answer: noEffect('auto-reply') },
  { name: 'vacation-fr', what: 'an absence note in French', answer: noEffect('auto-reply') },
  { name: 'vacation-es', what: 'an absence note in Spanish', answer: noEffect('auto-reply') },
  { name: 'vacation-it', what: 'an absence note in Italian', answer: noEffect('auto-reply') },
  {
    name: 'vacation-pt',
    what: 'an absence note in Portuguese, marked by its subject alone',
    answer: noEffect('auto-reply'),
  },
  { name: 'vacation-nl', what: 'an absence note in Dutch', answer: noEffect('auto-reply') },
  { name: 'vacation-sv', what: 'an absence note in Swedish', answer: noEffect('auto-reply') },
  { name: 'vacation-pl', what: 'an absence note in Polish', answer: noEffect('auto-reply') },
  {
    name: 'vacation-ru',
    what: 'an absence note in Russian, marked by its subject alone',
    answer: noEffect('auto-reply'),
  },
  { name: 'vacation-ja', what: 'an absence note in Japanese', answer: noEffect('auto-reply') },
  {
    name: 'vacation-zh',
    what: 'an absence note in Chinese, marked by its subject alone',
    answer: noEffect('auto-reply'),
  },
  { name: 'receipt', what: 'a read receipt', answer: noEffect('receipt') },
  { name: 'challenge', what: 'a guarded mailbox asks for a confirmation', answer: noEffect('auto-reply') },
  { name: 'ordinary', what: 'the customer answers by hand', answer: noEffect('ordinary') },
  { name: 'quoted-bounce', what: 'the customer quotes somebody else’s bounce', answer: noEffect('ordinary') },
  { name: 'newsletter', what: 'somebody’s newsletter, about bounces', answer: noEffect('ordinary') },
  {
    name: 'complaint',
    what: 'the recipient called our mail spam',
    answer: { kind: 'complaint', type: null, categories: [], about: 'any', effect: 'complaint' },
  },
] as const satisfies readonly Answered[]

export const damaged = [
  { name: 'truncated', what: 'cut off in the middle of the returned message' },
  { name: 'wrong-boundary', what: 'its MIME boundary is not the one the header names' },
  { name: 'lf-only', what: 'its lines end with a bare LF' },
  { name: 'eight-bit-headers', what: 'raw Latin-1 in Subject and To' },
  { name: 'huge', what: 'returns a mail of 20 MB' },
] as const satisfies readonly Damaged[]

export type ReportedName = (typeof reported)[number]['name']
export type AnsweredName = (typeof answered)[number]['name']
export type DamagedName = (typeof damaged)[number]['name']
export type ScenarioName = ReportedName | AnsweredName | DamagedName
