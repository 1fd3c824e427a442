// Events out of an envelope, a report and its judgement: one for each return path and recipient block.

import type { Envelope } from '../model/envelope.ts'
import type { AddressTest, BounceEvent, Concern } from '../model/event.ts'
import type { Kind, Original, RecipientReport, Report } from '../model/report.ts'
import type { Link, ReturnPath, SendRef } from '../model/return-path.ts'
import type { JudgedRecipient, Judgement, Verdict } from '../model/verdict.ts'
import { concernsOf } from './concern.ts'
import { digestIdentity, fingerprintOf } from './fingerprint.ts'
import { sameAddress } from './mapped-record.ts'

export interface ComposeSteps {
  /** Which record a report at this return path belongs to; null when nothing says. */
  readonly link: (path: ReturnPath, original: Original) => Promise<Link | null>
  /** The link of last resort, by the address that failed; absent where that is not configured. */
  readonly linkAddress?: ((address: string) => Promise<Link | null>) | undefined
  /** Was the mail of this send sent to this address? */
  readonly matches: (send: SendRef, address: string) => boolean
}

/** A path that events are made for. */
type Recordable = Extract<ReturnPath, { canonical: string }>

/** A hostile report must not stop the process: beyond these, blocks are not even looked at. */
const maxBlocksRead = 1000
/** Nor fill the database; the owner's blocks are the first ones kept. */
const maxBlocksKept = 100

/** Nor keep the database busy: so many addresses of a mail are looked up. */
const maxAddressesAsked = 20

/** What a mail says of its recipient when it names none. */
const nobody: JudgedRecipient = {
  address: null,
  originalAddress: null,
  action: null,
  status: null,
  statusField: null,
  replyCode: null,
  diagnostic: null,
  remoteMta: null,
  explanation: '',
  verdict: null,
}

/**
 * The events of one message, none for role mailboxes. A report without recipients makes one event a path, with an
 * empty recipient. Events with the same fingerprint are one: blocks that repeat each other, one path named twice.
 * At most 100 events a path, from its first 1,000 blocks. Rejects only when a link step does.
 */
export async function composeEvents(
  envelope: Envelope,
  report: Report,
  judgement: Judgement,
  steps: ComposeSteps,
): Promise<readonly BounceEvent[]> {
  const events = new Map<string, BounceEvent>()
  const identity = digestIdentity(report.identity)
  const recipients =
    judgement.recipients.length === 0 ? [nobody] : judgement.recipients.slice(0, maxBlocksRead)
  const linkByAddress = addressLinks(steps)
  const paths = new Map(envelope.recipients.filter(isRecordable).map(path => [path.canonical, path]))

  for (const path of paths.values()) {
    const pathLink = await steps.link(path, report.original)
    const concerns = concernsOf(recipients, checkOf(pathLink, steps))
    const isExpanded = pathLink !== null && concerns.includes('expanded')
    for (const { recipient, concern } of bounded(recipients, concerns)) {
      const link = pathLink ?? (await linkByAddress(recipient))
      const whose = pathLink === null ? unlinkedConcern(link, recipients.length) : concern
      const issuedAt = issueDate(path) ?? link?.issuedAt ?? null
      const fingerprint = fingerprintOf({ returnPath: path.canonical, issuedAt, recipient, identity })
      const same = events.get(fingerprint)
      // Two aliases may lead to one address: the owner's block must not fold into somebody else's.
      if (same !== undefined && (same.concern === 'owner' || whose !== 'owner')) continue
      const { verdict, ...block } = recipient
      events.set(fingerprint, {
        fingerprint,
        receivedAt: envelope.receivedAt,
        clientIp: envelope.client.ip,
        returnPath: path.canonical,
        kind: kindOf(judgement.kind, recipient),
        concern: whose,
        link,
        recipient: block,
        verdict: isExpanded ? softened(verdict) : verdict,
        report,
        isSentTo: addressTest(link, recipient, steps),
      })
    }
  }
  return [...events.values()]
}

function isRecordable(path: ReturnPath): path is Recordable {
  return 'canonical' in path
}

function issueDate(path: Recordable): Date | null {
  return 'issuedAt' in path ? path.issuedAt : null
}

function checkOf(link: Link | null, steps: ComposeSteps): AddressTest | null {
  if (link === null || link.send.addressCheck === null) return null
  return address => steps.matches(link.send, address)
}

/** Where the link carries no check of the address, the mail was sent to whom the block names. */
function addressTest(
  link: Link | null,
  { address, originalAddress }: RecipientReport,
  steps: ComposeSteps,
): AddressTest | null {
  if (link === null) return null
  return (
    checkOf(link, steps) ??
    (candidate => [address, originalAddress].some(name => sameAddress(name, candidate)))
  )
}

/** Links of one message's blocks by their addresses, each asked once. */
function addressLinks({ linkAddress }: ComposeSteps): (recipient: RecipientReport) => Promise<Link | null> {
  const asked = new Map<string, Promise<Link | null>>()
  return async recipient => {
    const address = recipient.originalAddress ?? recipient.address
    if (address === null || linkAddress === undefined) return null
    const known = asked.get(address)
    if (known !== undefined) return await known
    if (asked.size >= maxAddressesAsked) return null
    const found = linkAddress(address)
    asked.set(address, found)
    return await found
  }
}

/** Where the path tells nothing, a block is its own record's if one has its address; no alias was seen to expand. */
function unlinkedConcern(link: Link | null, blocks: number): Concern {
  return link !== null || blocks === 1 ? 'owner' : 'other'
}

/** Blocks with their concerns in the order of the report, the owner's kept before any other when there are too many. */
function bounded(
  recipients: readonly JudgedRecipient[],
  concerns: readonly Concern[],
): readonly { recipient: JudgedRecipient; concern: Concern }[] {
  const blocks = recipients.map((recipient, index) => ({ recipient, concern: concerns[index] ?? 'other' }))
  if (blocks.length <= maxBlocksKept) return blocks
  const isOwners = (block: { concern: Concern }): boolean => block.concern === 'owner'
  return [...blocks.filter(isOwners), ...blocks.filter(block => !isOwners(block))].slice(0, maxBlocksKept)
}

/** In a report of which only some recipients failed, the others' events say what became of them. */
function kindOf(kind: Kind, recipient: JudgedRecipient): Kind {
  if (kind !== 'bounce' || recipient.verdict !== null || recipient.action === null) return kind
  if (recipient.action === 'failed') return kind
  return recipient.action === 'delayed' ? 'delayed' : 'delivered'
}

/** A failure behind an alias is soft: one dead member of a list does not make the list's address dead. */
function softened(verdict: Verdict | null): Verdict | null {
  return verdict === null ? null : { ...verdict, type: 'soft' }
}
