// What the doctor says of the certificate: of each way to get it wrong, and of one that is right.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { examineCertificate } from '../../src/doctor/machine.ts'
import { dayMs } from '../../src/model/day.ts'
import type { CertificateFiles } from '../../src/smtp/ports.ts'
import { hasOpenssl, makeCertificate, openCertificateFolder } from '../smtp/certificate-files.ts'

const { folder, remove } = openCertificateFolder()
afterAll(remove)

test('none', async () =>
  expect(await examineCertificate(null, [], new Date())).toMatchObject({ state: 'warning' }))

describe.runIf(hasOpenssl)('a pair of files', () => {
  // Made for two days.
  let mx: CertificateFiles
  let other: CertificateFiles
  beforeAll(() => {
    mx = makeCertificate(folder, 'mx')
    other = makeCertificate(folder, 'other')
    writeFileSync(join(folder, 'words'), 'no certificate')
  })
  const inDays = (days: number): Date => new Date(Date.now() + days * dayMs)

  test.each<[string, () => Partial<CertificateFiles>, readonly string[], Date, string]>([
    ['that is right', () => ({}), ['mx.example'], inDays(-20), 'ok: is valid for 2'],
    ['that soon expires', () => ({}), ['mx.example'], inDays(0), 'warning: expires in '],
    ['that has expired', () => ({}), ['mx.example'], inDays(9), 'fault: has expired'],
    ['for another name', () => ({}), ['mx2.example'], inDays(-20), 'warning: is not for mx2.example'],
    [
      'that is not one',
      () => ({ certFile: join(folder, 'words') }),
      [],
      inDays(0),
      'fault: cannot be used: the TLS certificate',
    ],
    [
      'whose key is of another',
      () => ({ keyFile: other.keyFile }),
      [],
      inDays(0),
      'fault: cannot be used: the TLS key',
    ],
  ])('%s', async (_, changed, names, now, expected) => {
    const { state, says } = await examineCertificate({ ...mx, ...changed() }, names, now)
    expect(`${state}: ${says}`.slice(0, expected.length)).toBe(expected)
  })
})
