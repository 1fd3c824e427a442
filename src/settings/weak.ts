// Settings that a start accepts, because servers that run have them, and warns of.

import type { Config } from './config.ts'
import { leastTokenCharacters } from './values.ts'

/** A sentence for each, with what to do; none shows a secret. */
export function weakSettings({ apiToken }: Pick<Config, 'apiToken'>): readonly string[] {
  if (apiToken === null || apiToken.length >= leastTokenCharacters) return []
  return [
    `REBOUND_API_TOKEN has fewer than ${leastTokenCharacters} characters and can be guessed: make one with openssl rand -hex 32`,
  ]
}
