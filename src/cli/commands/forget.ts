// `rebound forget`: a person's address erased everywhere, as they may ask for.

import { isAddress } from '../../model/validity.ts'
import { withLedger } from '../ledger.ts'
import type { Define, JsonOption, Shell } from '../shell.ts'
import { printTable } from '../table.ts'
import { CommandError, json } from '../terminal.ts'

interface ForgetOptions extends JsonOption {
  readonly dryRun?: boolean
}

export const forgetCommand: Define = (command, shell) => {
  command
    .argument('<address>')
    .option('--dry-run', 'only say where it is')
    .option('--json', 'as a JSON object')
    .addHelpText('after', `\nExample: ${shell.hints.rebound('forget ana@example.org')}`)
    .action(async (address: string, options: ForgetOptions) =>
      shell.exit(await forget(address, options, shell)),
    )
}

const places = {
  records: 'records',
  bounces: 'history',
  campaigns: 'campaign names',
  evidence: 'evidence for rule previews (deleted)',
  returnPaths: 'stored return paths and Message-IDs (deleted)',
  outbox: 'webhooks waiting',
  replies: 'people’s answers (deleted)',
  rules: 'operators’ rules that name it (deleted)',
  views: 'saved views that name it (deleted)',
  audit: 'audit',
  mails: 'mails to postmaster and abuse (deleted)',
} as const

/** Prints where the address was, or would be, erased, and how often; never the address. */
async function forget(address: string, options: ForgetOptions, shell: Shell): Promise<number> {
  if (!isAddress(address))
    throw new CommandError('This is not an address; write it bare, such as ana@example.org', 2)
  const { io } = shell
  const { dryRun = false } = options
  const config = await shell.config()
  const { isWiped, ...rows } = await withLedger(config, ledger =>
    ledger.forget(address, { actor: 'cli', dryRun }),
  )
  if (options.json) io.out(json({ dryRun, ...rows, isWiped }))
  else
    printTable(
      io,
      ['where', dryRun ? 'would change' : 'changed'],
      Object.entries(places).map(([key, place]) => [place, rows[key as keyof typeof places]]),
    )
  io.err(
    dryRun
      ? 'Nothing was changed.'
      : `Reports of mail that is still under way may bring it back for ${config.returnPathDays} days: stop mailing it, and run this again then.`,
  )
  if (isWiped !== false) return 0
  io.err(
    'The database was busy: the free space of its file still holds remains. Run this again when it is quiet.',
  )
  return 1
}
