// What systemd hands over and wants to hear: the socket it opened for us, readiness, and signs of life (sd_listen_fds(3), sd_notify(3)).

import { spawn } from 'node:child_process'

export type Environment = Readonly<Record<string, string | undefined>>

/** The first file descriptor that systemd passes on. */
const firstDescriptor = 3

/** The descriptor of the socket that systemd listens at for SMTP; null where it does not. */
export function inheritedSocket(environment: Environment, pid = process.pid): number | null {
  const { LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES = '' } = environment
  // Meant for another process, such as a shell in between.
  if (LISTEN_PID !== String(pid)) return null
  const count = Number(LISTEN_FDS)
  if (!Number.isInteger(count) || count < 1) return null
  const named = LISTEN_FDNAMES.split(':').indexOf('smtp')
  return firstDescriptor + (named < 0 ? 0 : named)
}

export interface ServiceManager {
  /** Mail is taken from now on. Begins the signs of life, if they are asked for. */
  readonly ready: () => void
  readonly stopping: () => void
}

export interface ServiceManagerOptions {
  /** Tells systemd; `systemd-notify` unless told, since Node opens no datagram sockets of Unix. */
  readonly tell?: (messages: readonly string[]) => void
  readonly onError?: (error: Error) => void
}

/** Says nothing where no service manager listens. */
export function serviceManager(
  environment: Environment,
  { onError = () => {}, tell = tellBySystemdNotify(onError) }: ServiceManagerOptions = {},
): ServiceManager {
  if (!environment.NOTIFY_SOCKET) return { ready: () => {}, stopping: () => {} }
  let timer: NodeJS.Timeout | undefined
  return {
    ready: () => {
      tell(['--ready', '--status=takes mail'])
      const everyMs = watchdogMs(environment)
      // An event loop that stands still sends nothing.
      if (everyMs !== null) timer = setInterval(() => tell(['WATCHDOG=1']), everyMs).unref()
    },
    stopping: () => {
      clearInterval(timer)
      tell(['STOPPING=1', '--status=drains'])
    },
  }
}

/** A third of the time after which systemd would end us; null: it does not watch. */
function watchdogMs({ WATCHDOG_USEC, WATCHDOG_PID }: Environment): number | null {
  const microseconds = Number(WATCHDOG_USEC)
  const isOurs = WATCHDOG_PID === undefined || WATCHDOG_PID === String(process.pid)
  return isOurs && microseconds > 0 ? Math.max(1, Math.floor(microseconds / 3_000)) : null
}

const tellBySystemdNotify =
  (onError: (error: Error) => void) =>
  (messages: readonly string[]): void => {
    // The unit says NotifyAccess=all, because it is a child that speaks.
    const child = spawn('systemd-notify', [...messages], { stdio: 'ignore' })
    child.once('error', onError)
    child.unref()
  }
