// The machine: room on the disk, a file system that keeps SQLite's promises, files that may be written, the certificate.

import { X509Certificate } from 'node:crypto'
import { constants } from 'node:fs'
import { access, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { dayMs } from '../model/day.ts'
import type { DoctorFinding } from '../model/doctor-finding.ts'
import { CertificateError, readCertificate } from '../smtp/certificates.ts'
import type { CertificateFiles } from '../smtp/ports.ts'
import { fault, ok, unknown, warning } from './finding.ts'

/** Numbers of file systems (statfs(2)) on which the write-ahead log or the flush cannot be relied upon. */
const unfit: Readonly<Record<number, string>> = {
  26985: 'NFS',
  4283649346: 'CIFS',
  4266872130: 'SMB2',
  20859: 'SMB',
  16914839: '9p',
  1702057286: 'FUSE',
  12805120: 'Ceph',
  1397113167: 'AFS',
}
const volatile: Readonly<Record<number, string>> = { 16914836: 'tmpfs', 2240043254: 'ramfs' }

const megabyte = 1024 * 1024
const leastBytes = 1024 * megabyte

/** @param sqliteFile null: the database is elsewhere */
export async function examineDisk(
  dataDir: string,
  sqliteFile: string | null,
): Promise<readonly DoctorFinding[]> {
  const check = `disk of ${dataDir}`
  const disk = await statfs(dataDir).catch(() => null)
  if (disk === null)
    return [warning(check, 'the folder is not there yet', 'Start the server once, or set REBOUND_DATA_DIR.')]
  const free = disk.bavail * disk.bsize
  const share = disk.bavail / disk.blocks
  const says = `${Math.floor(free / megabyte).toLocaleString('en')} MB free, ${Math.floor(share * 100)} %`
  const findings = [
    free < leastBytes || share < 0.05
      ? fault(check, says, 'Make room: a full disk defers all mail.')
      : ok(check, says),
  ]
  const closed = (
    await Promise.all([dataDir, ...(sqliteFile === null ? [] : [sqliteFile])].map(closedToUs))
  ).filter(path => path !== null)
  if (closed.length > 0)
    findings.push(
      fault(
        'rights',
        `the user of this command may not write ${closed.join(', ')}`,
        'Run the command as the user of the server, or give the files to that user (chown).',
      ),
    )
  if (sqliteFile === null) return findings
  const name = 'file system of the SQLite file'
  const type = await statfs(join(sqliteFile, '..')).then(
    ({ type }) => type >>> 0,
    () => null,
  )
  if (type === null) findings.push(unknown(name, 'the folder is not there yet'))
  else if (unfit[type] !== undefined)
    findings.push(
      fault(
        name,
        `is ${unfit[type]}, where a power cut or a second machine may lose what was answered with 250`,
        'Move the file to a local disk, or use MySQL or MariaDB.',
      ),
    )
  else if (volatile[type] !== undefined)
    findings.push(
      fault(name, `is ${volatile[type]}, which forgets everything at a restart`, 'Move the file to a disk.'),
    )
  else findings.push(ok(name, 'is local'))
  return findings
}

/** The path, where it is there and this user may not write it. */
async function closedToUs(path: string): Promise<string | null> {
  return await access(path, constants.R_OK | constants.W_OK).then(
    () => null,
    (error: unknown) => ((error as NodeJS.ErrnoException).code === 'ENOENT' ? null : path),
  )
}

export async function examineCertificate(
  files: CertificateFiles | null,
  names: readonly string[],
  now: Date,
): Promise<DoctorFinding> {
  const check = 'certificate'
  if (files === null)
    return warning(
      check,
      'none is set: mail comes in clear, and senders with REQUIRETLS or MTA-STS are refused',
      'Set REBOUND_TLS_CERT and REBOUND_TLS_KEY.',
    )
  try {
    const certificate = new X509Certificate((await readCertificate(files)).cert)
    const days = Math.floor((Date.parse(certificate.validTo) - now.getTime()) / dayMs)
    if (days < 0)
      return fault(check, `has expired ${-days} days ago`, 'Renew it; it is read again within seconds.')
    if (days < 14)
      return warning(check, `expires in ${days} days`, 'Renew it; it is read again within seconds.')
    const foreign = names.filter(name => certificate.checkHost(name) === undefined)
    return foreign.length > 0
      ? warning(
          check,
          `is not for ${foreign.join(', ')}`,
          'Senders that check it (MTA-STS, DANE) will not deliver.',
        )
      : ok(check, `is valid for ${days} days`)
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error
    return fault(
      check,
      `cannot be used: ${error.faults.join('; ')}`,
      'Mend it: a server does not start with it, and one that runs keeps the certificate it has.',
    )
  }
}

/** The signing secret of the data directory may be read by its owner alone. */
export async function examineSecretFile(dataDir: string): Promise<DoctorFinding | null> {
  const file = join(dataDir, 'secret')
  const found = await stat(file).catch(() => null)
  if (found === null) return null
  return (found.mode & 0o077) === 0
    ? ok('secret file', 'only its owner may read it')
    : fault('secret file', `${file} may be read by others`, `chmod 600 ${file}`)
}
