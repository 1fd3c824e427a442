// Ways to hand a mail to the reader.

import { readMessage } from '../../src/message/parts.ts'
import { defaultLimits, type ReadLimits } from '../../src/message/split.ts'
import type { Message } from '../../src/model/message.ts'

export async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

/** A mail written with LF, with other line ends. */
export const withLineEnds = (mail: string, end: string): string => mail.replaceAll('\n', end)

/** Reads a mail given as text (one byte a character) or bytes. */
export function parse(
  mail: string | Buffer,
  chunk = 65_536,
  limits: Partial<ReadLimits> = {},
): Promise<Message> {
  const bytes = typeof mail === 'string' ? Buffer.from(mail, 'latin1') : mail
  return readMessage(inChunks(bytes, chunk), { limits: { ...defaultLimits, ...limits } })
}
