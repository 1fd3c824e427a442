// What every command works with, and how a noun of the command line is described.

import type { Command } from 'commander'
import type { Config } from '../settings/config.ts'
import type { Environment } from '../system/service-manager.ts'
import type { Hints } from './hints.ts'
import type { Io } from './terminal.ts'

/** The world of one command line. */
export interface Shell {
  readonly io: Io
  readonly environment: Environment
  readonly hints: Hints
  /** The time at which the command line began. */
  readonly startedAt: Date
  /** Reads the settings; throws CommandError (2) with every fault. */
  readonly config: () => Promise<Config>
  /** Takes the exit code of the command that ran: 0 done, 1 failed. */
  readonly exit: (code: number) => void
}

/** Adds subcommands, options and the action to a noun's command. */
export type Define = (command: Command, shell: Shell) => void

/** The option that every command has whose answer a program may read. */
export interface JsonOption {
  readonly json?: boolean
}
