// The closed vocabulary of causes: the cause is decided first, and hardness follows from the cause.

/** Whether mailing the address again can ever work: `hard` no, `soft` yes; `blocked` is soft and the sender's fault. */
export type CategoryGroup = 'hard' | 'soft' | 'blocked'

/**
 * Whose move it is after a failure. `remove`: the address is dead. `wait`: it may work next time. `fix-sending`: server,
 * domain or account of the sender. `fix-content`: the mail itself. `ask-recipient`: only they can change it.
 */
export const advices = ['remove', 'wait', 'fix-sending', 'fix-content', 'ask-recipient'] as const

export type Advice = (typeof advices)[number]

export interface CategoryRow {
  readonly group: CategoryGroup
  readonly advice: Advice
  /** One sentence for the person who asks why this contact bounced. */
  readonly sentence: string
  readonly rfc: string
  readonly sisimai: string
  /** SparkPost bounce classification code. */
  readonly sparkpost: number
  /** Amazon SES bounceType/bounceSubType. */
  readonly ses: string
}

export const categories = {
  'unknown-user': {
    group: 'hard',
    advice: 'remove',
    sentence: 'There is no mailbox with this address.',
    rfc: 'RFC 3463 §3.2',
    sisimai: 'userunknown',
    sparkpost: 10,
    ses: 'Permanent/NoEmail',
  },
  'unknown-domain': {
    group: 'hard',
    advice: 'remove',
    sentence: 'The domain of this address does not exist or has no mail server.',
    rfc: 'RFC 3463 §3.2',
    sisimai: 'hostunknown',
    sparkpost: 10,
    ses: 'Permanent/General',
  },
  moved: {
    group: 'hard',
    advice: 'remove',
    sentence: 'The mailbox has moved or changed its owner; this address is no longer that person.',
    rfc: 'RFC 7293 §9',
    sisimai: 'hasmoved',
    sparkpost: 10,
    ses: 'Permanent/NoEmail',
  },
  'not-accepting': {
    group: 'hard',
    advice: 'remove',
    sentence: 'The domain of this address takes no mail at all.',
    rfc: 'RFC 7505 §4',
    sisimai: 'notaccept',
    sparkpost: 10,
    ses: 'Permanent/General',
  },

  'mailbox-full': {
    group: 'soft',
    advice: 'wait',
    sentence: 'The mailbox is full.',
    rfc: 'RFC 3463 §3.3',
    sisimai: 'mailboxfull',
    sparkpost: 22,
    ses: 'Transient/MailboxFull',
  },
  'mailbox-disabled': {
    group: 'soft',
    advice: 'ask-recipient',
    sentence: 'The mailbox exists but is disabled or suspended.',
    rfc: 'RFC 3463 §3.3',
    sisimai: 'suspend',
    sparkpost: 10,
    ses: 'Transient/General',
  },
  filtered: {
    group: 'soft',
    advice: 'ask-recipient',
    sentence: 'The recipient, or a list they own, does not take this mail.',
    rfc: 'RFC 3463 §3.3',
    sisimai: 'filtered',
    sparkpost: 50,
    ses: 'Transient/General',
  },
  'too-big': {
    group: 'soft',
    advice: 'fix-content',
    sentence: 'The mail was larger than the mailbox or its server allows.',
    rfc: 'RFC 3463 §3.4',
    sisimai: 'mesgtoobig',
    sparkpost: 23,
    ses: 'Transient/MessageTooLarge',
  },
  expired: {
    group: 'soft',
    advice: 'wait',
    sentence: 'The mail could not be delivered in time and was given up.',
    rfc: 'RFC 3463 §3.5',
    sisimai: 'expired',
    sparkpost: 24,
    ses: 'Transient/General',
  },
  'network-error': {
    group: 'soft',
    advice: 'wait',
    sentence: 'The server of this address could not be reached.',
    rfc: 'RFC 3463 §3.5',
    sisimai: 'networkerror',
    sparkpost: 21,
    ses: 'Transient/General',
  },
  'system-error': {
    group: 'soft',
    advice: 'wait',
    sentence: 'The server of this address had a fault of its own.',
    rfc: 'RFC 3463 §3.4',
    sisimai: 'systemerror',
    sparkpost: 20,
    ses: 'Transient/General',
  },
  'system-full': {
    group: 'soft',
    advice: 'wait',
    sentence: 'The server of this address is out of space.',
    rfc: 'RFC 3463 §3.4',
    sisimai: 'systemfull',
    sparkpost: 20,
    ses: 'Transient/General',
  },
  'protocol-error': {
    group: 'soft',
    advice: 'fix-sending',
    sentence: 'The two mail servers did not understand each other.',
    rfc: 'RFC 3463 §3.6',
    sisimai: 'syntaxerror',
    sparkpost: 20,
    ses: 'Transient/General',
  },
  'starttls-failed': {
    group: 'soft',
    advice: 'fix-sending',
    sentence: 'An encrypted connection could not be made.',
    rfc: 'RFC 3207 §4.1',
    sisimai: 'failedstarttls',
    sparkpost: 21,
    ses: 'Transient/General',
  },
  suppressed: {
    group: 'soft',
    advice: 'ask-recipient',
    sentence: 'A sending service has this address on its suppression list and did not try.',
    rfc: '',
    sisimai: 'suppressed',
    sparkpost: 25,
    ses: 'Permanent/OnAccountSuppressionList',
  },
  greylisted: {
    group: 'soft',
    advice: 'wait',
    sentence: 'The server asked to try again later.',
    rfc: 'RFC 6647 §2',
    sisimai: 'greylisted',
    sparkpost: 20,
    ses: 'Transient/General',
  },
  undetermined: {
    group: 'soft',
    advice: 'wait',
    sentence: 'The mail came back without a reason that could be read.',
    rfc: 'RFC 3463 §3.1',
    sisimai: 'undefined',
    sparkpost: 1,
    ses: 'Undetermined/Undetermined',
  },

  blocked: {
    group: 'blocked',
    advice: 'fix-sending',
    sentence: 'Our sending server is on a block list.',
    rfc: 'RFC 3463 §3.8',
    sisimai: 'blocked',
    sparkpost: 51,
    ses: 'Transient/General',
  },
  reputation: {
    group: 'blocked',
    advice: 'fix-sending',
    sentence: 'The reputation of our server or domain is too low.',
    rfc: 'RFC 3463 §3.8',
    sisimai: 'badreputation',
    sparkpost: 51,
    ses: 'Transient/General',
  },
  'rate-limited': {
    group: 'blocked',
    advice: 'fix-sending',
    sentence: 'We sent too much in too short a time.',
    rfc: 'RFC 3463 §3.8',
    sisimai: 'ratelimited',
    sparkpost: 54,
    ses: 'Transient/General',
  },
  'auth-failure': {
    group: 'blocked',
    advice: 'fix-sending',
    sentence: 'Our mail failed SPF, DKIM or DMARC.',
    rfc: 'RFC 7372 §3',
    sisimai: 'authfailure',
    sparkpost: 53,
    ses: 'Transient/General',
  },
  'no-ptr': {
    group: 'blocked',
    advice: 'fix-sending',
    sentence: 'Our sending server has no proper reverse DNS name.',
    rfc: 'RFC 7372 §3.3',
    sisimai: 'requireptr',
    sparkpost: 53,
    ses: 'Transient/General',
  },
  'sender-rejected': {
    group: 'blocked',
    advice: 'fix-sending',
    sentence: 'Our sender address or its domain was refused.',
    rfc: 'RFC 3463 §3.2',
    sisimai: 'rejected',
    sparkpost: 50,
    ses: 'Transient/General',
  },
  'relaying-denied': {
    group: 'blocked',
    advice: 'fix-sending',
    sentence: 'The server does not take mail for this address from us.',
    rfc: 'RFC 3463 §3.8',
    sisimai: 'norelaying',
    sparkpost: 50,
    ses: 'Transient/General',
  },
  spam: {
    group: 'blocked',
    advice: 'fix-content',
    sentence: 'The mail was taken for spam.',
    rfc: 'RFC 3463 §3.8',
    sisimai: 'spamdetected',
    sparkpost: 52,
    ses: 'Transient/ContentRejected',
  },
  virus: {
    group: 'blocked',
    advice: 'fix-content',
    sentence: 'The mail was taken for a virus.',
    rfc: 'RFC 3463 §3.8',
    sisimai: 'virusdetected',
    sparkpost: 52,
    ses: 'Transient/AttachmentRejected',
  },
  content: {
    group: 'blocked',
    advice: 'fix-content',
    sentence: 'Something in the content of the mail was refused.',
    rfc: 'RFC 3463 §3.7',
    sisimai: 'contenterror',
    sparkpost: 52,
    ses: 'Transient/ContentRejected',
  },
  policy: {
    group: 'blocked',
    advice: 'fix-sending',
    sentence: 'A policy of the receiving server refused the mail.',
    rfc: 'RFC 3463 §3.8',
    sisimai: 'policyviolation',
    sparkpost: 50,
    ses: 'Transient/General',
  },
  security: {
    group: 'blocked',
    advice: 'fix-sending',
    sentence: 'The receiving server denied access or asked for a security feature that was missing.',
    rfc: 'RFC 3463 §3.8',
    sisimai: 'securityerror',
    sparkpost: 50,
    ses: 'Transient/General',
  },
  'non-compliant': {
    group: 'blocked',
    advice: 'fix-content',
    sentence: 'The mail broke a standard that the receiving server insists on.',
    rfc: 'RFC 6531 §3.5',
    sisimai: 'notcompliantrfc',
    sparkpost: 50,
    ses: 'Transient/ContentRejected',
  },
} as const satisfies Record<string, CategoryRow>

