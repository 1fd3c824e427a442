// Why a port, an address or a socket could not be had, and which setting to change.

import type { Config } from '../settings/config.ts'
import { CommandError } from './terminal.ts'

type DoorSettings = Pick<
  Config,
  'smtpHost' | 'smtpPort' | 'lmtpHost' | 'lmtpPort' | 'lmtpSocket' | 'httpHost' | 'httpPort'
>

interface ListenFault {
  readonly code?: string
  readonly address?: string
  readonly port?: number
  /** Of a name that could not be looked up. */
  readonly hostname?: string
}

/** What to tell about an error of `listen`; null for any other. */
export function listenError(error: unknown, config: DoorSettings): CommandError | null {
  const message = words(error as ListenFault, config)
  return message === null ? null : new CommandError(message, 1)
}

function words({ code, address, port = -1, hostname }: ListenFault, config: DoorSettings): string | null {
  if (hostname !== undefined)
    return `${hostSettings(config, hostname)}: the name ${hostname} leads to no address (${code}): write an address of this machine, 127.0.0.1 for itself alone, or :: for all`
  if (address === undefined) return null
  if (port === -1) return socketWords(code, address)
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} of ${address} is taken: stop what listens there, or set ${portSettings(config, port)} to another port`
    case 'EACCES':
      return `Port ${port} needs more rights than this user has: listen on a port from 1024 up (${portSettings(config, port)}) and let port 25 lead there; see the README`
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
      return `${hostSettings(config, address)}: ${address} is not an address of this machine: write one that is, 127.0.0.1 for itself alone, or :: for all`
    default:
      return null
  }
}

function socketWords(code: string | undefined, path: string): string | null {
  if (code === 'EADDRINUSE')
    return `${path} is in use: stop what listens there, or set REBOUND_LMTP_SOCKET to another path`
  if (code === 'EACCES' || code === 'ENOENT')
    return `REBOUND_LMTP_SOCKET: no socket can be made at ${path} (${code}): write a path in a folder that is there and that this user may write to`
  return null
}

function portSettings({ smtpPort, lmtpPort, httpPort }: DoorSettings, port: number): string {
  return named(
    { REBOUND_SMTP_PORT: smtpPort, REBOUND_LMTP_PORT: lmtpPort, REBOUND_HTTP_PORT: httpPort },
    port,
  )
}

function hostSettings({ smtpHost, lmtpHost, httpHost }: DoorSettings, host: string): string {
  return named(
    { REBOUND_SMTP_HOST: smtpHost, REBOUND_LMTP_HOST: lmtpHost, REBOUND_HTTP_HOST: httpHost },
    host,
  )
}

/** The settings that have this value; all, if none has, as with an address that stands for another. */
function named(values: Readonly<Record<string, unknown>>, value: unknown): string {
  const names = Object.keys(values)
  const meant = names.filter(name => values[name] === value)
  return (meant.length > 0 ? meant : names).join(' or ')
}
