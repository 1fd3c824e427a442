// The certificate that STARTTLS shows: read, checked, and read again when its files change.

import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import type { Log } from './ports.ts'

export interface CertificateFiles {
  /** PEM, the leaf first, then its chain. */
  readonly certFile: string
  /** PEM, without a passphrase. */
  readonly keyFile: string
}

export interface Certificate {
  readonly cert: string
  readonly key: string
  readonly validTo: Date
}

/** The files cannot be used; `faults` says for each what is wrong and what to do. */
export class CertificateError extends Error {
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(faults.join('; '))
    this.faults = faults
  }
}

/**
 * Reads and checks certificate and key.
 * Throws CertificateError with all faults at once: unreadable, no PEM, a key with a passphrase, a key of another
 * certificate. An expired certificate is no fault: senders to an MX rarely look, and cleartext is worse.
 */
export async function readCertificate(files: CertificateFiles): Promise<Certificate> {
  const faults: string[] = []
  const cert = await readText(files.certFile, 'certificate', faults)
  const key = await readText(files.keyFile, 'key', faults)
  const parsed = cert === null ? null : parseCertificate(cert, files.certFile, faults)
  const privateKey = key === null ? null : parseKey(key, files.keyFile, faults)
  if (parsed && privateKey && !parsed.checkPrivateKey(privateKey)) {
    faults.push(
      `the TLS key ${files.keyFile} belongs to another certificate than ${files.certFile}: give both files of one pair`,
    )
  }
  if (cert === null || key === null || !parsed || faults.length > 0) throw new CertificateError(faults)
  try {
    createSecureContext({ cert, key })
  } catch (error) {
    throw new CertificateError([
      `TLS does not accept ${files.certFile} with ${files.keyFile}: ${wordsOf(error)}`,
    ])
  }
  return { cert, key, validTo: new Date(parsed.validTo) }
}

async function readText(file: string, what: string, faults: string[]): Promise<string | null> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    faults.push(
      `the TLS ${what} ${file} cannot be read (${wordsOf(error)}): give a PEM file that this user may read`,
    )
    return null
  }
}

function parseCertificate(pem: string, file: string, faults: string[]): X509Certificate | null {
  try {
    return new X509Certificate(pem)
  } catch {
    faults.push(
      `the TLS certificate ${file} is not a certificate: give PEM text that begins with -----BEGIN CERTIFICATE-----`,
    )
    return null
  }
}

function parseKey(pem: string, file: string, faults: string[]): ReturnType<typeof createPrivateKey> | null {
  try {
    return createPrivateKey(pem)
  } catch (error) {
    const isLocked =
      pem.includes('ENCRYPTED') || (error as NodeJS.ErrnoException).code === 'ERR_MISSING_PASSPHRASE'
    faults.push(
      isLocked
        ? `the TLS key ${file} has a passphrase: give one without`
        : `the TLS key ${file} is not a private key: give PEM text that begins with -----BEGIN PRIVATE KEY-----`,
    )
    return null
  }
}

const wordsOf = (error: unknown): string =>
  error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : String(error)

/** Watches two certificate files by their times; renewers replace them by renaming, which file watchers lose. */
export class CertificateWatch {
  readonly #files: CertificateFiles
  readonly #onChange: (certificate: Certificate) => void
  readonly #log: Log
  readonly #timer: NodeJS.Timeout
  #seen: string
  #isChecking = false

  private constructor(
    files: CertificateFiles,
    seen: string,
    pollMs: number,
    onChange: (certificate: Certificate) => void,
    log: Log,
  ) {
    this.#files = files
    this.#seen = seen
    this.#onChange = onChange
    this.#log = log
    this.#timer = setInterval(() => void this.check(), pollMs)
    this.#timer.unref()
  }

  /** Starts watching; changes from now on are told. The owner calls `close`. */
  static async open(
    files: CertificateFiles,
    pollMs: number,
    onChange: (certificate: Certificate) => void,
    log: Log,
  ): Promise<CertificateWatch> {
    return new CertificateWatch(files, await stampOf(files), pollMs, onChange, log)
  }

  /** Looks now. A pair that cannot be used (half of it renewed) leaves the old one in place and is tried again. */
  async check(): Promise<void> {
    if (this.#isChecking) return
    this.#isChecking = true
    try {
      const stamp = await stampOf(this.#files)
      if (stamp === this.#seen) return
      this.#onChange(await readCertificate(this.#files))
      this.#seen = stamp
      this.#log.info({ certFile: this.#files.certFile }, 'TLS certificate reloaded')
    } catch (error) {
      this.#log.warn(
        { reason: wordsOf(error) },
        'TLS certificate changed but cannot be used; the old one stays',
      )
    } finally {
      this.#isChecking = false
    }
  }

  close(): void {
    clearInterval(this.#timer)
  }
}

/** What changes when a file is written or replaced. */
async function stampOf(files: CertificateFiles): Promise<string> {
  const stamps = await Promise.all(
    [files.certFile, files.keyFile].map(async file => {
      const found = await stat(file, { bigint: true }).catch(() => null)
      return found ? `${found.ino}:${found.mtimeNs}:${found.size}` : 'none'
    }),
  )
  return stamps.join(' ')
}
