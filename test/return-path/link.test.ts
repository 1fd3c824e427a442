import { describe, expect, test } from 'vitest'
import type { Original } from '../../src/model/report.ts'
import type { ReturnPath, SendRef } from '../../src/model/return-path.ts'
import { type LinkSteps, linkOf, linkToAddress } from '../../src/return-path/link.ts'
import { domain, localOf, minted, noon, paths } from './paths.ts'

const ours = paths({ unsigned: 'observe', legacy: ['bounce-{id}', 'verp+{user}={domain}'] })
const sendOf = (recordId: string): SendRef => ({
  module: 'contacts',
  recordId,
  campaign: null,
  mailId: null,
  addressCheck: null,
})
const storedAddress = ours.storedAddress(new Uint8Array(16))
const nothing: Original = { messageId: null, envelopeId: null, subject: null, references: [], senders: [] }
const steps: LinkSteps = {
  resolveReference: ours.resolveReference,
  now: noon,
  lookupStored: async token =>
    token === localOf(storedAddress) ? { send: sendOf('stored'), issuedAt: noon } : null,
  lookupMessageId: async id => (id === '<1@crm.example>' ? sendOf('registered') : null),
  lookupAddress: async address => (address === 'ana@example.org' ? sendOf('has-address') : null),
}

async function linked(
  address: string,
  original: Partial<Original>,
  changes: Partial<LinkSteps> = {},
): Promise<string | null> {
  const path = (await ours.resolve(address, noon, steps.lookupStored)) as ReturnPath
  const link = await linkOf(path, { ...nothing, ...original }, { ...steps, ...changes })
  return link && `${link.by} ${link.proven ? 'proven' : 'claimed'} ${link.send.recordId}`
}

const inbox = `returns@${domain}`
const legacy = `bounce-77@${domain}`
const signed = minted('42')
const token = localOf(signed)
const expired = minted('42', {}, { at: new Date('2025-01-01T00:00:00Z') })
const everything: Partial<Original> = {
  messageId: '<1@crm.example>',
  envelopeId: localOf(minted('envelope')),
  references: [signed],
}

describe('the link of a report', () => {
  test.each([
    ['a signed path is before all else', minted('path'), everything, 'signed proven path'],
    ['a stored path is before all else', storedAddress, everything, 'stored proven stored'],
    ['then our token in the original', legacy, everything, 'original proven 42'],
    ['then the envelope id', legacy, { ...everything, references: [] }, 'envelope-id proven envelope'],
    ['then the pattern', legacy, { messageId: '<1@crm.example>' }, 'legacy claimed 77'],
    [
      'then the registered Message-ID',
      inbox,
      { messageId: '<1@crm.example>' },
      'message-id claimed registered',
    ],
    ['nothing says', inbox, { messageId: '<2@crm.example>', references: ['<ana@example.org>'] }, null],
    [
      'an observed path has only the original',
      `sales@${domain}`,
      { references: [signed] },
      'original proven 42',
    ],
    [
      'an address pattern asks who has the address',
      `verp+ana=example.org@${domain}`,
      {},
      'legacy claimed has-address',
    ],
    ['an address that nobody has', `verp+bea=example.org@${domain}`, {}, null],
  ])('%s', async (_, address, original, expected) => {
    expect(await linked(address, original)).toBe(expected)
  })

  test.each([
    ['in angle brackets', [` <${signed}> `], 'original proven 42'],
    ['as a token alone', [token], 'original proven 42'],
    ['upper-cased', [token.toUpperCase()], 'original proven 42'],
    ['at a domain that is not ours any more', [`${token}@old.example`], 'original proven 42'],
    ['rewritten by a forwarder', [`SRS0=HHHH=TT=${domain}=${token}@forwarder.example`], 'original proven 42'],
    ['behind others', ['<>', 'prvs=broken', signed], 'original proven 42'],
    ['stored', [`<${storedAddress}>`], 'original proven stored'],
    ['stored, without a row', [`s-${'0'.repeat(16)}`], null],
    ['forged', [`${token.slice(0, -1)}_@${domain}`], null],
    ['expired', [expired], null],
    ['expired before a good one', [expired, signed], 'original proven 42'],
    ['one of thousands', [...Array.from({ length: 5000 }, () => '<>'), signed], null],
    ['endless', [`${'x'.repeat(100_000)}@${domain}`], null],
  ])('a reference %s', async (_, references, expected) => {
    expect(await linked(inbox, { references })).toBe(expected)
  })

  test('a stored row that is too old links nothing from inside an original', async () => {
    const old = async () => ({ send: sendOf('old'), issuedAt: new Date('2025-01-01T00:00:00Z') })
    expect(await linked(inbox, { references: [storedAddress] }, { lookupStored: old })).toBeNull()
  })

  test('an expired or forged path links nothing by itself', async () => {
    expect(await linked(expired, {})).toBeNull()
    expect(await linked(`${token}x@${domain}`, {})).toBeNull()
  })

  test('what vouched and when it was issued go with the link', async () => {
    const path = ours.read(signed, noon) as ReturnPath
    const issuedAt = new Date('2026-03-14T00:00:00Z')
    expect(await linkOf(path, nothing, steps)).toMatchObject({ token: signed, issuedAt })
    const elsewhere = ours.read(inbox, noon) as ReturnPath
    expect(await linkOf(elsewhere, { ...nothing, references: [signed] }, steps)).toMatchObject({
      token,
      issuedAt,
    })
  })

  test('an address pattern keeps what it says of the mail', async () => {
    const path = ours.read(`verp+ana=example.org@${domain}`, noon) as ReturnPath
    const link = await linkOf(path, nothing, steps)
    expect(link && ours.matches(link.send, 'Ana@example.org')).toBe(true)
  })

  test('lookups that are not configured are not needed', async () => {
    const { lookupMessageId, lookupAddress, ...bare } = steps
    expect(lookupMessageId && lookupAddress).toBeDefined()
    const path = ours.read(`verp+ana=example.org@${domain}`, noon) as ReturnPath
    expect(await linkOf(path, { ...nothing, messageId: '<1@crm.example>' }, bare)).toBeNull()
  })

  test('by the failed address it is a claim', async () => {
    const lookup = async (address: string) => (address === 'ana@example.org' ? sendOf('7') : null)
    expect(await linkToAddress('ana@example.org', lookup)).toMatchObject({ by: 'address', proven: false })
    expect(await linkToAddress('bea@example.org', lookup)).toBeNull()
  })
})
