// Every setting, in one table: it feeds the defaults, the checks, `rebound serve --help` and the README.

import { hostname } from 'node:os'
import type { Thresholds } from '../crm/thresholds.ts'
import { promotable } from '../model/categories.ts'
import { isLoopback } from '../model/loopback.ts'
import type { Network } from '../model/network.ts'
import { nearest } from '../model/spelling.ts'
import { type LogLevel, logLevels } from '../system/log-levels.ts'
import {
  bytes,
  ciphers,
  databaseUrl,
  days,
  domains,
  inbox,
  integer,
  list,
  networks,
  oneOf,
  type Parse,
  readableFile,
  SettingError,
  secrets,
  thresholds,
  token,
  webhookSecrets,
  webhookUrl,
} from './values.ts'

export interface Config {
  readonly databaseUrl: string
  readonly domains: readonly string[]
  readonly hostname: string
  readonly smtpHost: string
  readonly smtpPort: number
  readonly httpHost: string
  readonly httpPort: number
  readonly dataDir: string
  /** Signing keys, newest first; empty if the data directory provides one. */
  readonly secrets: readonly string[]
  readonly apiToken: string | null
  readonly unsigned: 'reject' | 'observe'
  /** Empty: there is none. */
  readonly inbox: string
  readonly legacy: readonly string[]
  readonly trustLegacy: 'no' | 'remove'
  readonly linkAddress: 'no' | 'yes'
  /** How many soft bounces over how many days make a record hard; empty unless set. */
  readonly thresholds: Thresholds
  readonly webhookUrl: string | null
  /** Signing secrets of webhooks, newest first. */
  readonly webhookSecrets: readonly string[]
  readonly webhookPrivate: 'no' | 'allow'
  readonly evidence: number
  /** Days to keep events and the rows that belong to them; null keeps them for ever. */
  readonly keepDays: number | null
  readonly returnPathDays: number
  readonly maxMessageBytes: number
  readonly maxKeptBytes: number
  readonly maxClients: number
  readonly maxClientsPerIp: number
  readonly maxClientsPerNetwork: number
  readonly trustedNetworks: readonly Network[]
  readonly idleSeconds: number
  readonly stressIdleSeconds: number
  readonly dataSeconds: number
  readonly stressDataSeconds: number
  readonly dataBytesPerSecond: number
  readonly handlerSeconds: number
  readonly sessionSeconds: number
  readonly sessionMessages: number
  readonly maxEmptyMessages: number
  readonly maxRefusals: number
  readonly maxCommands: number
  readonly roleMailPerDay: number
  readonly authFailures: number
  readonly tlsCert: string | null
  readonly tlsKey: string | null
  readonly tlsCiphers: string
  readonly workers: number
  readonly crmFile: string | null
  readonly logLevel: LogLevel
  readonly shutdownSeconds: number
}

interface Setting<Key extends keyof Config> {
  readonly name: string
  readonly key: Key
  /** As one would write it; null if there is none. */
  readonly fallback: string | null
  readonly parse: Parse<Config[Key]>
  readonly help: string
  /** Not printed in configurations. */
  readonly secret?: true
}

const setting = <Key extends keyof Config>(row: Setting<Key>): Setting<Key> => row

