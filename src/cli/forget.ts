// `rebound forget`: a person's address erased everywhere, as they may ask for.

import { openLedger } from '../backend/open.ts'
import { roleMail } from '../backend/postmaster.ts'
import { isAddress } from '../model/validity.ts'
import type { Config } from '../settings/config.ts'
import { CommandError, type Io, json, table } from './terminal.ts'

const places = {
  records: 'records',
  bounces: 'history',
  campaigns: 'campaign names',
  evidence: 'evidence for rule previews (deleted)',
  returnPaths: 'stored return paths and Message-IDs (deleted)',
  outbox: 'webhooks waiting',
  rules: 'operators’ rules that name it (deleted)',
  audit: 'audit',
  mails: 'mails to postmaster and abuse (deleted)',
} as const

/** Prints where the address was, or would be, erased, and how often; never the address. */
export async function forget(
  config: Config,
  address: string,
  options: { readonly dryRun?: boolean; readonly json?: boolean },
  io: Io,
): Promise<number> {
  if (!isAddress(address))
    throw new CommandError('That is no address; write it bare, such as ana@example.org', 2)
  const { dryRun = false } = options
  const ledger = await openLedger(config)
  try {
    const { isWiped, ...rows } = await ledger.forget(address, { actor: 'cli', dryRun })
    const erased = { ...rows, mails: await roleMail(config).forget(address, { dryRun }) }
    if (options.json) io.out(json({ dryRun, ...erased, isWiped }))
    else
      io.out(
        table(
          ['where', dryRun ? 'would change' : 'changed'],
          Object.entries(places).map(([key, place]) => [place, erased[key as keyof typeof places]]),
        ),
      )
    if (dryRun) io.err('Nothing was changed.')
    else
      io.err(
        `Reports of mail that is still under way may bring it back for ${config.returnPathDays} days: stop mailing it, and run this again then.`,
      )
    if (isWiped === false)
      io.err(
        'The database was busy: the free space of its file still holds remains. Run this again when it is quiet.',
      )
    return isWiped === false ? 1 : 0
  } finally {
    await ledger.close()
  }
}
