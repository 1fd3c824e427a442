// The composition root of the server: the file that knows everyone. It reads as a parts list.

import { availableParallelism } from 'node:os'
import { openAnnouncer } from './backend/announcer.ts'
import { apiTokens } from './backend/api-tokens.ts'
import { startBrake } from './backend/brake.ts'
import { type ClusterMember, joinCluster } from './backend/cluster.ts'
import { countingTold } from './backend/counts.ts'
import { DatabaseError } from './backend/database.ts'
import { tallySends } from './backend/days.ts'
import { watchDatabase } from './backend/health.ts'
import { settingFaults } from './backend/mapping.ts'
import { onlyServer } from './backend/only-server.ts'
import { type Base, openBase } from './backend/open.ts'
import { openRecorder, type RecordingParts } from './backend/recording.ts'
import { startSpreading } from './backend/spread.ts'
import { StartError } from './backend/start-error.ts'
import { startUpkeep } from './backend/upkeep.ts'
import { metricsOf } from './counting.ts'
import { certificateFiles, type DoorAddress, type DoorAddresses, openDoors } from './doors.ts'
import { createHttp, type Http, type HttpOptions } from './http/server.ts'
import type { Metrics } from './metrics/metrics.ts'
import { isWithin } from './model/network.ts'
import { pagesOf } from './page/pages.tsx'
import type { PageSettings } from './page/site.ts'
import { portsOf } from './ports.ts'
import { type BesideOptions, openReadingBeside } from './reading/beside.ts'
import { openRulebook } from './rules/rulebook.ts'
import type { Config } from './settings/config.ts'
import { shownSettings } from './settings/shown.ts'
import { weakSettings } from './settings/weak.ts'
import { CertificateError, readCertificate } from './smtp/certificates.ts'
import { databaseName } from './store/upkeep/health.ts'
import { folderFault } from './system/folder.ts'
import type { Log } from './system/log.ts'
import { version } from './system/version.ts'
import { tryOutOf } from './try-out.ts'
import { bounceShown } from './view/shown.ts'

export interface App {
  readonly version: string
  /** The database as it may be shown: no password. */
  readonly databaseName: string
  /** Listens; resolves with the addresses taken. */
  readonly start: () => Promise<Addresses>
  /** Looks at the certificate files now instead of within seconds. */
  readonly reloadTls: () => Promise<void>
  /** Drains SMTP, then closes HTTP and database. May be called after a failed start. */
  readonly stop: () => Promise<void>
}

interface Addresses extends DoorAddresses {
  readonly http: DoorAddress
}

export interface AppOptions {
  /** A descriptor that listens for SMTP already, instead of host and port of the settings. */
  readonly smtpSocket?: number | null
}

/** Opens everything but the ports. Throws StartError with every fault, DatabaseError. */
export async function openApp(
  config: Config,
  log: Log,
  { smtpSocket = null }: AppOptions = {},
): Promise<App> {
  for (const warning of weakSettings(config)) log.warn(warning)
  const tally = tallySends(metricsOf(notObserved(log)))
  const { metrics, certificateExpires } = knowingCertificate(tally.metrics)
  // Before anything is opened: an incomplete installation fails at once.
  const pages = config.page === 'on' ? pagesOf(pageSettings(config)) : undefined
  const base = await openChecked(config, metrics, log)
  const orClose = <T>(step: Promise<T>): Promise<T> =>
    step.catch(async (error: unknown) => {
      await base.close()
      throw error
    })
  const thresholds = await orClose(base.enforceThresholds())
  const reading = readsBeside(config) ? openReadingBeside(tellLost(metrics, log)) : null
  const book = await orClose(
    openRulebook(base.rulebook, {
      evidence: config.evidence,
      onRules: rules => reading?.setRules(rules),
      onError: error => log.warn({ err: error }, 'rules or evidence: the database did not answer'),
    }),
  )
  const { health, recorder, parts } = await orClose(openRecording(base, config, { thresholds, metrics, log }))
  const upkeep = [...startUpkeep(base, config, metrics, log), tally.keep(base.store, log)]
  const doors = openDoors(config, {
    smtpSocket,
    base,
    book,
    read: reading?.read ?? (await orClose(import('./reading/here.ts'))).readHere(book.judge),
    recorder,
    health,
    metrics,
    log,
    onObserveError: notObserved(log),
  })
  let isDraining = false
  let member: ClusterMember | null = null
  let smtp: DoorAddress | null = null
  const http = openHttp(config, {
    pages,
    metrics,
    log,
    ports: {
      ...portsOf(base, book, config, certificateExpires),
      tryOut: tryOutOf({ mint: base.mint, records: base.records, smtp: () => smtp }),
      campaigns: countingTold(base.campaigns, metrics),
      health: {
        notReady: async () =>
          isDraining
            ? 'draining: this server is being stopped'
            : ((await health.notReady()) ?? reading?.notReady() ?? null),
      },
    },
  })

  return {
    version,
    databaseName: databaseName(config.databaseUrl),
    start: async () => {
      await reading?.start().catch(noThread)
      member = await joinCluster(base.store, log)
      // HTTP first: readyz tells an orchestrator that SMTP is not there yet, never the other way round.
      const at: Addresses = { http: await http.start(), ...(await doors.start()) }
      smtp = at.smtp
      for (const [protocol, { host, port }] of Object.entries(at))
        log.info({ protocol, host, port }, 'listening')
      return at
    },
    reloadTls: doors.reloadTls,
    stop: async () => {
      isDraining = true
      await doors.drain(config.shutdownSeconds * 1000)
      // Everything that works by itself ends before the database that it works with.
      for (const part of [...upkeep, ...parts, member, book, reading, http, health, base]) await part?.close()
    },
  }
}

