// Mails on disk: files, folders (recursive, sorted), mbox files and standard input, each mail as a stream of bytes.
// An mbox is never held in memory: its mails are cut out of the stream one after the other (RFC 4155).

import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

export interface StoredMail {
  /** The path; in an mbox with `#n`, counted from 1; `-` for standard input. Known once the mail has been read. */
  readonly name: () => Promise<string>
  /** To be read before the next mail is asked for. */
  readonly bytes: AsyncIterable<Uint8Array>
  /** The mbox `From ` line above it, verbatim; null without one. */
  readonly separator: string | null
  /** Once the mail has been read: does it end within a line, although it is one of an mbox? The file was cut off. */
  readonly isCutOff: () => boolean
}

/** The regular files under a path, in order of their names; a file is itself. Throws what the file system says. */
export async function* filesUnder(path: string): AsyncGenerator<string> {
  if (path === '-' || !(await stat(path)).isDirectory()) {
    yield path
    return
  }
  const entries = await readdir(path, { withFileTypes: true })
  entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const entry of entries) {
    const inside = join(path, entry.name)
    if (entry.isDirectory()) yield* filesUnder(inside)
    else if (entry.isFile()) yield inside
    else if (entry.isSymbolicLink() && (await stat(inside)).isFile()) yield inside
  }
}

/** The mails of a file: several when it is an mbox, one otherwise. Rejects when it cannot be read. */
export function mailsOf(file: string, stdin: AsyncIterable<Uint8Array>): AsyncGenerator<StoredMail> {
  const bytes = file === '-' ? stdin : createReadStream(file, { highWaterMark: 256 * 1024 })
  return mailsIn(bytes, file, file.endsWith('.mbox'))
}

/**
 * Cuts a stream into its mails. A stream is an mbox when `isMbox` says so, or when it begins with a dated `From ` line
 * and holds another one after an empty line; only then names carry `#n`.
 */
export async function* mailsIn(
  bytes: AsyncIterable<Uint8Array>,
  name: string,
  isMbox: boolean,
): AsyncGenerator<StoredMail> {
  const lines = new Lines(bytes)
  const opening = await lines.skipEmpty()
  if (opening === null) {
    if (!isMbox) yield { name: async () => name, bytes: nothing(), separator: null, isCutOff: () => false }
    return
  }
  const isSeparated = isDatedFrom(opening)
  let separator = isFromLine(opening) ? lineText(opening) : null
  if (separator !== null) lines.dropFromLine()
  if (!isSeparated && !isMbox) {
    yield { name: async () => name, bytes: lines.rest(), separator, isCutOff: () => false }
    return
  }
  for (let number = 1; ; number++) {
    const own = number
    const isOne = (): boolean => !isMbox && own === 1 && lines.isAtEnd()
    lines.openMail()
    yield {
      name: async () => (isOne() ? name : `${name}#${own}`),
      bytes: lines.untilSeparator(),
      separator,
      isCutOff: () => !isOne() && lines.isAtEnd() && lines.endsWithinLine(),
    }
    separator = lineText(await lines.finishMail())
    if (lines.isAtEnd()) return
  }
}

const longestSeparator = 500

const lineText = (line: Buffer | null): string | null =>
  line?.subarray(0, longestSeparator).toString('latin1').trimEnd() ?? null

async function* nothing(): AsyncGenerator<Uint8Array> {}

const longestLine = 64 * 1024
const lineFeed = 10
const carriageReturn = 13
const from = Buffer.from('From ')
const datedFrom =
  /^From \S[^\r\n]{0,400}?\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +(?:[A-Z][a-z]{2} +\d{1,2}|\d{1,2} +[A-Z][a-z]{2})\b[^\r\n]{0,60}\b\d\d:\d\d/

function isFromLine(line: Buffer): boolean {
  return line.length >= 5 && line.compare(from, 0, 5, 0, 5) === 0
}

/** RFC 4155 appendix A: `From sender date`, the date as asctime writes it. */
function isDatedFrom(line: Buffer): boolean {
  return isFromLine(line) && datedFrom.test(line.subarray(0, 500).toString('latin1'))
}

