import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { digestIdentity, type FingerprintFields, fingerprintOf } from '../../src/crm/fingerprint.ts'
import type { RecipientReport, ReportIdentity } from '../../src/model/report.ts'

const recipient: RecipientReport = {
  address: 'ana@example.org',
  originalAddress: null,
  action: 'failed',
  status: '5.1.1',
  statusField: '5.1.1',
  replyCode: 550,
  diagnostic: '550 5.1.1 no such user',
  remoteMta: null,
  explanation: '',
}
const identity: ReportIdentity = {
  messageId: '<r1@mx.example>',
  date: 'Sat, 14 Mar 2026 12:00:00 +0000',
  from: 'mailer-daemon@mx.example',
  subject: 'Undelivered',
  text: 'It could not be delivered.',
}
const withoutId: ReportIdentity = { ...identity, messageId: null }

function make(changes: Partial<FingerprintFields> = {}, report: ReportIdentity = identity): string {
  const issuedAt = new Date('2026-03-14T00:00:00Z')
  const returnPath = 'b-x@bounces.crm.example'
  return fingerprintOf({ returnPath, issuedAt, recipient, identity: digestIdentity(report), ...changes })
}

describe('the fingerprint', () => {
  test('begins with the issue day and is 72 hex digits', () => {
    expect(make()).toMatch(/^0000502e[0-9a-f]{64}$/) // 20526 days
    expect(make({ issuedAt: null })).toMatch(/^00000000[0-9a-f]{64}$/)
    expect(make().slice(8)).toBe(make({ issuedAt: null }).slice(8))
  })

  test.each([
    ['return path', make({ returnPath: 'b-y@bounces.crm.example' })],
    ['address', make({ recipient: { ...recipient, address: 'bea@example.org' } })],
    ['absent address', make({ recipient: { ...recipient, address: null } })],
    ['action', make({ recipient: { ...recipient, action: 'delayed' } })],
    ['status', make({ recipient: { ...recipient, status: '5.1.0' } })],
    ['Message-ID', make({}, { ...identity, messageId: '<r2@mx.example>' })],
    ['absent Message-ID', make({}, withoutId)],
  ])('another %s is another event', (_, other) => expect(other).not.toBe(make()))

  test.each(['date', 'from', 'subject', 'text'] as const)(
    'another %s matters only without a Message-ID',
    field => {
      expect(make({}, { ...identity, [field]: 'other' })).toBe(make())
      expect(make({}, { ...withoutId, [field]: 'other' })).not.toBe(make({}, withoutId))
    },
  )

  test.each([null, '', ' ', '<>'])('Message-ID %j is none', messageId => {
    expect(make({}, { ...identity, messageId })).toBe(make({}, withoutId))
  })

  test('an empty field is not an absent one', () => {
    expect(make({ recipient: { ...recipient, address: '' } })).not.toBe(
      make({ recipient: { ...recipient, address: null } }),
    )
  })

  test('fields never run together', () => {
    const fields = fc.record({ returnPath: fc.string(), address: fc.string(), status: fc.string() })
    const of = ({ returnPath, address, status }: { returnPath: string; address: string; status: string }) =>
      make({ returnPath, recipient: { ...recipient, address, status } })
    fc.assert(
      fc.property(fields, fields, (one, two) => {
        const same =
          one.returnPath === two.returnPath && one.address === two.address && one.status === two.status
        expect(of(one) === of(two)).toBe(same)
      }),
    )
    expect(of({ returnPath: 'ab', address: 'c', status: '' })).not.toBe(
      of({ returnPath: 'a', address: 'bc', status: '' }),
    )
  })

  test('text in any encoding has a fingerprint', () => {
    expect(make({}, { ...withoutId, text: 'a\ud800' })).toMatch(/^[0-9a-f]{72}$/)
  })
})