/** What puts events into the database, and what their commit sets off. */
async function openRecording(
  base: Base,
  config: Config,
  { thresholds, metrics, log }: Pick<RecordingParts, 'thresholds'> & { metrics: Metrics; log: Log },
) {
  const announcer = openAnnouncer(config, base.outbox, { present: bounceShown, metrics, log })
  const health = watchDatabase(base.store, { onChange: metrics.databaseUp, log })
  const brake =
    config.brake === 'on'
      ? startBrake(base.store, { incidents: base.incidents, announcer, metrics, log })
      : null
  const recorder = openRecorder(config, {
    store: base.store,
    thresholds,
    brake,
    announcer,
    health,
    metrics,
    log,
    onObserverError: notObserved(log),
  })
  metrics.watch(() => ({ queue: recorder.waiting(), clocksDisagree: health.clockFault() !== null }))
  const spreading = await startSpreading(base, config, { brake, announcer, metrics, log })
  return { health, recorder, parts: [brake, spreading, recorder, announcer] }
}

/** The API and the pages, as the settings want them. */
function openHttp(config: Config, parts: Pick<HttpOptions, 'pages' | 'metrics' | 'log' | 'ports'>): Http {
  return createHttp({
    ...parts,
    host: config.httpHost,
    port: config.httpPort,
    token: config.apiToken,
    moreTokens: apiTokens(config, { onFault: fault => parts.log.warn(fault) }),
    metricsAccess: config.metrics,
    version,
    maxMessageBytes: config.maxMessageBytes,
    maxAuthFailures: config.authFailures,
    isTrusted: ip => isWithin(ip, config.trustedNetworks),
  })
}

/** The same metrics, and the day they were told of last, for the pages. */
function knowingCertificate(counted: Metrics) {
  let expiry: Date | null = null
  const certificate: Metrics['certificate'] = expires => {
    expiry = expires
    counted.certificate(expires)
  }
  return { metrics: { ...counted, certificate }, certificateExpires: () => expiry }
}

/** A failure after the commit must not fail a recorded mail. */
const notObserved =
  (log: Log) =>
  (error: unknown): void =>
    log.error({ err: error }, 'what happened was not counted or logged; what was recorded is recorded')

/** Where there is a core for it. */
const readsBeside = ({ readerThread }: Config): boolean =>
  readerThread === 'auto' ? availableParallelism() > 1 : readerThread === 'on'

function noThread(error: unknown): never {
  const why = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error)
  throw new StartError([
    `REBOUND_READER_THREAD: the thread cannot be started (${why}); write off to read mail without it`,
  ])
}

const tellLost = (metrics: Metrics, log: Log): BesideOptions => ({
  onLost: ({ end, error, mail, held }) => {
    metrics.readerEnded(end)
    log.error(
      { session: mail?.session, reason: end, held, err: error },
      'the thread that reads mail ended and is replaced; the mails it held are deferred',
    )
  },
  onUnread: ({ session }) => {
    metrics.unread()
    log.error({ session }, 'recorded without having been read: reading such a mail ended the reader twice')
  },
})

/** The database, once all settings are checked; faults of both are thrown together. */
async function openChecked(config: Config, metrics: Metrics, log: Log): Promise<Base> {
  const early = await earlyFaults(config)
  // Before the database is opened: a newer version must not change the tables under a server that still runs.
  const lock = early.length === 0 ? await onlyServer(config, log) : null
  const base = await openBase(config, metrics, message => log.warn(message)).catch((error: unknown) => {
    lock?.release()
    if (error instanceof StartError) throw new StartError([...new Set([...early, ...error.faults])])
    // A database that is down is not a wrong setting; it is reported beside those that there are.
    if (error instanceof DatabaseError && early.length > 0) throw new StartError([...early, error.message])
    throw error
  })
  if (early.length === 0) {
    const close = async (): Promise<void> => {
      await base.close()
      lock?.release()
    }
    return { ...base, close }
  }
  await base.close()
  throw new StartError(early)
}

/** The settings that pages show: none that holds a secret. */
function pageSettings(config: Config): PageSettings {
  return {
    recordUrl: config.recordUrl,
    version,
    databaseName: databaseName(config.databaseUrl),
    settings: shownSettings(config),
  }
}

/** What a start finds wrong before it asks the database. */
async function earlyFaults(config: Config): Promise<readonly string[]> {
  const certificate = await contentFaults({ ...config, legacy: [], crmFile: null })
  const folder = folderFault(config.dataDir)
  return folder === null ? certificate : [...certificate, `REBOUND_DATA_DIR ${folder}`]
}

/** What is wrong with the contents of settings that can be read: certificate files, legacy patterns, mapping file. */
export async function contentFaults(config: Partial<Config>): Promise<readonly string[]> {
  const faults = await settingFaults(config)
  const tls = certificateFiles(config)
  if (tls === null) return faults
  try {
    await readCertificate(tls)
    return faults
  } catch (error) {
    if (error instanceof CertificateError)
      return [...faults, ...error.faults.map(fault => `REBOUND_TLS_CERT, REBOUND_TLS_KEY: ${fault}`)]
    throw error
  }
}