/** The one table. The order is that of the README. */
export const settings = [
  setting({
    name: 'REBOUND_DATA_DIR',
    key: 'dataDir',
    fallback: './data',
    parse: text => text,
    help: 'SQLite, the secret and the postmaster mail live here',
  }),
  setting({
    name: 'DATABASE_URL',
    key: 'databaseUrl',
    fallback: 'sqlite:./data/rebound.sqlite',
    parse: databaseUrl,
    secret: true,
    help: 'the database: `sqlite:PATH` (by default in the data directory) or `mysql://user:pass@host:3306/db`',
  }),
  setting({
    name: 'REBOUND_DOMAINS',
    key: 'domains',
    fallback: 'bounces.localhost',
    parse: domains,
    help: 'domains of your return paths, comma-separated; new paths use the first',
  }),
  setting({
    name: 'REBOUND_HOSTNAME',
    key: 'hostname',
    fallback: hostname(),
    parse: text => text,
    help: 'the name in the SMTP greeting',
  }),
  setting({
    name: 'REBOUND_SMTP_HOST',
    key: 'smtpHost',
    fallback: '::',
    parse: text => text,
    help: 'address to listen on for SMTP',
  }),
  setting({
    name: 'REBOUND_SMTP_PORT',
    key: 'smtpPort',
    fallback: '2525',
    parse: integer(0, 65_535),
    help: 'SMTP port; 0 picks a free one',
  }),
  setting({
    name: 'REBOUND_HTTP_HOST',
    key: 'httpHost',
    fallback: '127.0.0.1',
    parse: text => text,
    help: 'address to listen on for HTTP; beyond loopback a token is required',
  }),
  setting({
    name: 'REBOUND_HTTP_PORT',
    key: 'httpPort',
    fallback: '9925',
    parse: integer(0, 65_535),
    help: 'HTTP port; 0 picks a free one',
  }),
  setting({
    name: 'REBOUND_SECRET',
    key: 'secrets',
    fallback: null,
    parse: secrets,
    secret: true,
    help: 'signing keys, newest first, comma-separated, each at least 32 bytes; with SQLite created in the data directory when unset, with MySQL required',
  }),
  setting({
    name: 'REBOUND_API_TOKEN',
    key: 'apiToken',
    fallback: null,
    parse: token,
    secret: true,
    help: 'bearer token of the HTTP API; required when HTTP listens beyond loopback',
  }),
  setting({
    name: 'REBOUND_AUTH_FAILURES',
    key: 'authFailures',
    fallback: '10',
    parse: integer(1, 1_000_000),
    help: 'HTTP requests with a wrong token from one network a minute; beyond it 429',
  }),
  setting({
    name: 'REBOUND_UNSIGNED',
    key: 'unsigned',
    fallback: 'reject',
    parse: oneOf('reject', 'observe'),
    help: 'what to do with unknown local parts at your domains: `reject`, or `observe` (accept and record without effect)',
  }),
  setting({
    name: 'REBOUND_INBOX',
    key: 'inbox',
    fallback: '',
    parse: inbox,
    help: 'a local part that is always accepted, for example `returns`, for reports that do not come to a return path; they are linked by the ids of the returned original. Off unless set',
  }),
  setting({
    name: 'REBOUND_LEGACY',
    key: 'legacy',
    fallback: '',
    parse: list,
    help: 'unsigned VERP patterns that your CRM already uses, comma-separated, for example `bounce-{module}-{id}-{campaign}`',
  }),
  setting({
    name: 'REBOUND_TRUST_LEGACY',
    key: 'trustLegacy',
    fallback: 'no',
    parse: oneOf('no', 'remove'),
    help: '`remove` lets unsigned links remove addresses, although anyone can forge them',
  }),
  setting({
    name: 'REBOUND_LINK_ADDRESS',
    key: 'linkAddress',
    fallback: 'no',
    parse: oneOf('no', 'yes'),
    help: '`yes` links a report that nothing else links to the only record with the failed address; anyone can forge that, so it counts as soft',
  }),
  setting({
    name: 'REBOUND_THRESHOLDS',
    key: 'thresholds',
    fallback: '',
    parse: thresholds,
    help: `how many soft bounces over how many days cost a record its address: \`category=bounces/days\`, comma-separated, such as \`mailbox-full=5/14d\`; categories: ${promotable.join(', ')}`,
  }),
  setting({
    name: 'REBOUND_WEBHOOK_URL',
    key: 'webhookUrl',
    fallback: '',
    parse: webhookUrl,
    secret: true,
    help: 'URL to which every event about a record is posted; see docs/webhooks.md',
  }),
  setting({
    name: 'REBOUND_WEBHOOK_SECRET',
    key: 'webhookSecrets',
    fallback: null,
    parse: webhookSecrets,
    secret: true,
    help: 'secrets that sign the webhooks, newest first, comma-separated: `whsec_` and Base64, or text of at least 32 bytes',
  }),
  setting({
    name: 'REBOUND_WEBHOOK_PRIVATE',
    key: 'webhookPrivate',
    fallback: 'no',
    parse: oneOf('no', 'allow'),
    help: '`allow` lets webhooks go to private and loopback addresses',
  }),
  setting({
    name: 'REBOUND_EVIDENCE',
    key: 'evidence',
    fallback: '50000',
    parse: integer(0, 10_000_000),
    help: 'how many of the newest messages keep the text that rule previews need; 0 keeps none',
  }),
  setting({
    name: 'REBOUND_KEEP_DAYS',
    key: 'keepDays',
    fallback: 'forever',
    parse: days,
    help: 'days to keep events, their evidence and the audit log, or `forever`; counts are always kept',
  }),
  setting({
    name: 'REBOUND_RETURN_PATH_DAYS',
    key: 'returnPathDays',
    fallback: '60',
    parse: integer(1, 3650),
    help: 'days that a return path stays valid',
  }),
  setting({
    name: 'REBOUND_MAX_MESSAGE_BYTES',
    key: 'maxMessageBytes',
    fallback: '50 MB',
    parse: bytes,
    help: 'largest mail accepted; memory use does not depend on it',
  }),
  setting({
    name: 'REBOUND_MAX_KEPT_BYTES',
    key: 'maxKeptBytes',
    fallback: '128 MB',
    parse: bytes,
    help: 'memory for all mails being received, half of it for one network at most; beyond it new mail is deferred with 451 or 452',
  }),
  setting({
    name: 'REBOUND_MAX_CLIENTS',
    key: 'maxClients',
    fallback: '1000',
    parse: integer(1, 100_000),
    help: 'simultaneous SMTP connections',
  }),
  setting({
    name: 'REBOUND_MAX_CLIENTS_PER_IP',
    key: 'maxClientsPerIp',
    fallback: '50',
    parse: integer(1, 100_000),
    help: 'simultaneous SMTP connections from one address',
  }),
  setting({
    name: 'REBOUND_MAX_CLIENTS_PER_NETWORK',
    key: 'maxClientsPerNetwork',
    fallback: '100',
    parse: integer(1, 100_000),
    help: 'simultaneous SMTP connections from one network: a /24 of IPv4, a /48 of IPv6',
  }),
  setting({
    name: 'REBOUND_TRUSTED_NETWORKS',
    key: 'trustedNetworks',
    fallback: '127.0.0.0/8, ::1',
    parse: networks,
    help: 'the networks of the CRM’s own mail servers and of front servers, comma list, or `none`: exempt from limits by client and network, and heard when they say for whom they speak (PROXY, XCLIENT, XFORWARD)',
  }),
  setting({
    name: 'REBOUND_IDLE_SECONDS',
    key: 'idleSeconds',
    fallback: '300',
    parse: integer(1, 3600),
    help: 'how long a client may take for its next command',
  }),
  setting({
    name: 'REBOUND_STRESS_IDLE_SECONDS',
    key: 'stressIdleSeconds',
    fallback: '10',
    parse: integer(1, 3600),
    help: 'the same while more than 80 % of the connections are taken',
  }),
  setting({
    name: 'REBOUND_DATA_SECONDS',
    key: 'dataSeconds',
    fallback: '180',
    parse: integer(1, 86_400),
    help: 'how long a message may take to arrive, besides what its bytes earn',
  }),
  setting({
    name: 'REBOUND_STRESS_DATA_SECONDS',
    key: 'stressDataSeconds',
    fallback: '30',
    parse: integer(1, 86_400),
    help: 'the same while more than 80 % of the connections are taken',
  }),
  setting({
    name: 'REBOUND_DATA_BYTES_PER_SECOND',
    key: 'dataBytesPerSecond',
    fallback: '500',
    parse: integer(1, 1_000_000),
    help: 'each so many bytes of a message earn it one second more',
  }),
  setting({
    name: 'REBOUND_HANDLER_SECONDS',
    key: 'handlerSeconds',
    fallback: '60',
    parse: integer(1, 600),
    help: 'how long our own side may take for a recipient, or for a message after its end',
  }),
  setting({
    name: 'REBOUND_SESSION_SECONDS',
    key: 'sessionSeconds',
    fallback: '3600',
    parse: integer(1, 86_400),
    help: 'how long an SMTP session may last without bringing mail',
  }),
  setting({
    name: 'REBOUND_SESSION_MESSAGES',
    key: 'sessionMessages',
    fallback: '10000',
    parse: integer(1, 10_000_000),
    help: 'messages in one SMTP session',
  }),
  setting({
    name: 'REBOUND_MAX_EMPTY_MESSAGES',
    key: 'maxEmptyMessages',
    fallback: '20',
    parse: integer(0, 1_000_000),
    help: 'messages without a text in a row before a session is cut',
  }),
  setting({
    name: 'REBOUND_MAX_REFUSALS',
    key: 'maxRefusals',
    fallback: '100',
    parse: integer(1, 1_000_000),
    help: 'refusals without a message between them before a session is cut',
  }),
  setting({
    name: 'REBOUND_MAX_COMMANDS',
    key: 'maxCommands',
    fallback: '500',
    parse: integer(10, 1_000_000),
    help: 'commands without a message between them before a session is cut',
  }),
  setting({
    name: 'REBOUND_ROLE_MAIL_PER_DAY',
    key: 'roleMailPerDay',
    fallback: '20',
    parse: integer(1, 1_000_000),
    help: 'messages to postmaster and abuse from one network a day',
  }),
  setting({
    name: 'REBOUND_TLS_CERT',
    key: 'tlsCert',
    fallback: '',
    parse: readableFile,
    help: 'PEM certificate chain for STARTTLS; reloaded when it changes',
  }),
  setting({
    name: 'REBOUND_TLS_KEY',
    key: 'tlsKey',
    fallback: '',
    parse: readableFile,
    help: 'PEM private key of that certificate',
  }),
  setting({
    name: 'REBOUND_TLS_CIPHERS',
    key: 'tlsCiphers',
    fallback: 'default',
    parse: ciphers,
    help: 'cipher suites of TLS 1.2 as OpenSSL lists them, the preferred first; by default forward secrecy first and RSA key exchange last',
  }),
  setting({
    name: 'REBOUND_WORKERS',
    key: 'workers',
    fallback: '1',
    parse: integer(1, 1),
    help: 'worker processes; this version runs one',
  }),
  setting({
    name: 'REBOUND_CRM_FILE',
    key: 'crmFile',
    fallback: '',
    parse: readableFile,
    help: "JSON file that names the CRM's own tables and columns ([docs/own-tables.md](docs/own-tables.md)); without it Rebound uses its own tables",
  }),
  setting({
    name: 'REBOUND_LOG_LEVEL',
    key: 'logLevel',
    fallback: 'info',
    parse: oneOf(...logLevels),
    help: logLevels.join(', '),
  }),
  setting({
    name: 'REBOUND_SHUTDOWN_SECONDS',
    key: 'shutdownSeconds',
    fallback: '20',
    parse: integer(0, 3600),
    help: 'how long running transactions may take to finish after SIGTERM',
  }),
] as const

