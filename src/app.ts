// The composition root of the server: the file that knows everyone. It reads as a parts list.

import { type Announcer, openAnnouncer } from './backend/announcer.ts'
import { DatabaseError } from './backend/database.ts'
import { type DatabaseHealth, watchDatabase } from './backend/health.ts'
import { linkedEvents } from './backend/linking.ts'
import { settingFaults } from './backend/mapping.ts'
import { copyNewColumns } from './backend/new-columns.ts'
import { type Base, openBase } from './backend/open.ts'
import { mailDirectory } from './backend/postmaster.ts'
import { openRecorder } from './backend/recording.ts'
import { smtpLimits } from './backend/smtp-limits.ts'
import { StartError } from './backend/start-error.ts'
import type { Ports } from './http/ports.ts'
import { createHttp } from './http/server.ts'
import { createIntake, type Steps } from './intake.ts'
import { providerOfDomain, providers } from './knowledge/providers.ts'
import { createMemoryBudget } from './message/memory-budget.ts'
import { readMessage } from './message/parts.ts'
import { createMetrics, type Metrics } from './metrics/metrics.ts'
import { isWithin, networkKey } from './model/network.ts'
import { classifiedOf } from './reader.ts'
import { readReport } from './report/read.ts'
import { openRulebook, type Rulebook } from './rules/rulebook.ts'
import type { Config } from './settings/config.ts'
import { CertificateError, readCertificate } from './smtp/certificates.ts'
import { createListener } from './smtp/listener.ts'
import type { Listener } from './smtp/ports.ts'
import { deferrals, rejections } from './smtp/replies.ts'
import { failures } from './store/database/failures.ts'
import type { Recorder } from './store/recording/recorder.ts'
import { databaseName } from './store/upkeep/health.ts'
import { schedulePruning } from './store/upkeep/prune-schedule.ts'
import { folderFault } from './system/folder.ts'
import type { Log } from './system/log.ts'
import { version } from './system/version.ts'
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

interface Addresses {
  readonly smtp: { readonly host: string; readonly port: number }
  readonly http: { readonly host: string; readonly port: number }
}

/** Opens everything but the ports. Throws StartError with every fault, DatabaseError. */
export async function openApp(config: Config, log: Log): Promise<App> {
  const metrics = metricsOf(log)
  const base = await openChecked(config, metrics, log)
  const book = await openRulebook(base.rulebook, {
    evidence: config.evidence,
    onError: error => log.warn({ err: error }, 'rules or evidence: the database did not answer'),
  }).catch(async (error: unknown) => {
    await base.close()
    throw error
  })
  const announcer = openAnnouncer(config, base.outbox, { present: bounceShown, metrics, log })
  const health = watchDatabase(base.store, { onChange: metrics.databaseUp, log })
  const recorder = openRecorder(config, {
    store: base.store,
    announcer,
    health,
    metrics,
    log,
    onObserverError: notObserved(log),
  })
  const pruning = schedulePruning(base.store, config, {
    onPruned: pruned =>
      log.info({ pruned }, 'deleted what is older than REBOUND_KEEP_DAYS and return paths allow'),
    onError: error => log.warn({ err: error }, 'old rows could not be deleted; will retry within the hour'),
  })
  const copying = copyNewColumns(base.store, log)
  const listener = listenerOf(config, { base, book, recorder, health, metrics, log })
  let isDraining = false
  const http = createHttp({
    host: config.httpHost,
    port: config.httpPort,
    token: config.apiToken,
    version,
    metrics,
    log,
    maxMessageBytes: config.maxMessageBytes,
    maxAuthFailures: config.authFailures,
    isTrusted: ip => isWithin(ip, config.trustedNetworks),
    ports: {
      ...portsOf(base, book),
      health: {
        notReady: async () =>
          isDraining ? 'draining: this server is being stopped' : await health.notReady(),
      },
    },
  })

  return {
    version,
    databaseName: databaseName(config.databaseUrl),
    start: async () => {
      // HTTP first: readyz tells an orchestrator that SMTP is not there yet, never the other way round.
      const at = { http: await http.start(), smtp: await listener.start() }
      for (const [protocol, { host, port }] of Object.entries(at))
        log.info({ protocol, host, port }, 'listening')
      return at
    },
    reloadTls: listener.reloadTls,
    stop: async () => {
      isDraining = true
      await listener.drain(config.shutdownSeconds * 1000)
      // Everything that works by itself ends before the database that it works with.
      for (const part of [copying, pruning, recorder, announcer, book, http, health, base])
        await part?.close()
    },
  }
}

