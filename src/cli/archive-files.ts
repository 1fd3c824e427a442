// The mails of an archive: files, folders, Maildirs, mbox files and standard input, with what their places say of them.

import { createReadStream, type Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Unaddressed } from '../model/envelope.ts'
import { mailsIn, type StoredMail } from './mail-files.ts'

/** A file that cannot hold mail as it is; the message says what to write instead. */
export class NotAnArchive extends Error {}

/**
 * The files that hold mails under a path, in order of their names; a file is itself. Of a Maildir only `new` and `cur`
 * count, whichever there is, and its subfolders; names that begin with a dot are left out elsewhere. Throws what the
 * file system says of the path; what it says of one below it is told to `onFault`, and the others follow.
 */
export async function* archiveFiles(
  path: string,
  onFault: (path: string, error: unknown) => void,
): AsyncGenerator<string> {
  if (path === '-' || !(await stat(path)).isDirectory()) {
    yield path
    return
  }
  const entries = (await readdir(path, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))
  const isOfInterest = isMaildir(entries) ? isInMaildir : isVisible
  for (const entry of entries) {
    if (!isOfInterest(entry)) continue
    const inside = join(path, entry.name)
    try {
      if (entry.isDirectory()) yield* archiveFiles(inside, onFault)
      else if (entry.isFile()) yield inside
      else if (entry.isSymbolicLink() && (await stat(inside)).isFile()) yield inside
    } catch (error) {
      onFault(inside, error)
    }
  }
}

const isVisible = ({ name }: Dirent): boolean => !name.startsWith('.')

/** One of the three folders of a Maildir may be missing: a copy left it out since it was empty. */
function isMaildir(entries: readonly Dirent[]): boolean {
  const folders = entries.filter(entry => entry.isDirectory()).map(({ name }) => name)
  return ['new', 'cur', 'tmp'].filter(name => folders.includes(name)).length >= 2
}

/** What is in `tmp` is not whole yet; Maildir++ names subfolders `.Name`. */
function isInMaildir(entry: Dirent): boolean {
  return entry.isDirectory() && (['new', 'cur'].includes(entry.name) || entry.name.startsWith('.'))
}

/**
 * The mails of a file, as `mailsIn` cuts them; `onBytes` is told how many more bytes of it have been read. Throws
 * NotAnArchive for a compressed file, and what the file system says.
 */
export function archivedMails(
  file: string,
  stdin: AsyncIterable<Uint8Array>,
  onBytes: (count: number) => void,
): AsyncGenerator<StoredMail> {
  const bytes = file === '-' ? stdin : createReadStream(file, { highWaterMark: 256 * 1024 })
  return mailsIn(uncompressed(bytes, onBytes), file, file.endsWith('.mbox'))
}

/** Of a regular file; null of a pipe. */
export async function sizeOf(file: string): Promise<number | null> {
  if (file === '-') return null
  const found = await stat(file)
  return found.isFile() ? found.size : null
}

/** The first bytes of what people archive mail in, and what unpacks it. */
const packed: readonly (readonly [magic: string, unpack: string])[] = [
  ['1f8b', 'gunzip -c'],
  ['425a68', 'bunzip2 -c'],
  ['fd377a58', 'xz -dc'],
  ['28b52ffd', 'zstd -dc'],
  ['504b0304', 'unzip -p'],
]

async function* uncompressed(
  bytes: AsyncIterable<Uint8Array>,
  onBytes: (count: number) => void,
): AsyncGenerator<Uint8Array> {
  let isFirst = true
  for await (const chunk of bytes) {
    if (isFirst) {
      const opening = Buffer.from(chunk.subarray(0, 4)).toString('hex')
      const found = packed.find(([magic]) => opening.startsWith(magic))
      if (found) throw new NotAnArchive(`is compressed; write \`${found[1]} FILE | rebound receive -\``)
      isFirst = false
    }
    onBytes(chunk.length)
    yield chunk
  }
}

/** What the place of a mail says of its delivery: the `From ` line of an mbox (RFC 4155), the name of a Maildir file. */
export function foundAt(file: string, { separator }: StoredMail): Unaddressed {
  if (separator === null) return { session: file, receivedAt: maildirDate(file), mailFrom: undefined }
  const [, sender = '', rest = ''] = /^From (\S*)\s*(.*)$/.exec(separator) ?? []
  return { session: file, receivedAt: asctime(rest), mailFrom: senderOf(sender) }
}

/** `-` is what Mozilla writes; it tells nothing. */
function senderOf(sender: string): string | null | undefined {
  if (sender === '' || sender === '-') return undefined
  return sender === '<>' ? null : sender.replace(/^</, '').replace(/>$/, '')
}

/** `Thu Jan  1 00:00:00 2026`, in UTC (RFC 4155); other forms as Node reads them. */
function asctime(text: string): Date | null {
  const isZoned = /[+-]\d{4}|\b(?:GMT|UTC)\b/.test(text)
  const date = new Date(isZoned ? text : `${text} UTC`)
  return Number.isNaN(date.getTime()) ? null : date
}

/** A Maildir's names begin with the second of the delivery: `1700000000.M1P2.host:2,S`. */
function maildirDate(file: string): Date | null {
  const seconds = /^(\d{9,10})\./.exec(basename(file))?.[1]
  return seconds === undefined ? null : new Date(Number(seconds) * 1000)
}
