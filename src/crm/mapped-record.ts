// A record of the CRM's own tables as the effects see it: which of its addresses an event is about, and what
// becomes of it. Pure.

import { normalAddress } from '../model/address.ts'
import type { AddressTest } from '../model/event.ts'
import type { RecordState } from './effects.ts'

/** One address of a record: a column of it, or a row of the table of addresses. */
export interface AddressPlace {
  /** The column's name, or the id of the row. */
  readonly key: string
  readonly address: string | null
  /**
   * `bounced`: marked as such. `other`: out of use for a reason that is not ours. A column is `good`, or `other` where
   * the record has no row for it.
   */
  readonly standing: 'good' | 'bounced' | 'other'
  /** The address that a hard bounce of this very record took from here. */
  readonly taken: string | null
  /** That mark was cleared by somebody since; one that is there now is another record's. */
  readonly hasLapsed?: true
}

export interface MappedRecord {
  readonly kind: 'columns' | 'table'
  /** False: the CRM has no such record. Its bounces are counted, and nothing else. */
  readonly present: boolean
  readonly places: readonly AddressPlace[]
  readonly emailBounced: boolean
  readonly bouncedAddress: string | null
  readonly hardBounces: number
  readonly softBounces: number
  readonly lastBounceAt: number | null
  /** Epoch milliseconds. */
  readonly resetAt: number | null
  readonly aliveAt: number | null
  readonly complaints: number
  readonly lastComplaintAt: number | null
  /** Its opt-out in the CRM is to be set, and that of the addresses in these places. */
  readonly optsOut?: readonly string[]
}

/** The record as one event sees it: `email` is the address that the event is about, where the record has it. */
export function stateOf(record: MappedRecord, isOurs: AddressTest | null): RecordState {
  const { emailBounced, bouncedAddress } = record
  const email = record.places[concerned(record, isOurs)[0] ?? -1]?.address ?? null
  const state = { email, emailBounced, bouncedAddress, ...countsIn(record) }
  return record.present ? state : { ...state, isAbsent: true }
}

/** What Rebound counts of a record, in whatever tables it is. */
function countsIn(of: MappedRecord | RecordState) {
  const { hardBounces, softBounces, lastBounceAt, complaints, lastComplaintAt } = of
  return { hardBounces, softBounces, lastBounceAt, complaints, lastComplaintAt }
}

/** The record after an event that saw it by `isOurs` and made `next` of it. */
export function changed(record: MappedRecord, isOurs: AddressTest | null, next: RecordState): MappedRecord {
  const { emailBounced, bouncedAddress } = next
  const counted = { ...record, ...countsIn(next) }
  if (!record.present) return counted
  if (next.optsOut) {
    const places = concerned(record, isOurs).flatMap(at => record.places[at]?.key ?? [])
    return { ...counted, optsOut: [...(record.optsOut ?? []), ...places] }
  }
  const gone = next.email === null ? concerned(record, isOurs) : []
  const places = record.places.map((place, at) => (gone.includes(at) ? taken(record, place) : place))
  return { ...counted, emailBounced, bouncedAddress, places }
}

/**
 * Puts an address back where a bounce took it from.
 * @returns the record, or the address that stands there by now.
 */
