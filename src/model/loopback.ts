// Addresses that nothing but this machine reaches.

/** 127.0.0.0/8, also as IPv4-mapped IPv6, ::1 (RFC 4291 §2.5.3) with or without brackets, and `localhost` (RFC 6761 §6.3). */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[([^[\]]*)\]$/, '$1')
  return name === 'localhost' || name === '::1' || /^(?:::ffff:)?127(?:\.\d{1,3}){3}$/.test(name)
}
