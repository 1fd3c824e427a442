// What an event does to record and campaign, as a table of cases.

import { expect, it } from 'vitest'
import {
  type CampaignRecordState,
  type Effects,
  effectsOf,
  type Facts,
  heldBack,
  type RecordState,
} from '../../src/crm/effects.ts'

const at = Date.UTC(2026, 2, 1)

const facts: Facts = {
  kind: 'bounce',
  concern: 'owner',
  verdict: { category: 'unknown-user', type: 'hard' },
  trusted: true,
  isClaim: false,
  at,
  reported: 'ana@example.org',
  currentMatches: true,
  reportedMatches: true,
  provesLife: false,
  keepsAddress: false,
  sharedFrom: null,
}
const soft = { verdict: { category: 'mailbox-full', type: 'soft' } } as const
const spam = { verdict: { category: 'spam', type: 'soft' } } as const

const ana: RecordState = {
  email: 'Ana@example.org',
  emailBounced: false,
  bouncedAddress: null,
  hardBounces: 0,
  softBounces: 0,
  lastBounceAt: null,
  complaints: 0,
  lastComplaintAt: null,
}
const removed: RecordState = {
  email: null,
  emailBounced: true,
  bouncedAddress: 'Ana@example.org',
  hardBounces: 1,
  softBounces: 0,
  lastBounceAt: at - 1000,
  complaints: 0,
  lastComplaintAt: null,
}
const standing = (type: CampaignRecordState['type'], blocked = false, complained = false) => ({
  type,
  blocked,
  complained,
})
const add = (hard: number, soft: number, blocked = 0, complaints = 0) => ({ hard, soft, blocked, complaints })

interface Case {
  readonly name: string
  readonly facts?: Partial<Facts>
  readonly record?: RecordState | null
  readonly campaign?: CampaignRecordState | 'new' | null
  /** What must come out; fields not named are not looked at. */
  readonly expected: Partial<Omit<Effects, 'record'>> & { readonly record?: Partial<RecordState> | null }
}

const nothing = { effect: 'none', record: null, campaign: null, movedTo: null } as const

