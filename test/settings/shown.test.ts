// What the page of settings shows can be written as a setting, and means the same.

import { describe, expect, test } from 'vitest'
import { readConfig } from '../../src/settings/read.ts'
import { type ShownSetting, shownSettings } from '../../src/settings/shown.ts'
import { settings } from '../../src/settings/table.ts'

function configOf(environment: Record<string, string>) {
  const result = readConfig(environment)
  if (!result.ok) throw new Error(result.faults.join('\n'))
  return result.config
}

const shown = (environment: Record<string, string> = {}): readonly ShownSetting[] =>
  shownSettings(configOf(environment))
const valueIn = (name: string, environment: Record<string, string> = {}): string | undefined =>
  shown(environment).find(row => row.name === name)?.value

describe('shown settings', () => {
  test.each([
    {},
    {
      REBOUND_THRESHOLDS: 'off',
      REBOUND_TRUSTED_NETWORKS: 'none',
      REBOUND_KEEP_NOISE_DAYS: 'forever',
      REBOUND_MAX_MESSAGE_BYTES: '70000',
    },
    {
      REBOUND_THRESHOLDS: 'expired=4/20d, mailbox-full=5/30d',
      REBOUND_TRUSTED_NETWORKS: '192.0.2.0/24, 2001:db8::/32, 192.0.2.7, ::1',
      REBOUND_MAX_MESSAGE_BYTES: '100 KB',
      REBOUND_KEEP_DAYS: '365',
      REBOUND_DOMAINS: 'bounces.crm.example, b.crm.example',
    },
  ])('are the settings again when they are written, case %#', environment => {
    const again = Object.fromEntries(
      shown(environment).flatMap(({ name, value }) => (value === '' ? [] : [[name, value]])),
    )
    const secret = Object.fromEntries(
      settings.filter(row => 'secret' in row).map(({ key }) => [key, expect.anything()]),
    )
    expect({ ...configOf(again), ...secret }).toEqual({ ...configOf(environment), ...secret })
  })

  test('are words for people', () => {
    expect(valueIn('REBOUND_MAX_MESSAGE_BYTES')).toBe('50 MB')
    expect(valueIn('REBOUND_KEEP_DAYS')).toBe('forever')
    expect(valueIn('REBOUND_TRUSTED_NETWORKS')).toBe('127.0.0.0/8, ::1')
    expect(valueIn('REBOUND_THRESHOLDS', { REBOUND_THRESHOLDS: 'expired=4/20d' })).toBe('expired=4/20d')
    expect(shown().filter(({ value }) => /[{[]object|[{}]/.test(value))).toEqual([])
  })

  test('hold no secret', () => {
    const environment = { REBOUND_API_TOKEN: 'a-token-that-nobody-guesses-0123456789' }
    expect(JSON.stringify(shown(environment))).not.toContain(environment.REBOUND_API_TOKEN)
  })
})
