// Where a webhook must not lead: the networks that are not the public internet, and the addresses that hide one in another.

import { BlockList, isIPv4, isIPv6 } from 'node:net'

interface NetworkRow {
  /** With its prefix length. */
  readonly network: string
  readonly name: string
  readonly source: string
  /** `inside`: an operator may mean it (REBOUND_WEBHOOK_PRIVATE). `never`: nobody's receiver is there. */
  readonly rule: 'inside' | 'never'
}

/** Searched in order: single machines before the networks that hold them. */
export const networks: readonly NetworkRow[] = [
  { network: '100.100.100.200/32', name: 'cloud metadata', source: 'Alibaba Cloud', rule: 'never' },
  { network: '168.63.129.16/32', name: 'cloud metadata', source: 'Azure', rule: 'never' },
  { network: '192.0.0.192/32', name: 'cloud metadata', source: 'Oracle Cloud', rule: 'never' },
  { network: 'fd00:ec2::/32', name: 'cloud metadata', source: 'AWS', rule: 'never' },
  { network: 'fd20:ce::254/128', name: 'cloud metadata', source: 'Google Cloud', rule: 'never' },
  { network: '0.0.0.0/8', name: 'this network', source: 'RFC 791 §3.2', rule: 'never' },
  { network: '10.0.0.0/8', name: 'private', source: 'RFC 1918', rule: 'inside' },
  { network: '100.64.0.0/10', name: 'shared by carriers', source: 'RFC 6598', rule: 'inside' },
  { network: '127.0.0.0/8', name: 'loopback', source: 'RFC 1122 §3.2.1.3', rule: 'inside' },
  { network: '169.254.0.0/16', name: 'link-local, cloud metadata', source: 'RFC 3927', rule: 'never' },
  { network: '172.16.0.0/12', name: 'private', source: 'RFC 1918', rule: 'inside' },
  { network: '192.0.0.0/24', name: 'protocol assignments', source: 'RFC 6890 §2.1', rule: 'never' },
  { network: '192.0.2.0/24', name: 'documentation', source: 'RFC 5737', rule: 'never' },
  { network: '192.88.99.0/24', name: '6to4 relay', source: 'RFC 7526', rule: 'never' },
  { network: '192.168.0.0/16', name: 'private', source: 'RFC 1918', rule: 'inside' },
  { network: '198.18.0.0/15', name: 'benchmarking', source: 'RFC 2544', rule: 'inside' },
  { network: '198.51.100.0/24', name: 'documentation', source: 'RFC 5737', rule: 'never' },
  { network: '203.0.113.0/24', name: 'documentation', source: 'RFC 5737', rule: 'never' },
  { network: '224.0.0.0/4', name: 'multicast', source: 'RFC 5771', rule: 'never' },
  { network: '240.0.0.0/4', name: 'reserved, broadcast', source: 'RFC 1112 §4', rule: 'never' },
  { network: '::/128', name: 'unspecified', source: 'RFC 4291 §2.5.2', rule: 'never' },
  { network: '::1/128', name: 'loopback', source: 'RFC 4291 §2.5.3', rule: 'inside' },
  { network: '::ffff:0:0/96', name: 'IPv4-mapped', source: 'RFC 4291 §2.5.5.2', rule: 'inside' },
  { network: '::ffff:0:0:0/96', name: 'IPv4-translated', source: 'RFC 2765 §2.1', rule: 'inside' },
  { network: '::/96', name: 'IPv4-compatible', source: 'RFC 4291 §2.5.5.1', rule: 'never' },
  { network: '64:ff9b::/96', name: 'NAT64', source: 'RFC 6052 §2.1', rule: 'inside' },
  { network: '64:ff9b:1::/96', name: 'NAT64 of one network', source: 'RFC 8215', rule: 'inside' },
  // Where in these the IPv4 address stands depends on the prefix that the network chose (RFC 6052 §2.2).
  { network: '64:ff9b:1::/48', name: 'NAT64 of unknown form', source: 'RFC 8215', rule: 'never' },
  { network: 'fc00::/7', name: 'private', source: 'RFC 4193', rule: 'inside' },
  { network: 'fe80::/10', name: 'link-local', source: 'RFC 4291 §2.5.6', rule: 'never' },
  { network: 'fec0::/10', name: 'site-local', source: 'RFC 3879', rule: 'inside' },
  { network: 'ff00::/8', name: 'multicast', source: 'RFC 4291 §2.7', rule: 'never' },
  { network: '2001::/23', name: 'Teredo, protocol assignments', source: 'RFC 6890 §2.2.3', rule: 'never' },
  { network: '2001:db8::/32', name: 'documentation', source: 'RFC 3849', rule: 'never' },
  { network: '2002::/16', name: '6to4', source: 'RFC 3056', rule: 'never' },
  { network: '3fff::/20', name: 'documentation', source: 'RFC 9637', rule: 'never' },
]

const rows = networks.map(row => {
  const [address = '', length] = row.network.split('/')
  const list = new BlockList()
  const family = isIPv4(address) ? 'ipv4' : 'ipv6'
  list.addSubnet(address, Number(length), family)
  return { ...row, family, holds: (ip: string) => list.check(ip, family) }
})

/** All that is given out of IPv6 (RFC 4291 §2.4); what lies outside is not the public internet of today. */
const globalUnicast = new BlockList()
globalUnicast.addSubnet('2000::', 3, 'ipv6')

/** The forms whose last 32 bits are an IPv4 address that somebody on the way will use. */
const carriers = new Set(['IPv4-mapped', 'IPv4-translated', 'NAT64', 'NAT64 of one network'])

/**
 * Why nothing may be sent to this address; null when it may.
 * @param ip as a socket gives it, a zone (`%eth0`) allowed
 * @param allowInside networks that an operator may mean are let through; what they carry is judged too
 */
export function refusalOf(ip: string, allowInside: boolean): string | null {
  const bare = ip.replace(/%.*$/, '')
  if (!isIPv4(bare) && !isIPv6(bare)) return 'not an address'
  const family = isIPv4(bare) ? 'ipv4' : 'ipv6'
  const row = rows.find(each => each.family === family && each.holds(bare))
  if (row === undefined)
    return family === 'ipv4' || globalUnicast.check(bare, 'ipv6') ? null : 'not a public network'
  if (row.rule === 'never' || !allowInside) return `${row.name}, ${row.source}`
  return carriers.has(row.name) ? refusalOf(carried(bare), allowInside) : null
}

/** The IPv4 address in the last 32 bits. */
function carried(ip: string): string {
  const dotted = /[\d.]+$/.exec(ip)?.[0]
  if (dotted !== undefined && isIPv4(dotted)) return dotted
  // The URL parser writes every IPv6 address in its one shortest form.
  const groups = new URL(`http://[${ip}]/`).hostname.slice(1, -1).split('::')
  const tail = (groups.at(-1) ?? '').split(':').filter(group => group !== '')
  const [high = 0, low = 0] = ['0', '0', ...tail].slice(-2).map(group => Number.parseInt(group, 16))
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}
