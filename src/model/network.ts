// IP addresses and networks: which network holds an address, and under which one a client is counted.

import ipaddr from 'ipaddr.js'

type IpAddress = ipaddr.IPv4 | ipaddr.IPv6

export interface Network {
  readonly address: IpAddress
  readonly bits: number
}

/** An address or `address/bits` as an operator writes it; null for anything else, host bits set included. */
export function parseNetwork(text: string): Network | null {
  const [plain = '', length, ...rest] = text.split('/')
  const address = addressOf(plain)
  if (address === null || rest.length > 0 || plain.includes('%')) return null
  const most = address.kind() === 'ipv4' ? 32 : 128
  if (length === undefined) return { address, bits: most }
  const bits = /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN
  if (!(bits <= most)) return null
  return prefix(address, bits) === `${address}/${bits}` ? { address, bits } : null
}

/** Does one of the networks hold this address? An IPv4 address in an IPv6 one (`::ffff:192.0.2.1`) is that IPv4 address. */
export function isWithin(ip: string, networks: readonly Network[]): boolean {
  const address = addressOf(ip)
  return address !== null && networks.some(network => holds(network, address))
}

/** One address in one spelling. Text that is not an address stays as it is. */
export const clientKey = (ip: string): string => keyOf(ip, 32, 128)

/** What one site has: a /24 of IPv4, a /64 of IPv6, within which a machine chooses its address (RFC 4291 §2.5.4). */
export const networkKey = (ip: string): string => keyOf(ip, 24, 64)

/** The one spelling of an address, without a zone; IPv4 in IPv6 becomes IPv4. Null for what is none. */
export function addressOf(text: string): IpAddress | null {
  const plain = text.replace(/%.*$/, '')
  if (ipaddr.IPv4.isValidFourPartDecimal(plain)) return ipaddr.IPv4.parse(plain)
  return plain.includes(':') && ipaddr.IPv6.isValid(plain) ? ipaddr.process(plain) : null
}

function holds({ address, bits }: Network, other: IpAddress): boolean {
  return address.kind() === other.kind() && prefix(address, bits) === prefix(other, bits)
}

function keyOf(ip: string, bits4: number, bits6: number): string {
  const address = addressOf(ip)
  if (address === null) return ip
  return prefix(address, address.kind() === 'ipv4' ? bits4 : bits6)
}

/** The first bits of an address, the others cleared: `192.0.2.0/24`, `2001:db8::/64`. */
function prefix(address: IpAddress, bits: number): string {
  const bytes = address
    .toByteArray()
    .map((byte, at) => byte & (0xff00 >> Math.min(8, Math.max(0, bits - at * 8))))
  return `${ipaddr.fromByteArray(bytes.map(byte => byte & 0xff)).toString()}/${bits}`
}

/** A network as an operator writes it: `192.0.2.0/24`, or the address of a single machine. */
export function networkName({ address, bits }: Network): string {
  const most = address.kind() === 'ipv4' ? 32 : 128
  return bits === most ? address.toString() : `${address.toString()}/${bits}`
}
