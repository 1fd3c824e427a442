// The canary: a return path that only the doctor knows, and whether a bounce to it was recorded.

import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { canaryModule } from '../model/canary.ts'
import type { DoctorFinding } from '../model/doctor-finding.ts'
import type { Config } from '../settings/config.ts'
import { hasSecret } from '../settings/secret.ts'
import { pendingMigrations } from '../store/database/migrate.ts'
import { openStore, type Store } from '../store/database/open.ts'
import { sqliteFile } from '../store/database/sqlite-file.ts'
import { createStoredPaths } from '../store/tables/return-paths.ts'
import { databaseName } from '../store/upkeep/health.ts'
import { unusable } from './database.ts'
import { fault, ok } from './finding.ts'

export interface CanaryOptions {
  /** Sends a bounce to this return path; answers what the server said, and whether it took it. */
  readonly send: (returnPath: string) => Promise<{ readonly taken: boolean; readonly response: string }>
  /** A random return path at our domain, as minting makes it. */
  readonly address: (random: Uint8Array) => string
  /** The mail server that it was sent to, for people. */
  readonly target: string
  readonly waitMs?: number
}

const pollMs = 100
const randomBytesOfPath = 12

/** Sends it and waits until it is recorded. Nothing of it stays in the database. */
export async function sendCanary(config: Config, options: CanaryOptions): Promise<DoctorFinding> {
  const check = `canary through ${options.target}`
  const { databaseUrl: url } = config
  const file = url.startsWith('sqlite:') ? sqliteFile(url) : null
  const isNew = !hasSecret(config) || (file !== null && !existsSync(file))
  // It makes neither secret nor tables: those of a backup may be on their way.
  const early = fault(
    check,
    'was not sent: no server has run with these settings yet',
    'Start a server first.',
  )
  if (isNew) return early
  const store = openStore({ url })
  try {
    return (await pendingMigrations(store)).length > 0 ? early : await fly(store, check, options)
  } catch (error) {
    return { ...unusable(databaseName(url), error), check }
  } finally {
    await store.close()
  }
}

async function fly(
  store: Store,
  check: string,
  { send, address, waitMs = 30_000 }: CanaryOptions,
): Promise<DoctorFinding> {
  const path = address(randomBytes(randomBytesOfPath))
  const token = path.slice(0, path.lastIndexOf('@'))
  const started = performance.now()
  const mine = () => store.knex('rebound_bounces').where({ module: canaryModule, record_id: token })
  try {
    const paths = createStoredPaths(store)
    const ref = { module: canaryModule, recordId: token, campaign: null, mailId: null, addressCheck: null }
    await paths.save([{ token, send: ref, issuedAt: new Date() }])
    const { taken, response } = await send(path)
    if (!taken)
      return fault(
        check,
        `was not taken: ${response}`,
        'Look at that server’s log; a bounce would be refused in the same way.',
      )
    while (performance.now() - started < waitMs) {
      const rows = (await mine().select('id')) as readonly unknown[]
      if (rows.length > 0)
        return ok(
          check,
          `came back as a recorded event after ${((performance.now() - started) / 1000).toFixed(1)} s`,
        )
      await pause(pollMs)
    }
    return fault(
      check,
      `was taken (${response}) and not recorded in ${Math.round(waitMs / 1000)} s`,
      'Another server answers there, or it uses another database: compare DATABASE_URL.',
    )
  } finally {
    for (const gone of [mine(), store.knex('rebound_return_paths').where({ token })])
      await gone.del().catch(() => {})
  }
}
