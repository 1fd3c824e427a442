// REBOUND_MAILBOX: `imaps://user:password@host:993/folder` or `pop3s://user:password@host:995`.

import { type Parse, SettingError } from './values.ts'

export interface MailboxSetting {
  readonly protocol: 'imap' | 'pop3'
  readonly host: string
  readonly port: number
  readonly user: string
  /** Null: another setting has it, or a token takes its place. */
  readonly password: string | null
  readonly folder: string
}

const protocols = {
  'imaps:': { protocol: 'imap', port: 993 },
  'pop3s:': { protocol: 'pop3', port: 995 },
} as const

const example = 'imaps://bounces%40crm.example@imap.example/INBOX'

export const mailbox: Parse<MailboxSetting | null> = text => {
  if (text === '') return null
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null)
    throw new SettingError(`write a URL such as ${example}; in user and password, write @ as %40`)
  if (!(url.protocol in protocols))
    throw new SettingError(`"${url.protocol}//" is not a way to fetch mail; write imaps:// or pop3s:// (TLS)`)
  const { protocol, port } = protocols[url.protocol as keyof typeof protocols]
  const user = decoded(url.username)
  if (user === '') throw new SettingError(`there is no user; write for example ${example}`)
  const path = decoded(url.pathname.replace(/^\//, ''))
  if (protocol === 'pop3' && path !== '')
    throw new SettingError('POP3 has no folders; leave out what follows the host')
  if (/[\r\n\0]/.test(user + decoded(url.password) + path))
    throw new SettingError('user, password and folder cannot hold line ends')
  return {
    protocol,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? port : Number(url.port),
    user,
    password: url.password === '' ? null : decoded(url.password),
    folder: protocol === 'pop3' ? '' : path || 'INBOX',
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new SettingError(`"${text}" is not percent-encoded; write % as %25`)
  }
}
