// Mail for postmaster and abuse (RFC 5321 §4.5.1, RFC 2142), kept as a Maildir: tmp, then new, whole or not at all.

import { randomBytes } from 'node:crypto'
import { type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { makeFolder } from '../system/folder.ts'

export interface MaildirLimits {
  readonly maxMessages: number
  readonly maxBytes: number
}

export const defaultMaildirLimits: MaildirLimits = { maxMessages: 1000, maxBytes: 256 * 1024 * 1024 }

/** Thrown by `keep` when the mail did not fit. */
export class MailboxFull extends Error {}

/** One message on its way in. */
export interface Delivery {
  /** Resolves when the chunk is taken; never rejects, `keep` tells what went wrong. */
  readonly write: (chunk: Uint8Array) => Promise<void>
  /** Resolves once the message is on disk under its final name. Rejects with MailboxFull or the error of the disk. */
  readonly keep: () => Promise<void>
  /** Forgets the message, unless it is kept. Never rejects. */
  readonly discard: () => Promise<void>
}

export interface Maildir {
  /** Is there no room for one more message? */
  readonly isFull: () => Promise<boolean>
  /** Starts a message with our trace header lines. */
  readonly begin: (trace: string) => Promise<Delivery>
}

const folders = ['tmp', 'new', 'cur'] as const
/** What lies in tmp for so long belongs to a process that died. */
const staleMs = 36 * 3_600_000
const flushBytes = 64 * 1024

/**
 * Opens the Maildir at `directory`, made when absent (mode 0700).
 * Rejects when it cannot be made or read.
 */
export async function openMaildir(
  directory: string,
  limits: MaildirLimits = defaultMaildirLimits,
): Promise<Maildir> {
  for (const folder of folders) makeFolder(join(directory, folder))
  await removeStale(join(directory, 'tmp'))
  const copies = new Set<OpenDelivery>()

  const usage = async (): Promise<{ messages: number; bytes: number }> => {
    const kept = await Promise.all([readdir(join(directory, 'new')), readdir(join(directory, 'cur'))])
    const names = kept.flat().filter(name => !name.startsWith('.'))
    let bytes = names.reduce((sum, name) => sum + sizeIn(name), 0)
    for (const copy of copies) bytes += copy.bytes
    return { messages: names.length + copies.size, bytes }
  }

  return {
    isFull: async () => {
      const now = await usage()
      return now.messages >= limits.maxMessages || now.bytes >= limits.maxBytes
    },
    begin: async trace => {
      const now = await usage()
      const copy = new OpenDelivery(directory, limits.maxBytes - now.bytes, () => copies.delete(copy))
      copies.add(copy)
      if (now.messages >= limits.maxMessages) copy.refuse(new MailboxFull('too many messages'))
      else await copy.write(Buffer.from(trace))
      return copy
    },
  }
}

class OpenDelivery implements Delivery {
  readonly #directory: string
  readonly #room: number
  readonly #onClosed: () => void
  readonly #name = uniqueName()
  #file: FileHandle | null = null
  #waiting: Uint8Array[] = []
  #waitingBytes = 0
  #fault: Error | null = null
  #isClosed = false
  bytes = 0

  constructor(directory: string, room: number, onClosed: () => void) {
    this.#directory = directory
    this.#room = room
    this.#onClosed = onClosed
  }

  refuse(fault: Error): void {
    this.#fault ??= fault
    this.#waiting = []
    this.#waitingBytes = 0
  }

  readonly write = async (chunk: Uint8Array): Promise<void> => {
    if (this.#fault || this.#isClosed) return
    this.bytes += chunk.length
    if (this.bytes > this.#room) {
      this.refuse(new MailboxFull('too many bytes'))
      return
    }
    this.#waiting.push(chunk)
    this.#waitingBytes += chunk.length
    if (this.#waitingBytes < flushBytes) return
    try {
      await this.#flush()
    } catch (error) {
      this.refuse(error instanceof Error ? error : new Error(String(error)))
    }
  }

  readonly keep = async (): Promise<void> => {
    if (this.#isClosed) throw new Error('this message was discarded')
    try {
      if (this.#fault) throw this.#fault
      await this.#flush()
      await this.#file?.sync()
      await this.#close()
      // `,S=` is the size as Maildir++ writes it: adding up a mailbox needs no look at each file.
      await rename(this.#path('tmp'), join(this.#directory, 'new', `${this.#name},S=${this.bytes}`))
      await syncFolder(join(this.#directory, 'new'))
    } catch (error) {
      await this.discard()
      throw error
    }
  }

  readonly discard = async (): Promise<void> => {
    if (this.#isClosed) return
    await this.#close().catch(() => {})
    await rm(this.#path('tmp'), { force: true }).catch(() => {})
  }

  #path(folder: 'tmp'): string {
    return join(this.#directory, folder, this.#name)
  }

  async #flush(): Promise<void> {
    this.#file ??= await open(this.#path('tmp'), 'wx', 0o600)
    const bytes = Buffer.concat(this.#waiting)
    this.#waiting = []
    this.#waitingBytes = 0
    await this.#file.writeFile(bytes)
  }

  async #close(): Promise<void> {
    this.#isClosed = true
    this.#onClosed()
    const file = this.#file
    this.#file = null
    await file?.close()
  }
}

let deliveries = 0

/** A name that no other delivery on this or another host has: time, random, process, count, host. */
function uniqueName(): string {
  const now = Date.now()
  const host = hostname().replaceAll('/', '\\057').replaceAll(':', '\\072')
  deliveries += 1
  const seconds = Math.floor(now / 1000)
  return `${seconds}.M${(now % 1000) * 1000}R${randomBytes(6).toString('hex')}P${process.pid}Q${deliveries}.${host}`
}

function sizeIn(name: string): number {
  const size = /,S=(\d{1,15})(?=[,:]|$)/.exec(name)?.[1]
  return size === undefined ? 0 : Number(size)
}

async function removeStale(folder: string): Promise<void> {
  const before = Date.now() - staleMs
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    const found = await stat(path).catch(() => null)
    if (found?.isFile() && found.mtimeMs < before) await rm(path, { force: true })
  }
}

/** Makes a rename last. Not every platform can sync a folder; then the rename has to do. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code !== 'EINVAL' && code !== 'EPERM' && code !== 'ENOTSUP') throw error
  } finally {
    await handle.close()
  }
}