/** Names that tests and orchestrators set for their own use (Docker links, Kubernetes services). */
const leftAlone = /^REBOUND_(TEST_.*|SERVICE_.*|PORT|PORT_.*)$/

export type ConfigResult =
  | { readonly ok: true; readonly config: Config }
  | {
      readonly ok: false
      readonly faults: readonly string[]
      /** The settings that could be read, so that the caller can look for more faults. */
      readonly readable: Partial<Config>
    }

/**
 * Reads the settings out of an environment.
 * @returns the configuration, or every fault at once, each with what to write instead.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): ConfigResult {
  const faults: string[] = []
  const values: Record<string, unknown> = {}
  for (const row of settings) {
    const given = environment[row.name]?.trim()
    const text = given === undefined || given === '' ? fallbackOf(row, values) : given
    if (text === null) {
      values[row.key] = row.key === 'secrets' || row.key === 'webhookSecrets' ? [] : null
      continue
    }
    try {
      values[row.key] = row.parse(text)
    } catch (error) {
      if (!(error instanceof SettingError)) throw error
      const shown = 'secret' in row ? '' : ` is "${text}"`
      faults.push(`${row.name}${shown}: ${error.message}`)
    }
  }
  for (const name of Object.keys(environment)) {
    if (!name.startsWith('REBOUND_') || leftAlone.test(name) || settings.some(row => row.name === name))
      continue
    faults.push(
      `${name}: there is no such setting; did you mean ${nearest(
        name,
        settings.map(row => row.name),
      )}?`,
    )
  }
  faults.push(...crossFaults(values as Partial<Config>))
  if (faults.length > 0) return { ok: false, faults, readable: values as Partial<Config> }
  return { ok: true, config: values as unknown as Config }
}

/** The database lives in the data directory unless DATABASE_URL says otherwise. */
function fallbackOf(row: (typeof settings)[number], values: Record<string, unknown>): string | null {
  return row.key === 'databaseUrl' ? `sqlite:${values.dataDir ?? './data'}/rebound.sqlite` : row.fallback
}

