// Reads the settings out of an environment: every fault at once, each with what to write instead.

import { nearest } from '../model/spelling.ts'
import { combinationFaults } from './combinations.ts'
import type { Config } from './config.ts'
import { settings } from './table.ts'
import { SettingError } from './values.ts'

/** Names that tests and orchestrators set for their own use (Docker links, Kubernetes services). */
const leftAlone = /^REBOUND_(TEST_.*|SERVICE_.*|PORT|PORT_.*)$/

export type ConfigResult =
  | { readonly ok: true; readonly config: Config }
  | {
      readonly ok: false
      readonly faults: readonly string[]
      /** The settings that could be read, so that the caller can look for more faults. */
      readonly readable: Partial<Config>
    }

/**
 * Reads the settings out of an environment.
 * @returns the configuration, or every fault at once, each with what to write instead.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): ConfigResult {
  const faults: string[] = []
  const values: Record<string, unknown> = {}
  for (const row of settings) {
    const given = environment[row.name]?.trim()
    const text = given === undefined || given === '' ? fallbackOf(row, values) : given
    if (text === null) {
      values[row.key] = listKeys.has(row.key) ? [] : null
      continue
    }
    try {
      values[row.key] = row.parse(text)
    } catch (error) {
      if (!(error instanceof SettingError)) throw error
      const shown = 'secret' in row ? '' : ` is "${text}"`
      faults.push(`${row.name}${shown}: ${error.message}`)
    }
  }
  for (const name of Object.keys(environment)) {
    if (!name.startsWith('REBOUND_') || leftAlone.test(name) || settings.some(row => row.name === name))
      continue
    faults.push(
      `${name}: there is no such setting; did you mean ${nearest(
        name,
        settings.map(row => row.name),
      )}?`,
    )
  }
  // A default is not refused: where fewer days are kept, it is never reached.
  const given = environment.REBOUND_THRESHOLDS?.trim() ? values : { ...values, thresholds: {} }
  faults.push(...combinationFaults(given as Partial<Config>))
  if (faults.length > 0) return { ok: false, faults, readable: values as Partial<Config> }
  return { ok: true, config: values as unknown as Config }
}

/** What is empty where it is not set. */
const listKeys: ReadonlySet<string> = new Set(['secrets', 'webhookSecrets', 'apiTokens', 'readTokens'])

/** The database lives in the data directory unless DATABASE_URL says otherwise. */
function fallbackOf(row: (typeof settings)[number], values: Record<string, unknown>): string | null {
  return row.key === 'databaseUrl' ? `sqlite:${values.dataDir ?? './data'}/rebound.sqlite` : row.fallback
}
