// Which mail of ours a report answers. Proofs are tried before claims, because anyone can forge a claim.

import type { Original } from '../model/report.ts'
import type { Link, LinkedBy, ReturnPath, SendRef } from '../model/return-path.ts'
import type { Recogniser, StoredLookup } from './recognise.ts'

export interface LinkSteps {
  readonly resolveReference: Recogniser['resolveReference']
  readonly now: Date
  readonly lookupStored: StoredLookup
  /** The send that a Message-ID was registered for; absent where none are. */
  readonly lookupMessageId?: (messageId: string) => Promise<SendRef | null>
  /** The record that has an address, for patterns that name nothing else; absent where they are not in use. */
  readonly lookupAddress?: (address: string) => Promise<SendRef | null>
}

/** Our mail carries fewer references; more are an attempt to cause lookups. */
const maxReferences = 4

/**
 * The first link in the order signed, stored, original, envelope-id, legacy, message-id; null when nothing says.
 * An expired or forged token inside an original links nothing. `linkToAddress` links by the failed address, which
 * differs between recipient blocks. Rejects only when a lookup does.
 */
export async function linkOf(path: ReturnPath, original: Original, steps: LinkSteps): Promise<Link | null> {
  if (path.kind === 'signed' || path.kind === 'stored') {
    return { by: path.kind, proven: true, send: path.send, token: path.canonical, issuedAt: path.issuedAt }
  }
  const references = original.references.slice(0, maxReferences)
  for (const reference of references) {
    const link = await vouched(reference, 'original', steps)
    if (link !== null) return link
  }
  if (original.envelopeId !== null) {
    const link = await vouched(original.envelopeId, 'envelope-id', steps)
    if (link !== null) return link
  }
  if (path.kind === 'legacy') {
    const send = await legacySend(path, steps)
    if (send !== null) return claimed('legacy', send, path.canonical)
  }
  if (original.messageId !== null && steps.lookupMessageId !== undefined) {
    const send = await steps.lookupMessageId(original.messageId)
    if (send !== null) return claimed('message-id', send, original.messageId)
  }
  return null
}

/** The claimed link of a recipient block by its failed address, where that is configured; null for an unknown address. */
export async function linkToAddress(
  address: string,
  lookupAddress: (address: string) => Promise<SendRef | null>,
): Promise<Link | null> {
  const send = await lookupAddress(address)
  return send === null ? null : claimed('address', send, address)
}

async function vouched(text: string, by: LinkedBy, steps: LinkSteps): Promise<Link | null> {
  const found = await steps.resolveReference(text, steps.now, steps.lookupStored)
  if (found === null) return null
  return { by, proven: true, send: found.send, token: found.token, issuedAt: found.issuedAt }
}

async function legacySend(
  path: Extract<ReturnPath, { kind: 'legacy' }>,
  steps: LinkSteps,
): Promise<SendRef | null> {
  if (path.send.recordId !== '') return path.send
  if (path.address === undefined || steps.lookupAddress === undefined) return null
  const send = await steps.lookupAddress(path.address)
  // The pattern says more about the mail than the record does: its campaign, and the check of its address.
  return send === null ? null : { ...path.send, module: send.module, recordId: send.recordId }
}

function claimed(by: LinkedBy, send: SendRef, token: string): Link {
  return { by, proven: false, send, token, issuedAt: null }
}