function isEmpty(line: Buffer): boolean {
  return line[0] === lineFeed || (line[0] === carriageReturn && line[1] === lineFeed)
}

/** `>From `, `>>From `: mboxrd quotes lines that look like a separator. */
function isQuotedFrom(line: Buffer): boolean {
  let at = 0
  while (line[at] === 62) at++
  return at > 0 && line.length >= at + 5 && line.compare(from, 0, 5, at, at + 5) === 0
}

/** The lines of a stream with one line of look-ahead; lines beyond 64 KB come in pieces. */
class Lines {
  readonly #source: AsyncIterator<Uint8Array>
  #buffer: Buffer = Buffer.alloc(0)
  #isEnded = false
  #next: Buffer | null = null
  #isMailOpen = false
  #lastByte = lineFeed

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#source = bytes[Symbol.asyncIterator]()
  }

  /** The next line with its line end, without taking it; null at the end. */
  async peek(): Promise<Buffer | null> {
    for (;;) {
      if (this.#next !== null) return this.#next
      const end = this.#buffer.indexOf(lineFeed)
      if (end >= 0 || this.#buffer.length >= longestLine || (this.#isEnded && this.#buffer.length > 0)) {
        const length = end >= 0 ? end + 1 : this.#buffer.length
        this.#next = this.#buffer.subarray(0, length)
        this.#buffer = this.#buffer.subarray(length)
        return this.#next
      }
      if (this.#isEnded) return null
      await this.#fill()
    }
  }

  drop(): void {
    this.#next = null
  }

  /** Takes the leading `From ` line alone, also from a mail whose lines end with CR. */
  dropFromLine(): void {
    const line = this.#next
    const end = line === null ? -1 : line.indexOf(carriageReturn)
    const isBare = line !== null && end >= 0 && end + 1 < line.length && line[end + 1] !== lineFeed
    this.#next = isBare ? line.subarray(end + 1) : null
  }

  async skipEmpty(): Promise<Buffer | null> {
    for (let line = await this.peek(); line !== null; line = await this.peek()) {
      if (!isEmpty(line)) return line
      this.drop()
    }
    return null
  }

  /** Everything that is left, as it comes. */
  async *rest(): AsyncGenerator<Uint8Array> {
    if (this.#next !== null) yield this.#next
    this.drop()
    while (!this.#isEnded) {
      if (this.#buffer.length > 0) yield this.#buffer
      this.#buffer = Buffer.alloc(0)
      await this.#fill()
    }
    if (this.#buffer.length > 0) yield this.#buffer
  }

  openMail(): void {
    this.#isMailOpen = true
  }

  /** One mail of an mbox, unquoted, without the separator that ends it. */
  async *untilSeparator(): AsyncGenerator<Uint8Array> {
    let pieces: Buffer[] = []
    let size = 0
    let wasEmpty = false
    for (let line = await this.peek(); line !== null; line = await this.peek()) {
      if (wasEmpty && isDatedFrom(line)) break
      wasEmpty = isEmpty(line)
      pieces.push(isQuotedFrom(line) ? line.subarray(1) : line)
      size += line.length
      this.drop()
      if (size >= longestLine) {
        yield Buffer.concat(pieces)
        pieces = []
        size = 0
      }
    }
    this.#isMailOpen = false
    if (size > 0) yield Buffer.concat(pieces)
  }

  /** Skips what a reader left unread, and the separator, which it gives. */
  async finishMail(): Promise<Buffer | null> {
    if (this.#isMailOpen) for await (const _ of this.untilSeparator());
    const separator = this.#next
    this.drop()
    return separator
  }

  /** The last byte read was not a line feed. */
  endsWithinLine(): boolean {
    return this.#lastByte !== lineFeed
  }

  isAtEnd(): boolean {
    return this.#isEnded && this.#next === null && this.#buffer.length === 0
  }

  async #fill(): Promise<void> {
    const { value, done } = await this.#source.next()
    if (done === true) {
      this.#isEnded = true
      return
    }
    this.#lastByte = value.at(-1) ?? this.#lastByte
    this.#buffer = this.#buffer.length === 0 ? Buffer.from(value) : Buffer.concat([this.#buffer, value])
  }
}