/** What fails after the commit must not fail a recorded mail. */
const notObserved =
  (log: Log) =>
  (error: unknown): void =>
    log.error({ err: error }, 'what happened was not counted or logged; what was recorded is recorded')

function metricsOf(log: Log): Metrics {
  return createMetrics({
    version,
    vocabulary: {
      providers: providers.map(provider => provider.name),
      rejections: Object.keys(rejections),
      deferrals: Object.keys(deferrals),
      databaseErrors: failures,
    },
    providerOf: address => providerOfDomain(address.slice(address.lastIndexOf('@') + 1)),
    onError: notObserved(log),
  })
}

/** The database, once all settings are checked; faults of both are thrown together. */
async function openChecked(config: Config, metrics: Metrics, log: Log): Promise<Base> {
  const early = await earlyFaults(config)
  const base = await openBase(config, metrics.sends, message => log.warn(message)).catch((error: unknown) => {
    if (error instanceof StartError) throw new StartError([...new Set([...early, ...error.faults])])
    // A database that is down is not a wrong setting; it is reported beside those that there are.
    if (error instanceof DatabaseError && early.length > 0) throw new StartError([...early, error.message])
    throw error
  })
  if (early.length === 0) return base
  await base.close()
  throw new StartError(early)
}

interface Parts {
  readonly base: Base
  readonly book: Rulebook
  readonly announcer: Announcer | null
  readonly health: DatabaseHealth
  readonly recorder: Recorder
  readonly metrics: Metrics
  readonly log: Log
}

/** SMTP, with the stages that a message goes through. */
function listenerOf(
  config: Config,
  {
    base,
    book,
    recorder,
    health,
    metrics,
    log,
  }: Pick<Parts, 'base' | 'book' | 'recorder' | 'health' | 'metrics' | 'log'>,
): Listener {
  const siteOf = (ip: string) => (isWithin(ip, config.trustedNetworks) ? null : networkKey(ip))
  const memory = createMemoryBudget(config.maxKeptBytes, siteOf)
  const steps: Steps = {
    openMemory: memory.open,
    parse: (bytes, memory) => readMessage(bytes, { memory }),
    read: readReport,
    judge: book.judge,
    events: linkedEvents(base, config),
    record: recorder.record,
    observe: seen => {
      metrics.seen(seen)
      for (const { isNew, event } of seen.recorded) {
        const source = isNew && event.verdict ? book.sourceOf(event.verdict.because.rule) : null
        if (source !== null) metrics.ruleHit(source)
      }
      book.keep(seen.report, seen.recorded, seen.envelope.receivedAt)
      logSeen(log, seen)
    },
    onObserveError: notObserved(log),
  }
  return createListener(
    {
      host: config.smtpHost,
      port: config.smtpPort,
      hostName: config.hostname,
      mailDirectory: mailDirectory(config),
      tls: certificateFiles(config),
      limits: smtpLimits(config),
      trusted: config.trustedNetworks,
      ...(config.tlsCiphers === 'default' ? {} : { tlsCiphers: config.tlsCiphers }),
    },
    {
      readAddress: async address => {
        // On a wrong clock a good return path looks expired: rather later than lost (451).
        const clockFault = health.clockFault()
        if (clockFault !== null) throw new Error(`The clocks disagree: ${clockFault}`)
        return await base.readAddress(address)
      },
      receive: createIntake(steps),
      memory,
      log,
      metrics,
    },
  )
}

/** What HTTP may ask for. */
function portsOf(base: Base, book: Rulebook): Omit<Ports, 'health'> {
  return {
    modules: base.modules,
    records: base.records,
    campaigns: base.campaigns,
    bounces: base.bounces,
    mint: base.mint,
    undo: base.undo,
    recordList: base.list,
    rules: book.rules,
    classify: async (bytes, delivery) => {
      const report = readReport(await readMessage(bytes), delivery)
      return classifiedOf(report, book.judge(report))
    },
  }
}

const certificateFiles = ({ tlsCert, tlsKey }: Partial<Config>) =>
  tlsCert && tlsKey ? { certFile: tlsCert, keyFile: tlsKey } : null

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

function logSeen(
  log: Log,
  { envelope, judgement, recorded, message }: Parameters<Steps['observe']>[0],
): void {
  log.info(
    {
      session: envelope.session,
      ip: envelope.client.ip,
      kind: judgement.kind,
      bytes: message.bytes,
      events: recorded.map(({ id, isNew, event }) => ({
        id,
        isNew,
        module: event.link?.send.module,
        record: event.link?.send.recordId,
        type: event.verdict?.type,
        category: event.verdict?.category,
        because: event.verdict?.because.rule,
      })),
    },
    'recorded',
  )
}
