// Makes certificates with the openssl command, which the TLS tests need.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CertificateFiles } from '../../src/smtp/ports.ts'

export const hasOpenssl = ((): boolean => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' })
    return true
  } catch {
    console.warn('openssl is not installed: the TLS tests of SMTP are left out')
    return false
  }
})()

/** A directory for certificates, and the way to be rid of it. */
export function openCertificateFolder(): { readonly folder: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'rebound-tls-'))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** Writes `<name>.crt` and `<name>.key`; the certificate is for `<name>.example`. */
export function makeCertificate(
  folder: string,
  name: string,
  algorithm: 'ec' | 'rsa' = 'ec',
): CertificateFiles {
  const certFile = join(folder, `${name}.crt`)
  const keyFile = join(folder, `${name}.key`)
  const subject = ['-subj', `/CN=${name}.example`, '-days', '2']
  const kind = algorithm === 'ec' ? ['ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'] : ['rsa:2048']
  const key = ['-newkey', ...kind, '-nodes', '-keyout', keyFile]
  execFileSync('openssl', ['req', '-x509', ...key, '-out', certFile, ...subject], { stdio: 'ignore' })
  return { certFile, keyFile }
}
