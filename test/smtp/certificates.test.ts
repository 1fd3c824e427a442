// Reading a certificate: every way to get it wrong has its own words; a change is noticed, a broken one survived.

import { execFileSync } from 'node:child_process'
import { copyFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { CertificateError, readCertificate, watchCertificate } from '../../src/smtp/certificates.ts'
import type { CertificateFiles } from '../../src/smtp/ports.ts'
import { hasOpenssl, makeCertificate, openCertificateFolder } from './certificate-files.ts'

describe.runIf(hasOpenssl)('certificates', () => {
  const { folder, remove } = openCertificateFolder()
  afterAll(remove)
  let good: CertificateFiles
  let other: CertificateFiles
  const at = (name: string): string => join(folder, name)

  beforeAll(() => {
    good = makeCertificate(folder, 'good')
    other = makeCertificate(folder, 'other')
    writeFileSync(at('words'), 'not PEM')
    writeFileSync(at('half'), readFileSync(good.certFile, 'utf8').slice(0, 200))
    execFileSync('openssl', [
      'pkey',
      '-in',
      good.keyFile,
      '-aes256',
      '-passout',
      'pass:x',
      '-out',
      at('locked.key'),
    ])
  })

  it('are read', async () => {
    const certificate = await readCertificate(good)
    expect(certificate.cert).toContain('BEGIN CERTIFICATE')
    expect(certificate.validTo.getTime()).toBeGreaterThan(Date.now())
  })

  const faultsOf = async (files: CertificateFiles): Promise<readonly string[]> => {
    try {
      await readCertificate(files)
    } catch (error) {
      if (error instanceof CertificateError) return error.faults
    }
    return []
  }

  it.each<[string, () => Partial<CertificateFiles>, RegExp[]]>([
    [
      'missing files',
      () => ({ certFile: at('no'), keyFile: at('none') }),
      [/certificate .*no .*ENOENT/, /key .*none/],
    ],
    ['a folder', () => ({ certFile: folder }), [/EISDIR/]],
    [
      'words for a certificate',
      () => ({ certFile: at('words') }),
      [/not a certificate: .*BEGIN CERTIFICATE/],
    ],
    ['half a certificate', () => ({ certFile: at('half') }), [/not a certificate/]],
    ['words for a key', () => ({ keyFile: at('words') }), [/not a private key: .*BEGIN PRIVATE KEY/]],
    ['the certificate for a key', () => ({ keyFile: good.certFile }), [/not a private key/]],
    [
      'a key with a passphrase',
      () => ({ keyFile: at('locked.key') }),
      [/has a passphrase: give one without/],
    ],
    ['the key of another', () => ({ keyFile: other.keyFile }), [/belongs to another certificate/]],
    ['both wrong', () => ({ certFile: at('words'), keyFile: at('words') }), [/certificate/, /private key/]],
  ])('tell of %s', async (_, files, expected) => {
    const faults = await faultsOf({ ...good, ...files() })
    expect(faults.length).toBe(expected.length)
    expected.forEach((words, index) => {
      expect(faults[index]).toMatch(words)
    })
  })

  it('are watched: a renewal is told, half a renewal is not', async () => {
    const live = { certFile: at('live.crt'), keyFile: at('live.key') }
    copyFileSync(good.certFile, live.certFile)
    copyFileSync(good.keyFile, live.keyFile)
    const told: string[] = []
    const warned: string[] = []
    const log = {
      debug: () => {},
      info: () => {},
      warn: (_: object, m: string) => warned.push(m),
      error: () => {},
    }
    const watch = await watchCertificate(live, 60_000, ({ cert }) => told.push(cert), log)
    onTestFinished(() => watch.close())
    await watch.check()
    expect(told).toEqual([])

    copyFileSync(other.certFile, at('next.crt'))
    renameSync(at('next.crt'), live.certFile)
    await watch.check()
    await watch.check()
    expect(told).toEqual([])
    expect(warned).toEqual(['the new TLS certificate cannot be used; the old one stays'])

    copyFileSync(other.keyFile, at('next.key'))
    renameSync(at('next.key'), live.keyFile)
    await watch.check()
    expect(told).toEqual([readFileSync(other.certFile, 'utf8')])
  })
})