export type Category = keyof typeof categories

export const categoryNames = Object.keys(categories) as readonly Category[]

/** Thresholds may promote only these: repeated for weeks, they mean a dead address. The hard ones in class 4 alone. */
export const promotable: readonly Category[] = [
  'mailbox-full',
  'mailbox-disabled',
  'filtered',
  'expired',
  'network-error',
  'suppressed',
  'unknown-user',
  'unknown-domain',
]

/** Hard, soft, or soft by the sender's fault. */
export function groupOf(category: Category): CategoryGroup {
  return categories[category].group
}

/** What to do after a failure that counts as this type: a dead address that only may be dead is waited for. */
export function adviceOf(category: Category, type: 'hard' | 'soft'): Advice {
  if (type === 'hard') return 'remove'
  const { advice } = categories[category]
  return advice === 'remove' ? 'wait' : advice
}

/** Those for which the sender is at fault. */
export const blockedCategories: readonly Category[] = categoryNames.filter(
  category => groupOf(category) === 'blocked',
)

/** The category in words for people; null too for a category of a later version, which a database may hold. */
export function sentenceOf(category: string | null): string | null {
  return category !== null && isCategory(category) ? categories[category].sentence : null
}

/** Is this a word of the vocabulary? */
export function isCategory(word: string): word is Category {
  return Object.hasOwn(categories, word)
}