/** Faults of combinations; settings that could not be read are ignored. */
function crossFaults({
  httpHost,
  apiToken,
  databaseUrl,
  secrets,
  keepDays,
  returnPathDays,
  thresholds,
  tlsCert,
  tlsKey,
  webhookUrl,
  webhookSecrets,
}: Partial<Config>): readonly string[] {
  const faults: string[] = []
  if (httpHost !== undefined && apiToken === null && !isLoopback(httpHost))
    faults.push(
      `REBOUND_HTTP_HOST is "${httpHost}": beyond loopback the API needs a token; set REBOUND_API_TOKEN (openssl rand -hex 32) or write 127.0.0.1`,
    )
  if (databaseUrl?.startsWith('mysql:') && secrets?.length === 0)
    faults.push('REBOUND_SECRET: required with a mysql:// database; make one with: openssl rand -hex 32')
  if (webhookUrl && webhookSecrets?.length === 0)
    faults.push(
      'REBOUND_WEBHOOK_SECRET: required with REBOUND_WEBHOOK_URL, because receivers check the signature; make one with: echo "whsec_$(openssl rand -base64 32)"',
    )
  faults.push(...keepFaults(keepDays ?? null, returnPathDays, thresholds))
  if (tlsCert !== undefined && tlsKey !== undefined && (tlsCert === null) !== (tlsKey === null))
    faults.push(
      `REBOUND_TLS_${tlsCert === null ? 'CERT' : 'KEY'}: certificate and key go together; set both or neither`,
    )
  return faults
}

/** Events that are pruned too early would be counted twice, or never reach a threshold. */
function keepFaults(
  keepDays: number | null,
  returnPathDays: number | undefined,
  thresholds: Thresholds | undefined,
): readonly string[] {
  if (keepDays === null) return []
  const faults: string[] = []
  const least = (returnPathDays ?? 0) + 7
  if (returnPathDays !== undefined && keepDays < least)
    faults.push(
      `REBOUND_KEEP_DAYS is "${keepDays}": a report may be sent again for REBOUND_RETURN_PATH_DAYS (${returnPathDays}) and must be recognised for a week after that; write at least ${least}`,
    )
  for (const [category, { days }] of Object.entries(thresholds ?? {}))
    if (keepDays <= days)
      faults.push(
        `REBOUND_THRESHOLDS: ${category} looks back ${days} days, and REBOUND_KEEP_DAYS keeps ${keepDays}; write more days to keep, or fewer here`,
      )
  return faults
}
