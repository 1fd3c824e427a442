// Which address of a record an event is about, and what comes of it.

import { describe, expect, it } from 'vitest'
import {
  type AddressPlace,
  changed,
  type MappedRecord,
  noticed,
  stateOf,
  withAddress,
  withAddressBack,
} from '../../src/crm/mapped-record.ts'

const place = (key: string, address: string | null, more: Partial<AddressPlace> = {}): AddressPlace => ({
  key,
  address,
  standing: 'good',
  taken: null,
  ...more,
})
const record = (kind: MappedRecord['kind'], ...places: readonly AddressPlace[]): MappedRecord => ({
  kind,
  present: true,
  places,
  emailBounced: false,
  bouncedAddress: null,
  hardBounces: 0,
  softBounces: 0,
  lastBounceAt: null,
  resetAt: null,
  aliveAt: null,
  complaints: 0,
  lastComplaintAt: null,
})
const is = (wanted: string) => (address: string) => address.toLowerCase() === wanted
const email = (from: MappedRecord, wanted: string | null) =>
  stateOf(from, wanted === null ? null : is(wanted)).email
const hard = (from: MappedRecord, wanted: string) => {
  const state = stateOf(from, is(wanted))
  return changed(from, is(wanted), { ...state, email: null, bouncedAddress: state.email })
}
const shown = ({ places }: MappedRecord) => places.map(each => [each.address, each.standing, each.taken])

describe('the address that an event is about', () => {
  const two = record('columns', place('a', null), place('b', 'ana@x'), place('c', 'ben@x'))
  it.each<[string, MappedRecord, string | null, string | null]>([
    ['the one it was sent to', two, 'ben@x', 'ben@x'],
    ['the first, where it is none of them', two, 'old@x', 'ana@x'],
    ['the first, where nothing tells', two, null, 'ana@x'],
    ['none, where there is none', record('columns', place('a', null)), 'ana@x', null],
    [
      'one that is marked for another record',
      record('table', place('1', 'ana@x', { standing: 'bounced' })),
      'ana@x',
      'ana@x',
    ],
    [
      'not one that is marked for this record',
      record('table', place('1', 'ana@x', { standing: 'bounced', taken: 'ana@x' })),
      'ana@x',
      null,
    ],
    [
      'not one that somebody else marked',
      record('table', place('1', 'ana@x', { standing: 'other' })),
      'ana@x',
      null,
    ],
    [
      'not a marked one, to people',
      record('table', place('1', 'ana@x', { standing: 'bounced' }), place('2', 'ben@x')),
      null,
      'ben@x',
    ],
  ])('is %s', (_, from, wanted, expected) => {
    expect(email(from, wanted)).toBe(expected)
  })
})

describe('a hard bounce', () => {
  it('empties the columns that hold the address, in whatever case', () => {
    const after = hard(
      record('columns', place('a', 'Ana@x'), place('b', 'ben@x'), place('c', 'ana@x')),
      'ana@x',
    )
    expect(shown(after)).toEqual([
      [null, 'good', 'Ana@x'],
      ['ben@x', 'good', null],
      [null, 'good', 'ana@x'],
    ])
    expect(after.bouncedAddress).toBe('Ana@x')
  })

  it('marks the row and leaves its address', () => {
    expect(shown(hard(record('table', place('1', 'ana@x'), place('2', 'ben@x')), 'ana@x'))).toEqual([
      ['ana@x', 'bounced', 'ana@x'],
      ['ben@x', 'good', null],
    ])
  })

  it('of a record that the CRM does not have moves its counts alone', () => {
    const absent = { ...record('columns'), present: false }
    const state = stateOf(absent, null)
    expect(state.isAbsent).toBe(true)
    expect(changed(absent, null, { ...state, emailBounced: true, hardBounces: 1 })).toEqual({
      ...absent,
      hardBounces: 1,
    })
  })
})

describe('an address that comes back', () => {
  const back = (from: MappedRecord, address: string) => {
    const result = withAddressBack(from, address)
    return 'conflict' in result ? result.conflict : shown(result.record)
  }
  const taken = (key: string, address: string | null, from: string) => place(key, address, { taken: from })
  it.each<[string, MappedRecord, unknown]>([
    [
      'goes where it was',
      record('columns', place('a', 'ben@x'), taken('b', null, 'ana@x')),
      [
        ['ben@x', 'good', null],
        ['ana@x', 'good', null],
      ],
    ],
    ['is there already', record('columns', taken('a', 'ANA@x', 'ana@x')), [['ANA@x', 'good', null]]],
    ['finds another', record('columns', taken('a', 'ben@x', 'ana@x')), 'ben@x'],
    [
      'goes into the first column when nobody knows',
      record('columns', taken('a', null, 'ben@x')),
      [['ana@x', 'good', 'ben@x']],
    ],
    [
      'and is refused there when it is full',
      record('columns', place('a', 'ben@x'), place('b', null)),
      'ben@x',
    ],
    [
      'loses its mark',
      record('table', place('1', 'ana@x', { standing: 'bounced', taken: 'ana@x' })),
      [['ana@x', 'good', null]],
    ],
    [
      'loses no mark of others',
      record('table', place('1', 'ana@x', { standing: 'other' })),
      [['ana@x', 'other', null]],
    ],
  ])('%s', (_, from, expected) => {
    expect(back(from, 'ana@x')).toEqual(expected)
  })
})

it('a new address takes the place of the current one, of a row of addresses none', () => {
  const columns = record('columns', place('a', null), place('b', 'ana@x'))
  expect(withAddress(columns, 'new@x')?.places.map(each => each.address)).toEqual([null, 'new@x'])
  expect(withAddress(record('table', place('1', 'ana@x')), 'new@x')).toBeNull()
})

it('notices what people did: the flag unchecked, or where there is none the mark cleared', () => {
  const cleared = record('table', place('1', 'ana@x', { taken: 'ana@x' }))
  expect(noticed(cleared, null)).toMatchObject({ isReset: true, record: { places: [{ taken: null }] } })
  expect(noticed(cleared, { ours: true, theirs: true })).toMatchObject({ isReset: false })
  expect(noticed(cleared, { ours: true, theirs: false }).isReset).toBe(true)
  const columns = record('columns', place('a', 'new@x', { taken: 'ana@x' }))
  expect(noticed(columns, null)).toEqual({ record: columns, isReset: false })
})
