// `rebound serve`: the server in the foreground, from start to drained.

import { setTimeout as pause } from 'node:timers/promises'
import type { App } from '../../app.ts'
import type { Config } from '../../settings/config.ts'
import { readConfig } from '../../settings/read.ts'
import { settings } from '../../settings/table.ts'
import type { Log } from '../../system/log.ts'
import { greeting } from '../greeting.ts'
import { listenError } from '../listen-error.ts'
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
    row =>
      `  ${row.name.padEnd(width)}  ${row.help.replaceAll('`', '')}${row.fallback ? ` (default ${row.fallback})` : ''}`,
  )
  return `\nSettings are environment variables:\n${rows.join('\n')}\n\nExample: REBOUND_DOMAINS=bounces.crm.example ${hints.rebound('serve')}`
}

/** Runs until SIGTERM or SIGINT has drained it. @returns the exit code. */
async function serve(config: Config, shell: Shell): Promise<number> {
  const [{ openApp }, { StartError }, { createLog }, { hideAddresses }, { inheritedSocket, serviceManager }] =
    await Promise.all([
      import('../../app.ts'),
      import('../../backend/start-error.ts'),
      import('../../system/log.ts'),
      import('../../system/hidden-addresses.ts'),
      import('../../system/service-manager.ts'),
    ])
  const isHashed = config.logAddresses === 'hashed'
  const log = createLog(config.logLevel, isHashed ? hideAddresses(config.secrets[0]) : undefined)
  surviveTheUnexpected(log)
  const stop = stopSignal(log)
  const manager = serviceManager(shell.environment, {
    onError: error => log.warn({ err: error }, 'systemd-notify could not be run'),
  })
  const withFaults = (error: unknown): never => {
    throw error instanceof StartError ? new CommandError(startFaults(error.faults), 2) : error
  }
  const app = await openApp(config, log, { smtpSocket: inheritedSocket(shell.environment) }).catch(withFaults)
  try {
    const at = await listen(app, config).catch(withFaults)
    process.on('SIGHUP', () => void app.reloadTls())
    shell.io.out(greeting(config, app, at, shell))
    manager.ready()
    await stop
    manager.stopping()
  } finally {
    await app.stop()
  }
  // npm dies of a signal that reaches it after its child has gone, and loses our exit code: outlive the repeated one.
  if (shell.environment.npm_lifecycle_event === 'start') await pause(repeatedSignalMs)
  log.info('stopped')
  return 0
}

async function listen(app: App, config: Config): ReturnType<App['start']> {
  try {
    return await app.start()
  } catch (error) {
    throw listenError(error, config) ?? error
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
