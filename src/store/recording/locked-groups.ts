// Groups in which somebody else holds a row: divided by record, they wait beside the queue and stop nobody.

import type { Patience } from '../database/failures.ts'
import { byRecord, type Group, waited } from './group.ts'

/** A group waited as long as mail can: somebody else has its record. */
export class RecordLocked extends Error {}

export interface LockedGroups {
  /** Those that wait, each of one record. */
  readonly groups: Group[]
  /** The groups to try now, of one in which a row is locked; one that cannot be divided waits, or has waited enough. */
  readonly divide: (group: Group, error: unknown) => readonly Group[]
  /** Refuses those that have waited as long as a sender should. */
  readonly refuseOverdue: () => void
  /** Until then (`performance.now()`) transactions do not wait for others' rows. */
  readonly cautiousUntil: () => number
}

/** Once a row was found locked, transactions do not wait for others' rows for this long: it may be one of the next too. */
const cautiousMs = 30_000

export function createLockedGroups(
  { conflictMs }: Patience,
  refuse: (group: Group, error: unknown) => void,
): LockedGroups {
  const groups: Group[] = []
  let cautiousUntil = 0
  const isOverdue = (group: Group): boolean => waited(group) >= conflictMs

  return {
    groups,
    divide: (group, error) => {
      cautiousUntil = performance.now() + cautiousMs
      const parts = byRecord(group)
      if (isOverdue(group)) refuse(group, error)
      else if (parts.length > 1) return parts
      else groups.push(...parts)
      return []
    },
    refuseOverdue: () => {
      const overdue = groups.filter(isOverdue)
      groups.splice(0, groups.length, ...groups.filter(group => !overdue.includes(group)))
      for (const group of overdue) refuse(group, new RecordLocked('Somebody else holds its record'))
    },
    cautiousUntil: () => cautiousUntil,
  }
}
