// What the big providers and filters mean by their own codes and texts, one JSON file each, and which domains are theirs.

import { createRequire } from 'node:module'
import { LRUCache } from 'lru-cache'
import type { Category } from '../model/categories.ts'
import { filesOf } from './files.ts'
import type { Stage } from './stages.ts'

/** One reading of a provider's refusal; every condition that is given must hold. */
export interface ProviderRow {
  /** `provider/name`, unique. */
  readonly id: string
  readonly status?: readonly string[]
  readonly replyCode?: readonly number[]
  /** Any of these plain lower-cased substrings. */
  readonly texts?: readonly string[]
  /** Does not hold where this command was refused. */
  readonly notAt?: Stage
  readonly category: Category
  readonly source: string
  readonly examples: readonly ProviderExample[]
}

export interface ProviderExample {
  readonly diagnostic: string
  readonly status?: string
  readonly remoteMta?: string
}

export interface Provider {
  readonly name: ProviderName
  readonly title: string
  /** Registrable domains of its mailboxes. */
  readonly domains: readonly string[]
  /** Names it owns under every suffix: `yahoo` for yahoo.com, yahoo.co.uk, … */
  readonly brands: readonly string[]
  /** Domains of its mail servers. */
  readonly hosts: readonly string[]
  /** Words in a refusal that only it writes. */
  readonly marks: readonly string[]
  readonly rows: readonly ProviderRow[]
}

/** Where two would do, the first counts. */
const names = [
  'google',
  'microsoft',
  'yahoo',
  'apple',
  'gmx',
  'mailru',
  'yandex',
  'qq',
  'netease',
  'comcast',
  'cox',
  'att',
  'zoho',
  'orange',
  'laposte',
  'docomo',
  'au',
  'softbank',
  'spectrum',
  'tonline',
  'godaddy',
  'mimecast',
  'messagelabs',
  'proofpoint',
  'cisco',
  'barracuda',
  'sendmail',
] as const

/** A closed set: it is a label of the metrics. */
export type ProviderName = (typeof names)[number] | 'other'

export const providers: readonly Provider[] = Object.entries(
  filesOf<ProviderName, Omit<Provider, 'name'>>('providers', names),
).map(([name, file]) => ({ ...file, name: name as ProviderName }))

const byDomain = new Map(
  providers.flatMap(provider => provider.domains.map(domain => [domain, provider.name])),
)
const byBrand = new Map(providers.flatMap(provider => provider.brands.map(brand => [brand, provider.name])))
const byHost = new Map(providers.flatMap(provider => provider.hosts.map(host => [host, provider.name])))

const require = createRequire(import.meta.url)
let loaded: typeof import('tldts') | undefined

/**
 * 200 kB of suffixes, loaded when a domain is first asked about. Required: to import a CommonJS module, Node first reads
 * it for names.
 */
function suffixes(): typeof import('tldts') {
  loaded ??= require('tldts') as typeof import('tldts')
  return loaded
}

interface Domain {
  /** Null for a bare suffix. */
  readonly registrable: string | null
  /** The same without its suffix. */
  readonly name: string
}

/** The domains of a campaign's bounces come again and again. */
const domains = new LRUCache<string, Domain>({ max: 2000 })

function domainOf(host: string): Domain {
  let domain = domains.get(host)
  if (domain === undefined) {
    const { getDomain, getDomainWithoutSuffix } = suffixes()
    domain = { registrable: getDomain(host), name: getDomainWithoutSuffix(host) ?? '' }
    // No host name is longer (RFC 1035 §2.3.4).
    if (host.length <= 255) domains.set(host, domain)
  }
  return domain
}

/** The domain that somebody registered, `crm.example` of `bounces.crm.example`; null for a bare suffix. Never throws. */
export function registrableDomain(host: string): string | null {
  return domainOf(host).registrable
}

/** Whose mailboxes a domain (or host below it) holds; `other` for everybody else's. Never throws. */
export function providerOfDomain(domain: string): ProviderName {
  const { registrable, name } = domainOf(domain)
  if (registrable === null) return 'other'
  return byDomain.get(registrable) ?? byBrand.get(name) ?? 'other'
}

/** Patterns of SQL's `like` for the addresses of a provider's mailboxes, in lower case; none for `other`. */
export function addressPatterns(provider: string): readonly string[] {
  const { domains = [], brands = [] } = providers.find(({ name }) => name === provider) ?? {}
  return [...domains, ...brands.map(brand => `${brand}.%`)].flatMap(domain => [
    `%@${domain}`,
    `%@%.${domain}`,
  ])
}

/** Whose mail server a host name is; null for an unknown one. */
export function providerOfHost(host: string): ProviderName | null {
  let name = host.toLowerCase()
  while (name !== '') {
    const found = byHost.get(name)
    if (found !== undefined) return found
    const dot = name.indexOf('.')
    name = dot < 0 ? '' : name.slice(dot + 1)
  }
  return null
}
