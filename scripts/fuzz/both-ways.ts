// One mail read both ways: scanned as a whole, and split line by line. They must give the same message.

import { isDeepStrictEqual } from 'node:util'
import { LineEnds } from '../../src/message/line-ends.ts'
import { readMessage } from '../../src/message/parts.ts'
import { scan } from '../../src/message/scan.ts'
import { defaultLimits } from '../../src/message/split.ts'
import type { Message } from '../../src/model/message.ts'

const splitOnly = { ...defaultLimits, maxScannedBytes: 0 }

export interface BothWays {
  /** False where the scanner leaves the mail to the splitter. */
  readonly isScanned: boolean
  /** What differs, null for nothing. */
  readonly difference: string | null
}

/** `chunkBytes`: the mail arrives in chunks of this size. */
export async function readBothWays(bytes: Buffer, chunkBytes = bytes.length): Promise<BothWays> {
  if (!isScanned(bytes)) return { isScanned: false, difference: null }
  const scanned = await readMessage(inChunks(bytes, chunkBytes))
  const split = await readMessage(inChunks(bytes, chunkBytes), { limits: splitOnly })
  return { isScanned: true, difference: differenceOf(scanned, split) }
}

function isScanned(bytes: Buffer): boolean {
  const lines = new LineEnds(defaultLimits.maxScannedBytes, defaultLimits.maxSplitBytes)
  if ([...lines.push(bytes)].length > 0) return false
  return scan(lines.end().toString('latin1').replaceAll('\r', '\n'), defaultLimits) !== null
}

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += Math.max(size, 1))
    yield bytes.subarray(at, at + Math.max(size, 1))
}

const SHOWN = 400

function differenceOf(scanned: Message, split: Message): string | null {
  for (const key of ['header', 'parts', 'bytes', 'problems'] as const)
    if (!isDeepStrictEqual(scanned[key], split[key]))
      return `${key}: scanned ${JSON.stringify(scanned[key]).slice(0, SHOWN)}, split ${JSON.stringify(split[key]).slice(0, SHOWN)}`
  return null
}
