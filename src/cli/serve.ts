// `rebound serve`: the server in the foreground, from start to drained.

import { setTimeout as pause } from 'node:timers/promises'
import { type App, openApp } from '../app.ts'
import { StartError } from '../backend/open.ts'
import type { Config } from '../settings/config.ts'
import { createLog, type Log } from '../system/log.ts'
import { startFaults } from './faults.ts'
import { CommandError, type Io } from './terminal.ts'

/** Runs until SIGTERM or SIGINT has drained it. @returns the exit code. */
export async function serve(config: Config, io: Io): Promise<number> {
  const log = createLog(config.logLevel)
  surviveTheUnexpected(log)
  const stop = stopSignal(log)
  const app = await openApp(config, log).catch((error: unknown) => {
    if (error instanceof StartError) throw new CommandError(startFaults(error.faults), 2)
    throw error
  })
  try {
    const at = await app.start().catch((error: unknown) => {
      throw listenError(error) ?? error
    })
    process.on('SIGHUP', () => void app.reloadTls())
    io.out(greeting(config, app, at))
    await stop
  } finally {
    await app.stop()
  }
  // npm dies of a signal that reaches it after its child has gone, and loses our exit code: outlive the repeated one.
  if (process.env.npm_lifecycle_event === 'start') await pause(repeatedSignalMs)
  log.info('stopped')
  return 0
}

/** How long a repeated signal means nothing. */
const repeatedSignalMs = 2_000

/** Resolves at the first SIGTERM or SIGINT; later ones of the next two seconds mean nothing, since npm repeats them. */
function stopSignal(log: Log): Promise<void> {
  return new Promise(resolve => {
    let firstAt = 0
    const onSignal = (signal: string): void => {
      if (firstAt === 0) {
        firstAt = Date.now()
        log.info({ signal }, 'draining: no new mail, running transactions finish')
        resolve()
      } else if (Date.now() - firstAt > repeatedSignalMs && signal === 'SIGINT') {
        // Somebody at a terminal who presses Ctrl-C again means it.
        process.exit(130)
      }
    }
    process.on('SIGTERM', onSignal)
    process.on('SIGINT', onSignal)
  })
}

/** A fault that escaped must not take the other sessions down; it is loud in the log instead. */
function surviveTheUnexpected(log: Log): void {
  process.on('unhandledRejection', error =>
    log.error({ err: error }, 'a promise was rejected and nobody caught it'),
  )
  process.on('uncaughtException', error => log.fatal({ err: error }, 'an exception escaped'))
}

function listenError(error: unknown): CommandError | null {
  const { code, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number }
  if (code === 'EADDRINUSE')
    return new CommandError(
      `Port ${port} of ${address} is taken: stop what listens there, or set REBOUND_SMTP_PORT or REBOUND_HTTP_PORT to another port`,
      1,
    )
  if (code === 'EACCES')
    return new CommandError(
      `Port ${port} needs more rights than this user has: listen on a port from 1024 up (REBOUND_SMTP_PORT) and let port 25 lead there; see the README`,
      1,
    )
  return null
}

function greeting(config: Config, app: App, at: Awaited<ReturnType<App['start']>>): string {
  const domain = config.domains[0]
  const http = `http://${at.http.host.includes(':') ? `[${at.http.host}]` : at.http.host}:${at.http.port}`
  return [
    `Rebound ${app.version} is up.`,
    `  SMTP  port ${at.smtp.port} of ${at.smtp.host}, for return paths at ${config.domains.join(', ')}`,
    `  HTTP  ${http}  (/metrics, /readyz, /openapi.json)`,
    `  Data  ${app.databaseName}`,
    '',
    'Next, in a second terminal: send a test bounce and look at what it did.',
    `  npm run -s bounce -- postfix unknown-user --to "$(npm run -s rebound -- address mint --module contacts --id 42 --campaign 7 --to ana@example.org)"`,
    '  npm run -s rebound -- records show contacts 42',
    domain === 'bounces.localhost'
      ? '  (REBOUND_DOMAINS is still bounces.localhost: set your own before real mail.)'
      : '',
  ]
    .join('\n')
    .trimEnd()
}
