// Events out of an envelope, a report and its judgement: one for each return path and recipient block.

import type { Envelope } from '../model/envelope.ts'
import type { AddressTest, BounceEvent, Concern } from '../model/event.ts'
import { type Kind, nobody, type Original, type RecipientReport, type Report } from '../model/report.ts'
import type { Link, ReturnPath, SendRef } from '../model/return-path.ts'
import { type JudgedRecipient, type Judgement, noHints, type Verdict } from '../model/verdict.ts'
import { concernsOf, isLostElsewhere } from './concern.ts'
import { digestIdentity, fingerprintOf } from './fingerprint.ts'
import { sameAddress } from './mapped-record.ts'

export interface ComposeSteps {
  /** Which record a report at this return path belongs to; null when nothing says. */
  readonly link: (path: ReturnPath, original: Original) => Promise<Link | null>
  /** The link of last resort, by the address that failed; absent where that is not configured. */
  readonly linkAddress?: ((address: string) => Promise<Link | null>) | undefined
  /** Was somebody reached at this path: did a server say that it delivered the mail, or spread it? Absent: nobody knows. */
  readonly wasTaken?: ((link: Link, returnPath: string) => Promise<boolean>) | undefined
  /** Was the mail of this send sent to this address? */
  readonly matches: (send: SendRef, address: string) => boolean
}

/** A path that events are made for. */
type Recordable = Extract<ReturnPath, { canonical: string }>

/** A hostile report must not stop the process: beyond these, blocks are not even looked at. */
const maxBlocksRead = 1000
/** Nor fill the database: it tells of so many recipients, those that count for a path first. */
const maxRecipientsKept = 100

/** Nor keep the database busy: so many addresses of a mail are looked up. */
const maxAddressesAsked = 20

/** Blocks looked at for the paths of a mail, until other work gets its turn: about a millisecond. */
const blocksATurn = 1000

const judgedNobody: JudgedRecipient = { ...nobody, verdict: null, hints: noHints }

/**
 * The events of one message, none for role mailboxes. Each path gets the block that counts for its record; blocks that
 * count for no path are kept once a message, without a path in their fingerprint. A report without recipients makes one
 * event a path, with an empty recipient. Events with the same fingerprint are one: blocks that repeat each other, one path
 * named twice. With 100 paths at most 200 events. Rejects only when a link step does.
 */
export async function composeEvents(
  envelope: Envelope,
  report: Report,
  judgement: Judgement,
  steps: ComposeSteps,
): Promise<readonly BounceEvent[]> {
  const identity = digestIdentity(report.identity)
  const blocks =
    judgement.recipients.length === 0 ? [judgedNobody] : judgement.recipients.slice(0, maxBlocksRead)
  const paths = new Map(envelope.recipients.filter(isRecordable).map(path => [path.canonical, path]))
  const events = new Map<string, BounceEvent>()
  /** Blocks that count for a path, by their fingerprint without one: what repeats them is nobody else's. */
  const counted = new Set<string>()
  const blockOf = remembered((recipient: JudgedRecipient): string =>
    fingerprintOf({ returnPath: '', issuedAt: null, recipient, identity }),
  )
  let others: Concerned | null = null

  const add = ({ path, link, isExpanded }: Concerned, recipient: JudgedRecipient, concern: Concern): void => {
    const issuedAt = issueDate(path) ?? link?.issuedAt ?? null
    const fingerprint =
      concern === 'other'
        ? blockOf(recipient)
        : fingerprintOf({ returnPath: path.canonical, issuedAt, recipient, identity })
    // Two aliases may lead to one address: the owner's block must not fold into somebody else's.
    if (events.has(fingerprint)) return
    const { verdict, hints, ...block } = recipient
    events.set(fingerprint, {
      fingerprint,
      receivedAt: envelope.receivedAt,
      clientIp: envelope.client.ip,
      returnPath: path.canonical,
      kind: kindOf(judgement.kind, recipient),
      concern,
      link,
      recipient: block,
      verdict: isExpanded ? softened(verdict) : verdict,
      hints,
      report,
      isSentTo: addressTest(link, recipient, steps),
    })
    if (concern !== 'other') counted.add(blockOf(recipient))
  }

  const linkByAddress = addressLinks(steps)
  /** If the path tells nothing, a block belongs to the record that has its address; no alias was seen to expand. */
  const addByAddress = async (path: Recordable): Promise<void> => {
    for (const recipient of blocks) {
      const own = counted.has(blockOf(recipient)) ? null : await linkByAddress(recipient)
      if (own !== null || blocks.length === 1) add({ path, link: own, isExpanded: false }, recipient, 'owner')
    }
  }
  let looked = 0
  for (const path of paths.values()) {
    if (looked > blocksATurn) {
      looked = 0
      await new Promise(setImmediate)
    }
    looked += blocks.length
    const link = await steps.link(path, report.original)
    if (link === null) {
      others ??= { path, link, isExpanded: false }
      await addByAddress(path)
      continue
    }
    const check = checkOf(link, steps)
    const told = concernsOf(blocks, check)
    const isLost = isLostElsewhere(blocks, told, check)
    const isTaken = isLost && ((await steps.wasTaken?.(link, path.canonical)) ?? false)
    const concerns = isTaken ? told.map(concern => (concern === 'other' ? concern : 'expanded')) : told
    const whose: Concerned = { path, link, isExpanded: concerns.includes('expanded') }
    if (others === null || others.link === null) others = whose
    for (const [at, recipient] of blocks.entries()) {
      const concern = concerns[at] ?? 'other'
      if (concern !== 'other') add(whose, recipient, concern)
    }
  }
  const rest = blocks.filter(block => !counted.has(blockOf(block)))
  for (const recipient of rest.slice(0, Math.max(0, maxRecipientsKept - counted.size)))
    if (others) add(others, recipient, 'other')
  return [...events.values()]
}

/** A path that a block is kept under, with the record it belongs to. */
interface Concerned {
  readonly path: Recordable
  readonly link: Link | null
  /** An alias was expanded: nothing says of the record that it failed for good. */
  readonly isExpanded: boolean
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

/** Each question asked once: all paths ask the same of the same blocks. */
function remembered<Asked, Told>(ask: (about: Asked) => Told): (about: Asked) => Told {
  const known = new Map<Asked, Told>()
  return about => {
    const before = known.get(about)
    if (before !== undefined) return before
    const told = ask(about)
    known.set(about, told)
    return told
  }
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
