// The keys that sign return paths, and the return paths of these settings.

import { createReturnPaths, type ReturnPaths } from '../return-path/codec.ts'
import { type SigningKey, signingKeys } from '../return-path/keys.ts'
import type { Config } from '../settings/config.ts'
import { DataDirError, signingSecrets } from '../settings/secret.ts'
import { StartError } from './start-error.ts'

/** The keys of the settings, or of the data directory, newest first. Throws StartError. */
export function usableKeys(config: Config): readonly SigningKey[] {
  try {
    return signingKeys(signingSecrets(config))
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new StartError([error instanceof DataDirError ? message : `REBOUND_SECRET: ${message}`])
  }
}

export function returnPathsOf(
  config: Config,
  keys: readonly SigningKey[],
  modules: readonly string[],
): ReturnPaths {
  return createReturnPaths({
    keys,
    domains: config.domains,
    days: config.returnPathDays,
    modules,
    inbox: config.inbox,
    unsigned: config.unsigned,
    legacy: config.legacy,
  })
}

/** A return path that leads to no record: only the database knows what it is. */
export function canaryAddress(config: Config, random: Uint8Array): string {
  return returnPathsOf(config, usableKeys(config), []).storedAddress(random)
}
