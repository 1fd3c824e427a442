// Return paths for mails about to be sent: what is asked for, and what is put into each mail.

/** One mail about to be sent. */
export interface MintItem {
  readonly module: string
  readonly id: string
  readonly campaign?: string | undefined
  readonly mail?: string | undefined
  readonly to: string
  /** The mail's Message-ID, with or without angle brackets, to recognise it in a report that arrives elsewhere. */
  readonly messageId?: string | undefined
}

/** The values to put into one mail. */
export interface MintedMail {
  /** The envelope sender. */
  readonly address: string
  /** The header field `X-Rebound-Ref`: most reports return the header of the mail they are about. */
  readonly reference: string
  /** ENVID of MAIL FROM (RFC 3461 §4.4): xtext that needs no escapes, at most 100 characters. */
  readonly envelopeId: string
}

/** Mints in the order asked, counts one send an item if `count`. Throws MintError; then nothing was minted or counted. */
export type Mint = (
  items: readonly MintItem[],
  options: { readonly count: boolean },
) => Promise<readonly MintedMail[]>

/** One item cannot be minted; the message says what would be right. */
export class MintError extends Error {
  override readonly name = 'MintError'
  /** Its place in the list, from 0. */
  readonly item: number
  readonly field: keyof MintItem

  constructor(item: number, field: keyof MintItem, message: string) {
    super(message)
    this.item = item
    this.field = field
  }
}
