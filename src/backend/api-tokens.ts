// The tokens of the settings and of a file, which is read again when it changes: tokens rotate without a restart.

import { readFileSync, statSync } from 'node:fs'
import type { ApiToken } from '../model/api-token.ts'
import type { Config } from '../settings/config.ts'
import { namedToken, SettingError } from '../settings/values.ts'

type TokenSettings = Pick<Config, 'apiTokens' | 'readTokens' | 'tokensFile'>

/** How often the file is looked at, at the most. */
const lookEveryMs = 1_000

export interface TokenWatch {
  /** Called when the file cannot be read or holds a faulty line: what it held before stays valid. */
  readonly onFault: (fault: string) => void
  /** Milliseconds that never go back. */
  readonly now?: () => number
}

/** Those valid at the moment beside REBOUND_API_TOKEN; undefined where there are no others. */
export function apiTokens(
  { apiTokens, readTokens, tokensFile }: TokenSettings,
  { onFault, now = () => performance.now() }: TokenWatch,
): (() => readonly ApiToken[]) | undefined {
  const named = [
    ...apiTokens.map(each => ({ ...each, isReader: false })),
    ...readTokens.map(each => ({ ...each, isReader: true })),
  ]
  if (tokensFile === null) return named.length === 0 ? undefined : () => named
  let all: readonly ApiToken[] = named
  let seen = ''
  let lookAgainAt = Number.NEGATIVE_INFINITY
  const tokens = (): readonly ApiToken[] => {
    if (now() < lookAgainAt) return all
    lookAgainAt = now() + lookEveryMs
    try {
      const { ino, size, mtimeMs } = statSync(tokensFile)
      const state = `${ino} ${size} ${mtimeMs}`
      if (state === seen) return all
      all = [...named, ...tokensOf(readFileSync(tokensFile, 'utf8'))]
      seen = state
    } catch (error) {
      onFault(`REBOUND_TOKENS_FILE: ${error instanceof Error ? error.message : String(error)}`)
    }
    return all
  }
  // A file that cannot be read is told at the start, not at the first request.
  tokens()
  return tokens
}

/** One token a line, `name:token`, with ` read` behind it for one that changes nothing; `#` begins a comment. */
export function tokensOf(text: string): readonly ApiToken[] {
  return text.split(/\r?\n/).flatMap((line, at) => {
    const trimmed = line.trim()
    if (trimmed === '' || trimmed.startsWith('#')) return []
    const isReader = / read$/.test(trimmed)
    try {
      return [{ ...namedToken(isReader ? trimmed.slice(0, -' read'.length).trim() : trimmed), isReader }]
    } catch (error) {
      if (!(error instanceof SettingError)) throw error
      throw new Error(`line ${at + 1}: ${error.message}`)
    }
  })
}
