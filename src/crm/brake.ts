// The brake on removals: which bounces of the last minutes are a sign of a fault on the sending side. Pure.
// Each sign needs many records of many domains, a return path counted once, so that nobody can stage one alone.

import type { SignKind } from '../model/incident.ts'

/** One bounce, as the brake looks at it. */
export interface Sighting {
  /** Epoch milliseconds. */
  readonly at: number
  readonly returnPath: string
  /** Module and id in one. */
  readonly record: string
  /** Of the recipient; null where nobody knows it. */
  readonly domain: string | null
  /** Whose mailboxes the domain holds; `other` for everybody else's. */
  readonly provider: string
  /** Who refused. */
  readonly host: string | null
  readonly campaign: string | null
  readonly isHard: boolean
  /** The sender is at fault. */
  readonly isBlock: boolean
}

/** What is true at the moment: who shows it, and how many are concerned. */
export interface Sign {
  readonly sign: SignKind
  readonly subject: string
  readonly records: number
  readonly domains: number
}

/** What the brake asks about the world. */
export interface BrakePorts {
  /** Is it a mail server of a known provider? */
  readonly isProviders: (host: string) => boolean
  /** Blocks from a provider that are usual in the time of a window. */
  readonly usualBlocks: (provider: string) => number
}

/** How long the brake looks back. */
export const windowMs = 10 * 60_000
/** An incident ends so long after its last sign, and its beginning reaches back as far. */
export const lastsMs = 3_600_000

const least = { records: 20, domains: 10 } as const
/** A provider with few domains of its own needs more records instead. */
const recordsOfOneProvider = 50
/**
 * A host that refuses everybody is a wrong smarthost, where a hoster refuses its own dead mailboxes: it tells most of the
 * hard bounces, or refuses addresses of providers that have servers of their own.
 */
const shareOfHost = 0.5
const foreignRecords = 3
const blockFactor = 10
/** Of each subject so many of the newest are remembered, and of all. */
const mostOfOne = 2_000
const mostOfAll = 20_000

/** A campaign is a sign when more of it than that came back hard. */
export function isBadCampaign({ sent, hard }: { readonly sent: number; readonly hard: number }): boolean {
  return sent >= 200 && hard / sent > 0.3
}

/** Does an incident of this sign concern the bounce, so that it may not remove an address? */
export function concerns(
  { sign, subject }: Pick<Sign, 'sign' | 'subject'>,
  { host, campaign, provider, isHard }: Pick<Sighting, 'host' | 'campaign' | 'provider' | 'isHard'>,
): boolean {
  if (sign === 'host') return isHard && host === subject
  return (sign === 'campaign' ? campaign : provider) === subject
}

export interface BrakeWindow {
  readonly add: (sighting: Sighting) => void
  /** What was seen of it until then was decided upon: only what comes later is a sign. `until`: epoch milliseconds. */
  readonly settled: (of: Pick<Sign, 'sign' | 'subject'>, until: number) => void
  /**
   * The signs of those subjects that were seen since the last call. A campaign is only a candidate: `isBadCampaign` says more.
   * @param now epoch milliseconds
   */
  readonly signs: (now: number) => readonly Sign[]
}

export function openWindow(ports: BrakePorts): BrakeWindow {
  const bySubject = new Map<string, Map<string, Sighting>>()
  const hards = new Map<string, Sighting>()
  const seen = new Set<string>()

  const remember = (all: Map<string, Sighting>, most: number, sighting: Sighting): void => {
    if (!all.has(sighting.returnPath)) all.set(sighting.returnPath, sighting)
    if (all.size > most) all.delete(all.keys().next().value ?? '')
  }
  const note = (sign: SignKind, subject: string, sighting: Sighting): void => {
    const key = `${sign} ${subject}`
    const all = bySubject.get(key) ?? new Map<string, Sighting>()
    bySubject.set(key, all)
    remember(all, mostOfOne, sighting)
    seen.add(key)
  }
  /** In the order in which they came, the oldest first. */
  const forgetOld = (all: Map<string, Sighting>, now: number): void => {
    for (const [path, { at }] of all) {
      if (at > now - windowMs) break
      all.delete(path)
    }
  }

  const signOf = (key: string, all: ReadonlyMap<string, Sighting>): Sign | null => {
    const space = key.indexOf(' ')
    const sign = key.slice(0, space) as SignKind
    const subject = key.slice(space + 1)
    const records = new Set([...all.values()].map(({ record }) => record)).size
    const domains = new Set([...all.values()].flatMap(({ domain }) => domain ?? [])).size
    if (records < least.records) return null
    const found = { sign, subject, records, domains }
    if (sign === 'provider') {
      const isMany = domains >= least.domains || records >= recordsOfOneProvider
      return isMany && records >= blockFactor * Math.max(1, ports.usualBlocks(subject)) ? found : null
    }
    if (domains < least.domains) return null
    if (sign === 'campaign') return found
    const foreign = new Set(
      [...all.values()].filter(({ provider }) => provider !== 'other').map(({ record }) => record),
    ).size
    return foreign >= foreignRecords || all.size >= shareOfHost * hards.size ? found : null
  }

  return {
    add: sighting => {
      const { isHard, isBlock, host, campaign, provider } = sighting
      if (isHard) {
        remember(hards, mostOfAll, sighting)
        if (host !== null && !ports.isProviders(host)) note('host', host, sighting)
        if (campaign !== null) note('campaign', campaign, sighting)
      }
      if (isBlock && provider !== 'other') note('provider', provider, sighting)
    },
    settled: ({ sign, subject }, until) => {
      const all = bySubject.get(`${sign} ${subject}`) ?? new Map<string, Sighting>()
      for (const [path, { at }] of all) {
        if (at > until) continue
        all.delete(path)
        hards.delete(path)
      }
    },
    signs: now => {
      forgetOld(hards, now)
      const found: Sign[] = []
      for (const [key, all] of bySubject) {
        forgetOld(all, now)
        if (all.size === 0) bySubject.delete(key)
        const sign = seen.has(key) ? signOf(key, all) : null
        if (sign !== null) found.push(sign)
      }
      seen.clear()
      return found
    },
  }
}