const cases: readonly Case[] = [
  // ---- soft
  {
    name: 'a soft bounce flags the record and leaves its address',
    facts: soft,
    expected: {
      type: 'soft',
      effect: 'flagged',
      record: { ...ana, emailBounced: true, softBounces: 1, lastBounceAt: at },
      address: 'Ana@example.org',
      movedTo: 'soft',
    },
  },
  {
    name: 'a second soft bounce counts, and is not the first of its type',
    facts: soft,
    record: { ...ana, emailBounced: true, softBounces: 1 },
    expected: { effect: 'flagged', record: { softBounces: 2 }, movedTo: null },
  },
  {
    name: 'a soft bounce of an address that the record had before leaves the new one unflagged',
    facts: { ...soft, currentMatches: false },
    record: { ...ana, email: 'new@example.org' },
    expected: {
      effect: 'counted',
      record: { email: 'new@example.org', emailBounced: false, softBounces: 1 },
    },
  },
  // ---- hard
  {
    name: 'a hard bounce removes the address that the mail was sent to and keeps it as the bounced one',
    expected: {
      type: 'hard',
      effect: 'removed',
      record: { ...removed, lastBounceAt: at },
      address: 'Ana@example.org',
      movedTo: 'hard',
    },
  },
  {
    name: 'a record with a new address by now keeps it, unflagged',
    facts: { currentMatches: false },
    record: { ...ana, email: 'new@example.org', bouncedAddress: null },
    expected: {
      effect: 'counted',
      record: { email: 'new@example.org', emailBounced: false, bouncedAddress: null, hardBounces: 1 },
      address: 'ana@example.org',
    },
  },
  {
    name: 'a forward bounced: nobody knows the reported address, the owner is removed',
    facts: { concern: 'forward', reported: null, reportedMatches: false },
    expected: { type: 'hard', effect: 'removed', record: { email: null }, address: 'Ana@example.org' },
  },
  {
    name: 'a second hard bounce after the address is gone',
    facts: { currentMatches: null },
    record: removed,
    expected: {
      effect: 'flagged',
      record: { ...removed, hardBounces: 2, bouncedAddress: 'ana@example.org', lastBounceAt: at },
    },
  },
  {
    name: 'a hard bounce that arrives late does not turn the clock back',
    facts: { at: at - 5000, currentMatches: null },
    record: removed,
    expected: { record: { lastBounceAt: at - 1000 } },
  },
  {
    name: 'a path without a check vouches for no address: flagged, not removed',
    facts: { currentMatches: null, reportedMatches: false, reported: null },
    expected: {
      type: 'hard',
      effect: 'flagged',
      record: { email: 'Ana@example.org', emailBounced: true, hardBounces: 1 },
      address: null,
    },
  },
  // ---- first sight
  {
    name: 'a record first seen in a soft bounce gets the reported address when the check vouches for it',
    facts: { ...soft, currentMatches: null },
    record: null,
    expected: {
      effect: 'flagged',
      record: { email: 'ana@example.org', emailBounced: true, bouncedAddress: null },
    },
  },
  {
    name: 'a record first seen in a hard bounce has it as the bounced one at once',
    facts: { currentMatches: null },
    record: null,
    expected: {
      effect: 'removed',
      record: { email: null, bouncedAddress: 'ana@example.org' },
      address: 'ana@example.org',
    },
  },
  {
    name: 'a record first seen in a bounce that names another address gets none',
    facts: { currentMatches: null, reported: null, reportedMatches: false },
    record: null,
    expected: {
      effect: 'flagged',
      record: { email: null, bouncedAddress: null, emailBounced: true },
      address: null,
    },
  },
  // ---- trust
  {
    name: 'a claimed link counts as soft and never removes an address',
    facts: { trusted: false },
    expected: {
      type: 'soft',
      effect: 'flagged',
      record: { email: 'Ana@example.org', hardBounces: 0, softBounces: 1 },
      movedTo: 'soft',
    },
  },
  {
    name: 'an expanded alias is soft whatever the category',
    facts: { concern: 'expanded', reported: null, reportedMatches: false },
    expected: { type: 'soft', effect: 'flagged', record: { email: 'Ana@example.org', softBounces: 1 } },
  },
  // ---- no effect
  {
    name: "somebody else's block does nothing, and has no type",
    facts: { concern: 'other' },
    campaign: 'new',
    expected: { ...nothing, type: null },
  },
  ...(['delayed', 'delivered', 'auto-reply', 'receipt', 'ordinary'] as const).map(kind => ({
    name: `${kind} does nothing`,
    facts: { kind, verdict: null },
    campaign: 'new' as const,
    expected: { ...nothing, type: null },
  })),
  // ---- campaigns
  {
    name: 'a campaign counts a record at its first bounce',
    campaign: 'new',
    expected: { campaign: { state: standing('hard'), add: add(1, 0) }, movedTo: 'hard' },
  },
  {
    name: 'a bounce that is the sender’s fault is a part of soft',
    facts: spam,
    campaign: 'new',
    expected: { campaign: { state: standing('soft', true), add: add(0, 1, 1) }, movedTo: 'soft' },
  },
  {
    name: 'soft then hard moves the count, the blocked one too',
    campaign: standing('soft', true),
    record: { ...ana, hardBounces: 5 },
    expected: { campaign: { state: standing('hard'), add: add(1, -1, -1) }, movedTo: 'hard' },
  },
  {
    name: 'hard then soft counts nothing more',
    facts: soft,
    campaign: standing('hard'),
    expected: { campaign: null, movedTo: null, record: { softBounces: 1 } },
  },
  {
    name: 'soft then soft counts nothing more, the first of them is the counted one',
    facts: soft,
    campaign: standing('soft', true),
    expected: { campaign: null, movedTo: null },
  },
  {
    name: 'a complaint is counted once, beside the bounce',
    facts: { kind: 'complaint', verdict: null },
    campaign: standing('soft'),
    expected: {
      effect: 'complained',
      record: { ...ana, complaints: 1, lastComplaintAt: at, optsOut: true },
      campaign: { state: standing('soft', false, true), add: add(0, 0, 0, 1) },
      movedTo: null,
    },
  },
  {
    name: 'a second complaint counts for the record alone',
    facts: { kind: 'complaint', verdict: null },
    record: { ...removed, complaints: 1, lastComplaintAt: at + 5 },
    campaign: standing(null, false, true),
    expected: {
      effect: 'complained',
      record: { ...removed, complaints: 2, lastComplaintAt: at + 5 },
      campaign: null,
    },
  },
  {
    name: 'a complaint of a record never seen makes it, with the address that is vouched for',
    facts: { kind: 'complaint', verdict: null },
    record: null,
    expected: {
      effect: 'complained',
      record: { email: 'ana@example.org', emailBounced: false, complaints: 1 },
    },
  },
  {
    name: 'a claimed complaint counts, and opts nobody out',
    facts: { kind: 'complaint', verdict: null, isClaim: true, trusted: false },
    expected: { effect: 'complained', record: { ...ana, complaints: 1, lastComplaintAt: at } },
  },
  {
    name: 'a claimed complaint makes no record',
    facts: { kind: 'complaint', verdict: null, isClaim: true, trusted: false },
    record: null,
    expected: nothing,
  },
  {
    name: 'a complaint of a record that the CRM does not have is counted and no more',
    facts: { kind: 'complaint', verdict: null },
    record: { ...ana, isAbsent: true },
    expected: { effect: 'absent', record: { ...ana, isAbsent: true, complaints: 1, lastComplaintAt: at } },
  },
  {
    name: 'somebody else’s complaint does nothing',
    facts: { kind: 'complaint', verdict: null, concern: 'other' },
    expected: nothing,
  },
]

it.each(cases)('$name', ({ facts: changed, record = ana, campaign = null, expected }) => {
  expect(effectsOf(record, campaign, { ...facts, ...changed })).toMatchObject(expected)
})

it('a removal that is held flags and counts, and leaves the address', () => {
  const before = { ...ana, bouncedAddress: 'old@example.org' }
  const removal = effectsOf(before, 'new', facts)
  expect(heldBack(removal, before, 3)).toEqual({
    ...removal,
    effect: 'held',
    incidentId: 3,
    record: { ...before, emailBounced: true, hardBounces: 1, lastBounceAt: at },
  })
  const first = effectsOf(null, null, facts)
  expect(heldBack(first, null, 3).record).toMatchObject({ email: 'ana@example.org', bouncedAddress: null })
  const flagged = effectsOf(ana, null, { ...facts, ...soft })
  expect(heldBack(flagged, ana, 3)).toBe(flagged)
})
