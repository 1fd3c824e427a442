// `rebound serve`: the server in the foreground, from start to drained.

import { setTimeout as pause } from 'node:timers/promises'
import type { App } from '../../app.ts'
import { type Config, readConfig, settings } from '../../settings/config.ts'
import type { Log } from '../../system/log.ts'
import { greeting } from '../greeting.ts'
import type { Define, Shell } from '../shell.ts'
import { startFaults } from '../start-faults.ts'
import { CommandError } from '../terminal.ts'

export const serveCommand: Define = (command, shell) => {
  command
    .addHelpText('after', () => settingsHelp(shell))
    .action(async () => {
      const result = readConfig(shell.environment)
      if (result.ok) return shell.exit(await serve(result.config, shell))
      // All faults at once: those that only the contents of files and patterns show too.
      const { contentFaults } = await import('../../app.ts')
      throw new CommandError(startFaults([...result.faults, ...(await contentFaults(result.readable))]), 2)
    })
}

function settingsHelp({ hints }: Shell): string {
  const width = Math.max(...settings.map(row => row.name.length))
  const rows = settings.map(
    row => `  ${row.name.padEnd(width)}  ${row.help}${row.fallback ? ` (default ${row.fallback})` : ''}`,
  )
  return `\nSettings are environment variables:\n${rows.join('\n')}\n\nExample: REBOUND_DOMAINS=bounces.crm.example ${hints.rebound('serve')}`
}

/** Runs until SIGTERM or SIGINT has drained it. @returns the exit code. */
async function serve(config: Config, shell: Shell): Promise<number> {
  const [{ openApp }, { StartError }, { createLog }] = await Promise.all([
    import('../../app.ts'),
    import('../../backend/start-error.ts'),
    import('../../system/log.ts'),
  ])
  const log = createLog(config.logLevel)
  surviveTheUnexpected(log)
  const stop = stopSignal(log)
  const app = await openApp(config, log).catch((error: unknown) => {
    if (error instanceof StartError) throw new CommandError(startFaults(error.faults), 2)
    throw error
  })
  try {
    const at = await listen(app)
    process.on('SIGHUP', () => void app.reloadTls())
    shell.io.out(greeting(config, app, at, shell))
    await stop
  } finally {
    await app.stop()
  }
  // npm dies of a signal that reaches it after its child has gone, and loses our exit code: outlive the repeated one.
  if (shell.environment.npm_lifecycle_event === 'start') await pause(repeatedSignalMs)
  log.info('stopped')
  return 0
}

async function listen(app: App): ReturnType<App['start']> {
  try {
    return await app.start()
  } catch (error) {
    throw listenError(error) ?? error
  }
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
