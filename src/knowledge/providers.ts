// What the big providers and filters mean by their own codes and texts, one JSON file each, and which domains are theirs.

import { LRUCache } from 'lru-cache'
import { getDomain, getDomainWithoutSuffix } from 'tldts'
import type { Category } from '../model/categories.ts'
import apple from './providers/apple.json' with { type: 'json' }
import att from './providers/att.json' with { type: 'json' }
import au from './providers/au.json' with { type: 'json' }
import barracuda from './providers/barracuda.json' with { type: 'json' }
import cisco from './providers/cisco.json' with { type: 'json' }
import comcast from './providers/comcast.json' with { type: 'json' }
import cox from './providers/cox.json' with { type: 'json' }
import docomo from './providers/docomo.json' with { type: 'json' }
import gmx from './providers/gmx.json' with { type: 'json' }
import godaddy from './providers/godaddy.json' with { type: 'json' }
import google from './providers/google.json' with { type: 'json' }
import laposte from './providers/laposte.json' with { type: 'json' }
import mailru from './providers/mailru.json' with { type: 'json' }
import messagelabs from './providers/messagelabs.json' with { type: 'json' }
import microsoft from './providers/microsoft.json' with { type: 'json' }
import mimecast from './providers/mimecast.json' with { type: 'json' }
import netease from './providers/netease.json' with { type: 'json' }
import orange from './providers/orange.json' with { type: 'json' }
import proofpoint from './providers/proofpoint.json' with { type: 'json' }
import qq from './providers/qq.json' with { type: 'json' }
import sendmail from './providers/sendmail.json' with { type: 'json' }
import softbank from './providers/softbank.json' with { type: 'json' }
import spectrum from './providers/spectrum.json' with { type: 'json' }
import tonline from './providers/tonline.json' with { type: 'json' }
import yahoo from './providers/yahoo.json' with { type: 'json' }
import yandex from './providers/yandex.json' with { type: 'json' }
import zoho from './providers/zoho.json' with { type: 'json' }

/** One reading of a provider's refusal; every condition that is given must hold. */
export interface ProviderRow {
  /** `provider/name`, unique. */
  readonly id: string
  readonly status?: readonly string[]
  readonly replyCode?: readonly number[]
  /** Any of these plain lower-cased substrings. */
  readonly texts?: readonly string[]
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

const files = {
  google,
  microsoft,
  yahoo,
  apple,
  gmx,
  mailru,
  yandex,
  qq,
  netease,
  comcast,
  cox,
  att,
  zoho,
  orange,
  laposte,
  docomo,
  au,
  softbank,
  spectrum,
  tonline,
  godaddy,
  mimecast,
  messagelabs,
  proofpoint,
  cisco,
  barracuda,
  sendmail,
}

/** A closed set: it is a label of the metrics. */
export type ProviderName = keyof typeof files | 'other'

export const providers: readonly Provider[] = Object.entries(files).map(([name, file]) => ({
  ...(file as Omit<Provider, 'name'>),
  name: name as ProviderName,
}))

const byDomain = new Map(
  providers.flatMap(provider => provider.domains.map(domain => [domain, provider.name])),
)
const byBrand = new Map(providers.flatMap(provider => provider.brands.map(brand => [brand, provider.name])))
const byHost = new Map(providers.flatMap(provider => provider.hosts.map(host => [host, provider.name])))

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
