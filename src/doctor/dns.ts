// What DNS says of the return-path domains: where their mail goes, whether those names agree, and who may send with them.

import { Resolver } from 'node:dns/promises'
import type { DoctorFinding } from '../model/doctor-finding.ts'
import { refusalOf } from '../webhook/networks.ts'
import { fault, ok, unknown, warning, wordsOf } from './finding.ts'

export interface DnsOptions {
  readonly domains: readonly string[]
  readonly hostname: string
  /** `host:port` of the servers to ask; those of the system unless told. */
  readonly resolvers?: readonly string[]
}

export interface MailHost {
  readonly name: string
  readonly addresses: readonly string[]
}

export interface DnsExamination {
  readonly findings: readonly DoctorFinding[]
  /** Where mail to the domains goes. */
  readonly hosts: readonly MailHost[]
}

const resolverMs = 3_000

export async function examineDns({ domains, hostname, resolvers }: DnsOptions): Promise<DnsExamination> {
  const resolver = new Resolver({ timeout: resolverMs, tries: 2 })
  if (resolvers) resolver.setServers([...resolvers])
  const findings: DoctorFinding[] = []
  const hosts = new Map<string, MailHost>()
  for (const domain of domains) {
    if (isPrivate(domain)) {
      findings.push(
        warning(
          `MX ${domain}`,
          'is a name of this machine alone, so that no bounce comes from elsewhere',
          'Set REBOUND_DOMAINS to a domain of yours, such as bounces.crm.example.',
        ),
      )
      continue
    }
    findings.push(...(await examineMx(resolver, domain, hosts)), await examineSpf(resolver, domain))
  }
  for (const host of hosts.values()) findings.push(...(await examineReverse(resolver, host)))
  findings.push(await examineHostname(resolver, hostname, [...hosts.values()]))
  return { findings, hosts: [...hosts.values()] }
}

/** RFC 6761 §6.3 and §6.4, RFC 2606 §2. */
const isPrivate = (domain: string): boolean => /(^|\.)(localhost|invalid|test)$/.test(domain)

const isAbsent = (error: unknown): boolean => ['ENOTFOUND', 'ENODATA'].includes(wordsOf(error))

async function examineMx(
  resolver: Resolver,
  domain: string,
  hosts: Map<string, MailHost>,
): Promise<readonly DoctorFinding[]> {
  const check = `MX ${domain}`
  const records = await resolver.resolveMx(domain).catch((error: unknown) => (isAbsent(error) ? [] : error))
  if (!Array.isArray(records)) return [noAnswer(check, records)]
  if (records.length === 0)
    return [
      fault(
        check,
        'has no MX record',
        `Publish: ${domain}. MX 10 <the name of this machine>. Without it no bounce arrives.`,
      ),
    ]
  // RFC 7505: a null MX says that the domain takes no mail.
  if (records.some(({ exchange }) => exchange === ''))
    return [
      fault(
        check,
        'has a null MX, which says that it takes no mail',
        `Publish: ${domain}. MX 10 <this machine>.`,
      ),
    ]
  const findings: DoctorFinding[] = [
    ok(check, `leads to ${records.map(({ exchange }) => exchange).join(', ')}`),
  ]
  for (const { exchange } of records) {
    if (hosts.has(exchange)) continue
    const found = await Promise.allSettled([resolver.resolve4(exchange), resolver.resolve6(exchange)])
    const addresses = found.flatMap(each => (each.status === 'fulfilled' ? each.value : []))
    hosts.set(exchange, { name: exchange, addresses })
    findings.push(addressesOf(exchange, addresses))
  }
  return findings
}

/** Private, loopback, or shared by carriers: networks that nobody outside reaches. */
const isInside = (ip: string): boolean => refusalOf(ip, false) !== null && refusalOf(ip, true) === null

function addressesOf(exchange: string, addresses: readonly string[]): DoctorFinding {
  const check = `address of ${exchange}`
  const publish = `Publish the public address of this machine under ${exchange}`
  if (addresses.length === 0)
    return fault(check, 'has neither A nor AAAA', `${publish}; an MX must not be a CNAME (RFC 2181 §10.3).`)
  return addresses.every(isInside)
    ? warning(check, `${addresses.join(', ')}, which is reached from your own network alone`, `${publish}.`)
    : ok(check, addresses.join(', '))
}

async function examineSpf(resolver: Resolver, domain: string): Promise<DoctorFinding> {
  const check = `SPF ${domain}`
  const texts = await resolver.resolveTxt(domain).catch((error: unknown) => (isAbsent(error) ? [] : error))
  if (!Array.isArray(texts)) return noAnswer(check, texts)
  const policies = (texts as readonly (readonly string[])[])
    .map(parts => parts.join(''))
    .filter(text => /^v=spf1( |$)/i.test(text))
  const [policy] = policies
  if (policy === undefined)
    return warning(
      check,
      'there is no SPF record, although SPF is asked of the return path’s domain',
      `Publish: ${domain}. TXT "v=spf1 ip4:<your mail servers> -all"`,
    )
  if (policies.length > 1)
    return fault(check, 'has several SPF records, which counts as none (RFC 7208 §4.5)', 'Keep one of them.')
  if (/[ +]\+?all\b/i.test(policy.replace(/[-~?]all/gi, '')))
    return fault(check, 'lets everybody send with this domain (+all)', 'End the record with -all.')
  if (!/[-~]all\b|redirect=/i.test(policy))
    return warning(
      check,
      'does not say what becomes of mail from other servers',
      'End the record with -all or ~all.',
    )
  return ok(check, policy)
}

/** RFC 1912 §2.1: name and address should agree both ways. */
async function examineReverse(
  resolver: Resolver,
  { name, addresses }: MailHost,
): Promise<readonly DoctorFinding[]> {
  return await Promise.all(
    addresses.map(async address => {
      const check = `PTR ${address}`
      const names = await resolver.reverse(address).catch((error: unknown) => (isAbsent(error) ? [] : error))
      if (!Array.isArray(names)) return noAnswer(check, names)
      if (names.length === 0)
        return warning(
          check,
          'has no name; what sends from this address is refused by many (no-ptr)',
          `Have the owner of the address publish PTR ${name}.`,
        )
      return names.includes(name)
        ? ok(check, `is ${name}, which leads back`)
        : warning(
            check,
            `is ${names.join(', ')}, not ${name}`,
            `Have its PTR say ${name}, or give the MX that name.`,
          )
    }),
  )
}

async function examineHostname(
  resolver: Resolver,
  hostname: string,
  hosts: readonly MailHost[],
): Promise<DoctorFinding> {
  const check = 'REBOUND_HOSTNAME'
  if (hosts.some(({ name }) => name === hostname.toLowerCase())) return ok(check, `${hostname} is an MX`)
  const found = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)])
  return found.some(({ status }) => status === 'fulfilled')
    ? ok(check, `${hostname} has an address`)
    : warning(
        check,
        `${hostname}, the name in the greeting, has no address`,
        'Set REBOUND_HOSTNAME to the name of the MX.',
      )
}

const noAnswer = (check: string, error: unknown): DoctorFinding =>
  unknown(
    check,
    `the name server did not answer (${wordsOf(error)})`,
    'Try again, or name another with --resolver.',
  )
