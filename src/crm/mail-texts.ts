// Every text that a raw mail may hold, so that an address can be found in it however it is written.

/**
 * The mail as it stands, with quoted-printable taken off (RFC 2045 §6.7), each run of base64 lines and each encoded
 * word (RFC 2047) decoded. No MIME: a broken mail must give up its address too.
 */
export function textsOfMail(mail: Uint8Array): readonly string[] {
  const buffer = Buffer.from(mail.buffer, mail.byteOffset, mail.length)
  const raw = buffer.toString('utf8')
  const bytes = buffer.toString('latin1')
  const plain = bytes
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
  const decode = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8')
  const bodies = bytes.match(/(?:^[A-Za-z0-9+/]{4,}={0,2}[ \t]*\r?\n?)+/gm) ?? []
  const words = [...bytes.matchAll(/=\?[^?\s]{1,40}\?b\?([A-Za-z0-9+/=]+)\?=/gi)]
  return [
    raw,
    Buffer.from(plain, 'latin1').toString('utf8'),
    ...bodies.map(decode),
    words.map(word => decode(word[1] ?? '')).join(''),
  ]
}
