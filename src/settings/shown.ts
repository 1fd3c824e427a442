// The settings in force as one would write them, for the page of settings.

import { thresholdName } from '../crm/thresholds.ts'
import { type Category, categoryNames } from '../model/categories.ts'
import { networkName } from '../model/network.ts'
import type { Config } from './config.ts'
import { settings } from './table.ts'

export interface ShownSetting {
  readonly name: string
  /** As it would be written; empty: not set. */
  readonly value: string
  readonly help: string
}

/** Every setting but those that hold a secret, in the order of the table. */
export function shownSettings(config: Config): readonly ShownSetting[] {
  return settings
    .filter(row => !('secret' in row))
    .map(({ name, key, help, fallback }) => ({ name, help, value: written(key, config, fallback) }))
}

function written(key: keyof Config, config: Config, fallback: string | null): string {
  if (key === 'thresholds') return writtenThresholds(config)
  if (key === 'trustedNetworks') return config.trustedNetworks.map(networkName).join(', ') || 'none'
  if (key === 'maxMessageBytes' || key === 'maxKeptBytes') return writtenSize(config[key])
  const value = config[key]
  // Null is a value of its own where `forever` can be written.
  if (value === null) return fallback === 'forever' || key === 'keepNoiseDays' ? 'forever' : ''
  return Array.isArray(value) ? value.join(', ') : String(value)
}

function writtenThresholds({ thresholds }: Config): string {
  const rows = categoryNames.flatMap((category: Category) => {
    const threshold = thresholds[category]
    return threshold === undefined ? [] : [thresholdName(category, threshold)]
  })
  return rows.join(', ') || 'off'
}

/** 52428800 as `50 MB`; bytes where no unit fits. */
function writtenSize(bytes: number): string {
  if (bytes % 2 ** 20 === 0) return `${bytes / 2 ** 20} MB`
  return bytes % 2 ** 10 === 0 ? `${bytes / 2 ** 10} KB` : String(bytes)
}
