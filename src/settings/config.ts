// The settings as the program has them, once they are read.

import type { Thresholds } from '../crm/thresholds.ts'
import type { Network } from '../model/network.ts'
import type { LogLevel } from '../system/log-levels.ts'
import type { MailboxSetting } from './mailbox.ts'
import type { NamedToken } from './values.ts'

export interface Config {
  readonly databaseUrl: string
  readonly domains: readonly string[]
  readonly hostname: string
  readonly smtpHost: string
  readonly smtpPort: number
  readonly lmtpHost: string
  /** Null: LMTP does not listen on a port. */
  readonly lmtpPort: number | null
  /** Path of a Unix socket; null: there is none. */
  readonly lmtpSocket: string | null
  readonly mailbox: MailboxSetting | null
  readonly mailboxPassword: string | null
  readonly mailboxTokenCommand: string | null
  /** `delete`, or a folder. */
  readonly mailboxDone: string
  /** `keep`, or a folder. */
  readonly mailboxOther: string
  readonly mailboxAside: string
  readonly mailboxSeconds: number
  readonly httpHost: string
  readonly httpPort: number
  readonly dataDir: string
  /** Signing keys, newest first; empty if the data directory provides one. */
  readonly secrets: readonly string[]
  readonly apiToken: string | null
  /** Beside it, each with the name that stands in the audit. */
  readonly apiTokens: readonly NamedToken[]
  /** See everything and change nothing. */
  readonly readTokens: readonly NamedToken[]
  /** A file of more of both; null: there is none. */
  readonly tokensFile: string | null
  readonly page: 'on' | 'off'
  /** Where the CRM shows a record; null: nobody told. */
  readonly recordUrl: string | null
  readonly metrics: 'open' | 'token' | 'loopback'
  readonly unsigned: 'reject' | 'observe'
  /** Empty: there is none. */
  readonly inbox: string
  readonly legacy: readonly string[]
  readonly trustLegacy: 'no' | 'remove'
  readonly linkAddress: 'no' | 'yes'
  /** How many soft bounces over how many days take a record's address; empty where they are switched off. */
  readonly thresholds: Thresholds
  readonly brake: 'on' | 'off'
  readonly spread: 'no' | 'yes'
  readonly webhookUrl: string | null
  /** Signing secrets of webhooks, newest first. */
  readonly webhookSecrets: readonly string[]
  readonly webhookPrivate: 'no' | 'allow'
  readonly evidence: number
  /** Days to keep events and the rows that belong to them; null keeps them for ever. */
  readonly keepDays: number | null
  /** Days to keep events that say nothing of a record's address; null keeps them like the others. */
  readonly keepNoiseDays: number | null
  /** Days without an event after which a campaign is closed; null never closes one. */
  readonly keepCampaignDays: number | null
  readonly returnPathDays: number
  /** Days to keep what people answer; 0 keeps nothing. */
  readonly replyDays: number
  /** Answers kept from one network a day. */
  readonly repliesPerDay: number
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
  readonly roleMailDays: number
  readonly unprovenPerDay: number
  readonly authFailures: number
  readonly tlsCert: string | null
  readonly tlsKey: string | null
  readonly tlsCiphers: string
  readonly readerThread: 'auto' | 'on' | 'off'
  readonly crmFile: string | null
  readonly logLevel: LogLevel
  readonly logAddresses: 'full' | 'hashed'
  readonly shutdownSeconds: number
}
