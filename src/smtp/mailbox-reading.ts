// Looking into the Maildir of postmaster and abuse: what is there, one mail of it, and taking that out.

import { open, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'

export interface KeptMail {
  /** Its file name without Maildir flags: what `readKeptMail` wants. */
  readonly id: string
  readonly receivedAt: Date
  readonly bytes: number
  /** `postmaster@…`, `abuse@…`, as the trace says. */
  readonly deliveredTo: readonly string[]
  /** The envelope sender; empty for the null sender. */
  readonly returnPath: string
  /** As they stand, unfolded but not decoded; empty where there is none. A stranger's text. */
  readonly from: string
  readonly subject: string
}

const folders = ['new', 'cur'] as const
/** Header lines further down are not looked for. */
const headBytes = 16 * 1024

/** The mails of a Maildir, newest first; none where there is no Maildir. Rejects when it cannot be read. */
export async function listKeptMail(directory: string): Promise<readonly KeptMail[]> {
  const mails: KeptMail[] = []
  for (const { id, path } of await files(directory)) {
    const read = await head(path)
    if (!read) continue // removed while we were looking
    mails.push({
      id,
      receivedAt: new Date(Number.parseInt(id, 10) * 1000 || read.modifiedMs),
      bytes: read.bytes,
      deliveredTo: fields(read.text, 'delivered-to'),
      returnPath: (fields(read.text, 'return-path')[0] ?? '').replace(/^<|>$/g, ''),
      from: fields(read.text, 'from')[0] ?? '',
      subject: fields(read.text, 'subject')[0] ?? '',
    })
  }
  return mails.sort(
    (one, other) => other.receivedAt.getTime() - one.receivedAt.getTime() || (one.id < other.id ? 1 : -1),
  )
}

/** One mail as it was kept, our trace lines on top; null when there is none of this id. */
export async function readKeptMail(directory: string, id: string): Promise<Buffer | null> {
  // Only names that are there are opened, so an id cannot lead out of the folder.
  const found = (await files(directory)).find(file => file.id === id)
  return found ? await readFile(found.path).catch(() => null) : null
}

/** Deletes one mail; nothing when there is none of this id. */
export async function removeKeptMail(directory: string, id: string): Promise<void> {
  for (const file of await files(directory)) if (file.id === id) await rm(file.path, { force: true })
}

async function files(directory: string): Promise<{ id: string; path: string }[]> {
  const found = await Promise.all(
    folders.map(async folder => {
      const names = await readdir(join(directory, folder)).catch(error => {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
        throw error
      })
      return names
        .filter(name => !name.startsWith('.'))
        .map(name => ({ id: name.replace(/:.*$/, ''), path: join(directory, folder, name) }))
    }),
  )
  return found.flat()
}

async function head(path: string): Promise<{ text: string; bytes: number; modifiedMs: number } | null> {
  const file = await open(path, 'r').catch(() => null)
  if (!file) return null
  try {
    const { size, mtimeMs } = await file.stat()
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(headBytes, size)), 0, null, 0)
    const text = buffer.subarray(0, bytesRead).toString('utf8').replaceAll('\r\n', '\n')
    return { text: text.split('\n\n', 1)[0] ?? '', bytes: size, modifiedMs: mtimeMs }
  } finally {
    await file.close()
  }
}

/** The values of a field, unfolded (RFC 5322 §2.2.3). */
function fields(text: string, name: string): string[] {
  const lines = text.replace(/\n[ \t]+/g, ' ').split('\n')
  return lines
    .filter(line => line.toLowerCase().startsWith(`${name}:`))
    .map(line => line.slice(name.length + 1).trim())
}
