// The signing keys: does a server with this secret start on this database, and how old is the key?

import { usableKeys } from '../backend/signing.ts'
import { StartError } from '../backend/start-error.ts'
import { dayMs } from '../model/day.ts'
import type { DoctorFinding } from '../model/doctor-finding.ts'
import type { Config } from '../settings/config.ts'
import { hasSecret } from '../settings/secret.ts'
import type { Store } from '../store/database/open.ts'
import { type KnownKey, listKeys, mayHaveSigned } from '../store/tables/keys.ts'
import { fault, ok, unknown, warning } from './finding.ts'

const oldDays = 730

/** Makes no secret: that would stand in the way of the one that is restored. */
export async function examineKeys(
  store: Store,
  config: Config,
  now: Date,
): Promise<readonly DoctorFinding[]> {
  const known = await listKeys(store)
  return [matchOf(known, config, now), ageOf(known, now)]
}

function matchOf(known: readonly KnownKey[], config: Config, now: Date): DoctorFinding {
  const check = 'signing keys'
  let ours: readonly string[]
  try {
    ours = hasSecret(config) ? usableKeys(config).map(key => key.check) : []
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    return fault(check, error.faults.join('; '), 'Mend that: a server does not start with it.')
  }
  const lacked = known
    .filter(key => mayHaveSigned(key, { now, keepDays: config.returnPathDays }))
    .filter(key => !ours.includes(key.check))
  return lacked.length > 0
    ? fault(
        check,
        `${lacked.length} that signed return paths of this database ${lacked.length === 1 ? 'is' : 'are'} not among yours; a server does not start`,
        'Restore the secret that belongs to this database; `rebound keys list` shows its keys.',
      )
    : ok(check, 'all that signed return paths of this database are yours')
}

function ageOf(known: readonly KnownKey[], now: Date): DoctorFinding {
  const check = 'age of the signing key'
  const oldest = known.find(key => key.retiredAt === null)
  if (oldest === undefined) return unknown(check, 'no server has run with it yet')
  const days = Math.floor((now.getTime() - oldest.firstUsedAt.getTime()) / dayMs)
  return days > oldDays
    ? warning(
        check,
        `is ${days} days old`,
        'Put a new one in front of it in REBOUND_SECRET, and take the old one out when its paths have expired.',
      )
    : ok(check, `is ${days} days old`)
}
