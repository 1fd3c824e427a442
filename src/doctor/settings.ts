// The settings: are secrets strong, is anything open that should not be, does what is set make sense?

import type { DoctorFinding } from '../model/doctor-finding.ts'
import type { Config } from '../settings/config.ts'
import { hasSecret } from '../settings/secret.ts'
import { fault, ok, warning } from './finding.ts'

/** Bits of a text by the frequency of its characters, at most. Of 32 random bytes in hex about 250. */
export function entropyBits(text: string): number {
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  const length = [...text].length
  let bits = 0
  for (const count of counts.values()) bits -= count * Math.log2(count / length)
  return bits
}

const leastBits = 80

function secretWords(config: Config): string {
  if (config.secrets.length > 0) return 'is strong'
  return hasSecret(config)
    ? 'is kept in the data directory'
    : 'is not set; the first start makes one in the data directory'
}

const hasToken = ({ apiToken, apiTokens, readTokens, tokensFile }: Config): boolean =>
  apiToken !== null || tokensFile !== null || apiTokens.length + readTokens.length > 0

/** Every token of the settings; those of a file are read by the server alone. */
function tokensOf(config: Config): readonly DoctorFinding[] {
  const { apiToken, apiTokens, readTokens } = config
  if (!hasToken(config)) return [ok('REBOUND_API_TOKEN', 'is not set: HTTP serves this machine alone')]
  const named = (check: string, tokens: Config['apiTokens']) =>
    tokens.map(({ name, token }) => [`${check} of ${name}`, token] as const)
  const all = [
    ...(apiToken === null ? [] : [['REBOUND_API_TOKEN', apiToken] as const]),
    ...named('REBOUND_API_TOKENS', apiTokens),
    ...named('REBOUND_READ_TOKENS', readTokens),
  ]
  return all.map(([check, token]) =>
    entropyBits(token) < leastBits
      ? fault(check, 'can be guessed', 'Make one with: openssl rand -hex 32')
      : ok(check, 'is strong'),
  )
}

export function examineSettings(config: Config): readonly DoctorFinding[] {
  const findings: DoctorFinding[] = []
  const weak = config.secrets.filter(secret => entropyBits(secret) < leastBits).length
  findings.push(
    weak > 0
      ? fault(
          'REBOUND_SECRET',
          'can be guessed',
          'Put one from `openssl rand -hex 32` in front of it, and keep the old one until its paths have expired.',
        )
      : ok('REBOUND_SECRET', secretWords(config)),
  )
  findings.push(...tokensOf(config))
  if (hasToken(config) && config.metrics === 'open')
    findings.push(
      warning(
        'REBOUND_METRICS',
        'everyone who reaches the HTTP port may read the metrics',
        'Set REBOUND_METRICS=token.',
      ),
    )
  if (config.trustLegacy === 'remove')
    findings.push(
      warning(
        'REBOUND_TRUST_LEGACY',
        'anybody who knows an address can have it removed',
        'Set it to no once all mail has signed paths.',
      ),
    )
  findings.push(
    config.brake === 'on'
      ? ok('REBOUND_BRAKE', 'is on')
      : warning(
          'REBOUND_BRAKE',
          'is off: a wrong smarthost takes every address that it refuses',
          'Set it to on.',
        ),
  )
  const thresholds = Object.entries(config.thresholds).map(
    ([name, { bounces, days }]) => `${name}=${bounces}/${days}d`,
  )
  findings.push(
    thresholds.length > 0
      ? ok('REBOUND_THRESHOLDS', thresholds.join(', '))
      : warning('REBOUND_THRESHOLDS', 'is off: a mailbox that stays full for months is mailed for ever'),
  )
  return findings
}
