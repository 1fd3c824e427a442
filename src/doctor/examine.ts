// The whole examination, in the order in which a bounce passes: DNS, port 25, server, certificate, settings, database, disk, receiver.

import type { DoctorFinding } from '../model/doctor-finding.ts'
import type { Config } from '../settings/config.ts'
import { sqliteFile } from '../store/database/sqlite-file.ts'
import { examineDatabase } from './database.ts'
import { examineDns } from './dns.ts'
import { examineCertificate, examineDisk, examineSecretFile } from './machine.ts'
import { examineMailbox } from './mailbox.ts'
import { examinePort, examineReceiver } from './reach.ts'
import { examineServer } from './server.ts'
import { examineSettings } from './settings.ts'

export interface ExaminationOptions {
  readonly now: Date
  /** `host:port` of the name servers to ask. */
  readonly resolvers?: readonly string[]
  /** Where the world's mail servers connect to; 25 unless told. */
  readonly mxPort?: number
}

/** Looks at everything; changes and sends nothing. */
export async function examine(
  config: Config,
  { now, resolvers, mxPort = 25 }: ExaminationOptions,
): Promise<readonly DoctorFinding[]> {
  const { domains, hostname, databaseUrl, dataDir, tlsCert, tlsKey, webhookUrl, webhookPrivate } = config
  const dns = await examineDns({ domains, hostname, ...(resolvers ? { resolvers } : {}) })
  const file = databaseUrl.startsWith('sqlite:') ? sqliteFile(databaseUrl) : null
  const names = dns.hosts.map(({ name }) => name)
  const [port, server, certificate, database, disk, secret, receiver, mailbox] = await Promise.all([
    examinePort(dns.hosts, { hostname, port: mxPort }),
    examineServer(config),
    examineCertificate(
      tlsCert && tlsKey ? { certFile: tlsCert, keyFile: tlsKey } : null,
      names.length > 0 ? names : [hostname],
      now,
    ),
    examineDatabase(config),
    examineDisk(dataDir, file),
    examineSecretFile(dataDir),
    examineReceiver(webhookUrl, { allowInside: webhookPrivate === 'allow' }),
    examineMailbox(config),
  ])
  return [
    ...dns.findings,
    ...port,
    server,
    certificate,
    ...examineSettings(config),
    ...(secret === null ? [] : [secret]),
    ...database,
    ...disk,
    receiver,
    ...mailbox,
  ]
}
