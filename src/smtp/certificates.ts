// The certificate that STARTTLS shows: read, checked, and read again when its files change.

import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { startLoop } from '../system/loop.ts'
import type { CertificateFiles, SmtpLog } from './ports.ts'

const defaultPollMs = 10_000

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
export interface CertificateWatch {
  /** The certificate as it was when the watch was opened. */
  readonly first: Certificate
  /** Looks now. */
  readonly check: () => Promise<void>
  /** Resolves when no look is under way any more. */
  readonly close: () => Promise<void>
}

/** Reads the certificate and tells of every later one. Rejects like `readCertificate`. The owner calls `close`. */
export async function watchCertificate(
  files: CertificateFiles,
  pollMs: number | undefined,
  onChange: (certificate: Certificate) => void,
  log: SmtpLog,
): Promise<CertificateWatch> {
  /** What the files looked like when they were last read, whether or not they could be used. */
  let seen = await stampOf(files) // before reading, so that no change falls in between
  const first = await readCertificate(files)
  if (first.validTo < new Date()) log.warn({ validTo: first.validTo }, 'the TLS certificate has expired')
  const loop = startLoop({
    turn: async signal => {
      const stamp = await stampOf(files)
      if (stamp === seen) return
      seen = stamp
      const renewed = await readCertificate(files)
      if (signal.aborted) return
      onChange(renewed)
      log.info({ certFile: files.certFile }, 'TLS certificate reloaded')
    },
    waitMs: () => pollMs ?? defaultPollMs,
    onError: unusable,
  })
  /** A pair that cannot be used, such as half of a renewal, leaves the old one in place until it changes again. */
  function unusable(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error)
    log.warn({ reason }, 'the new TLS certificate cannot be used; the old one stays')
  }
  return { first, check: () => loop.now().catch(unusable), close: loop.close }
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
