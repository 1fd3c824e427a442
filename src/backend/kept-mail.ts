// Lists, shows and deletes mails in the Maildir of postmaster and abuse.
// The mails are read with mailparser, which is loaded only when it is needed.

import { open, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { MailParserOptions, SimpleParserOptions } from 'mailparser'

export interface KeptMail {
  /** Its file name without Maildir flags: what `readKeptMail` wants. */
  readonly id: string
  readonly receivedAt: Date
  readonly bytes: number
  /** `postmaster@…`, `abuse@…`, as the trace says. */
  readonly deliveredTo: readonly string[]
  /** The envelope sender; empty for the null sender. */
  readonly returnPath: string
  /** Decoded (RFC 2047); empty if there is none. A stranger's text. */
  readonly from: string
  readonly subject: string
}

interface KeptFile {
  readonly id: string
  readonly path: string
}

const folders = ['new', 'cur'] as const
/** Header lines beyond this are ignored. */
const maxHeaderBytes = 16 * 1024

/** Only a header is needed, and a stranger wrote it: nothing is rendered, linked or hashed. */
const headerOnly: SimpleParserOptions & MailParserOptions & { readonly maxHeadSize: number } = {
  skipHtmlToText: true,
  skipTextToHtml: true,
  skipImageLinks: true,
  skipTextLinks: true,
  maxHtmlLengthToParse: 0,
  maxHeadSize: maxHeaderBytes,
}

/** The mails of a Maildir, newest first; empty if there is no Maildir. Rejects if it cannot be read. */
export async function listKeptMail(directory: string): Promise<readonly KeptMail[]> {
  const mails: KeptMail[] = []
  for (const file of await filesIn(directory)) {
    const mail = await summaryOf(file)
    if (mail) mails.push(mail)
  }
  return mails.sort(
    (one, other) => other.receivedAt.getTime() - one.receivedAt.getTime() || (one.id < other.id ? 1 : -1),
  )
}

/** One mail as it was kept, our trace lines on top; null if no mail has this id. */
export async function readKeptMail(directory: string, id: string): Promise<Buffer | null> {
  // Only existing names are opened, so an id cannot lead out of the folder.
  const found = (await filesIn(directory)).find(file => file.id === id)
  return found ? await readFile(found.path).catch(() => null) : null
}

/** Deletes one mail; does nothing if no mail has this id. */
export async function removeKeptMail(directory: string, id: string): Promise<void> {
  for (const file of await filesIn(directory)) if (file.id === id) await rm(file.path, { force: true })
}

async function filesIn(directory: string): Promise<readonly KeptFile[]> {
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

/** Null when the mail was removed meanwhile. */
async function summaryOf({ id, path }: KeptFile): Promise<KeptMail | null> {
  const file = await open(path, 'r').catch(() => null)
  if (!file) return null
  try {
    const { size, mtimeMs } = await file.stat()
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(maxHeaderBytes, size)), 0, null, 0)
    const { simpleParser } = await import('mailparser')
    const mail = await simpleParser(headerOf(buffer.subarray(0, bytesRead)), headerOnly)
    return {
      id,
      receivedAt: new Date(Number.parseInt(id, 10) * 1000 || mtimeMs),
      bytes: size,
      deliveredTo: fieldsOf(mail.headerLines, 'delivered-to'),
      returnPath: (fieldsOf(mail.headerLines, 'return-path')[0] ?? '').replace(/^<|>$/g, ''),
      from: mail.from?.text ?? '',
      subject: mail.subject ?? '',
    }
  } finally {
    await file.close()
  }
}

/** Up to the empty line (RFC 5322 §2.1). */
function headerOf(head: Buffer): Buffer {
  const ends = ['\r\n\r\n', '\n\n'].map(end => head.indexOf(end)).filter(at => at !== -1)
  return Buffer.concat([head.subarray(0, Math.min(head.length, ...ends)), Buffer.from('\r\n\r\n')])
}

/** The values of a trace field that we wrote ourselves, verbatim. */
function fieldsOf(lines: readonly { readonly key: string; readonly line: string }[], key: string): string[] {
  return lines.filter(each => each.key === key).map(({ line }) => line.slice(key.length + 1).trim())
}