export function withAddressBack(
  record: MappedRecord,
  address: string,
): { readonly record: MappedRecord } | { readonly conflict: string } {
  const from = record.places.filter(place => sameAddress(place.taken, address))
  if (record.kind === 'columns') {
    const usable = record.places.filter(place => place.standing === 'good')
    const there = usable.filter(place => from.includes(place))
    const targets = there.length > 0 ? there : usable.slice(0, 1)
    const other = targets.find(place => place.address !== null && !sameAddress(place.address, address))
    if (other?.address) return { conflict: other.address }
    // Where a later bounce took another address, that one may come back too, and is refused then.
    const restored = (place: AddressPlace): AddressPlace =>
      from.includes(place)
        ? { ...place, address: place.address ?? place.taken, taken: null }
        : { ...place, address: place.address ?? address }
    const back = replaced(record, targets, restored)
    // Of a column that is no longer mapped nothing is left to give back.
    const gone = from.filter(place => !there.includes(place))
    return { record: replaced(back, gone, place => ({ ...place, taken: null })) }
  }
  // The mark of its bounce goes in any case, also from a row that is no longer the record's.
  const usable = record.places.find(place => place.address !== null && place.standing === 'good')
  const isThere = record.places.some(place => sameAddress(place.address, address))
  if (usable?.address && from.length === 0 && !isThere) return { conflict: usable.address }
  return {
    record: replaced(record, from, place => ({
      ...place,
      standing: place.standing === 'bounced' ? 'good' : place.standing,
      taken: null,
    })),
  }
}

/** A new address in place of the current one; null where addresses have a table of their own, which we do not fill. */
export function withAddress(record: MappedRecord, email: string | null): MappedRecord | null {
  if (record.kind !== 'columns') return null
  const first = record.places.findIndex(place => place.standing === 'good')
  const at = concerned(record, null)[0] ?? Math.max(0, first)
  const places = record.places.map((place, index) => (index === at ? { ...place, address: email } : place))
  return { ...record, places }
}

/** The flag clears and the counts begin anew. */
export function reset(record: MappedRecord, at: number): MappedRecord {
  return { ...record, emailBounced: false, hardBounces: 0, softBounces: 0, resetAt: at }
}

/**
 * What somebody did in the CRM since we last wrote: a mark that is gone there is gone for us.
 * @param flag what we wrote last, and what stands there; null when the flag is kept by us alone
 * @returns `isReset` when they unchecked the flag or, where the CRM has none, cleared the mark of the address
 */
export function noticed(
  record: MappedRecord,
  flag: { readonly ours: boolean; readonly theirs: boolean } | null,
): { readonly record: MappedRecord; readonly isReset: boolean } {
  const cleared = record.places.filter(
    place =>
      record.kind === 'table' && place.taken !== null && (place.standing === 'good' || place.hasLapsed),
  )
  // What becomes of a row that is no longer the record's says nothing of the record.
  const isReset = flag ? flag.ours && !flag.theirs : cleared.some(place => place.address !== null)
  const withoutHold = ({ key, address, standing }: AddressPlace): AddressPlace => ({
    key,
    address,
    standing,
    taken: null,
  })
  return { record: replaced(record, cleared, withoutHold), isReset }
}

export function sameAddress(a: string | null, b: string | null): boolean {
  return a !== null && b !== null && normalAddress(a.toLowerCase()) === normalAddress(b.toLowerCase())
}

/** Where the address that an event is about stands: those that it was sent to, else the record's first. */
function concerned({ places }: MappedRecord, isOurs: AddressTest | null): readonly number[] {
  const indexes = [...places.keys()]
  const address = (at: number): string | null => places[at]?.address ?? null
  if (isOurs) {
    // Marked for another record that shares it: this record has not yet been told.
    const ours = indexes.filter(at => {
      const place = places[at]
      if (!place?.address || !isOurs(place.address)) return false
      return place.standing === 'good' || (place.standing === 'bounced' && place.taken === null)
    })
    if (ours.length > 0) return ours
  }
  const usable = indexes.filter(at => address(at) !== null && places[at]?.standing === 'good')
  const first = usable[0]
  return first === undefined ? [] : usable.filter(at => sameAddress(address(at), address(first)))
}

function taken(record: MappedRecord, place: AddressPlace): AddressPlace {
  if (record.kind === 'columns') return { ...place, address: null, taken: place.address }
  return { ...place, standing: 'bounced', taken: place.address }
}

function replaced(
  record: MappedRecord,
  some: readonly AddressPlace[],
  change: (place: AddressPlace) => AddressPlace,
): MappedRecord {
  if (some.length === 0) return record
  return { ...record, places: record.places.map(place => (some.includes(place) ? change(place) : place)) }
}
