// What is wrong with settings beside each other.

import type { Thresholds } from '../crm/thresholds.ts'
import { isLoopback } from '../model/loopback.ts'
import type { Config } from './config.ts'
import type { MailboxSetting } from './mailbox.ts'

/** Settings that could not be read are ignored. */
export function combinationFaults({
  mailbox,
  mailboxPassword,
  mailboxTokenCommand,
  mailboxDone,
  mailboxOther,
  lmtpPort,
  lmtpSocket,
  httpHost,
  apiToken,
  apiTokens = [],
  readTokens = [],
  tokensFile = null,
  metrics,
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
  const hasToken = apiToken !== null || tokensFile !== null || apiTokens.length + readTokens.length > 0
  if (httpHost !== undefined && !hasToken && !isLoopback(httpHost))
    faults.push(
      `REBOUND_HTTP_HOST is "${httpHost}": beyond loopback the API needs a token; set REBOUND_API_TOKEN (openssl rand -hex 32) or write 127.0.0.1`,
    )
  if (typeof lmtpPort === 'number' && typeof lmtpSocket === 'string')
    faults.push('REBOUND_LMTP_SOCKET: LMTP listens in one place; set this or REBOUND_LMTP_PORT')
  faults.push(
    ...mailboxFaults(mailbox ?? null, {
      mailboxPassword,
      mailboxTokenCommand,
      mailboxDone,
      mailboxOther,
    }),
  )
  if (metrics === 'token' && !hasToken)
    faults.push(
      'REBOUND_METRICS is "token": there is no token to ask for; set REBOUND_API_TOKEN (openssl rand -hex 32)',
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

type Fields<Key extends keyof Config> = { readonly [Name in Key]: Config[Name] | undefined }

function mailboxFaults(
  mailbox: MailboxSetting | null,
  settings: Fields<'mailboxPassword' | 'mailboxTokenCommand' | 'mailboxDone' | 'mailboxOther'>,
): readonly string[] {
  if (mailbox === null) return []
  const { mailboxPassword, mailboxTokenCommand, mailboxDone, mailboxOther } = settings
  const faults: string[] = []
  if (mailbox.password === null && mailboxPassword === null && mailboxTokenCommand === null)
    faults.push(
      'REBOUND_MAILBOX: nothing says how to sign in; set REBOUND_MAILBOX_PASSWORD, or REBOUND_MAILBOX_TOKEN_COMMAND',
    )
  const isMoved = (mailboxDone ?? 'delete') !== 'delete' || (mailboxOther ?? 'keep') !== 'keep'
  if (mailbox.protocol === 'pop3' && isMoved)
    faults.push('REBOUND_MAILBOX_DONE, REBOUND_MAILBOX_OTHER: POP3 has no folders; write delete and keep')
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
        `REBOUND_THRESHOLDS: ${category} looks back ${days} days, and REBOUND_KEEP_DAYS keeps ${keepDays}; write more days to keep, or fewer here, or off`,
      )
  return faults
}
