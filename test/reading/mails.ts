// Mails for readers: what the door knows of them, and their bytes in chunks of any size.

import type { Envelope } from '../../src/model/envelope.ts'

/** A mail to this local part of ours, from a network of its own where that matters. */
export const envelope = (
  local = 'b-1',
  { ip = '192.0.2.1', mailFrom = null as string | null } = {},
): Envelope => ({
  session: local,
  receivedAt: new Date(0),
  client: { ip, helo: 'mx.example', tls: false },
  mailFrom,
  recipients: [{ kind: 'inbox', raw: `${local}@bounces.example`, canonical: `${local}@bounces.example` }],
})

/** The event loop turns between two chunks, so that mails overlap. */
export async function* chunks(mail: Uint8Array | string, size = 997): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(mail)
  for (let at = 0; at < bytes.length; at += size) {
    yield bytes.subarray(at, at + size)
    await new Promise(setImmediate)
  }
}

/** Lines behind the last boundary, which no reader wants: they make any mail a long one. */
export const grown = (mail: Buffer, kb: number): Buffer =>
  Buffer.concat([mail, Buffer.from(`\n${'of no meaning to anybody\n'.repeat(41 * kb)}`)])
