// `rebound bounces list`: events in the order they were recorded.

import { openLedger } from '../backend/open.ts'
import { CursorError } from '../model/page.ts'
import { kinds } from '../model/report.ts'
import { bounceTypes } from '../model/verdict.ts'
import type { Config } from '../settings/config.ts'
import { bounceShown } from '../view/shown.ts'
import { checkId } from './naming.ts'
import { CommandError, harmless, type Io, json, table } from './terminal.ts'

export interface ListOptions {
  readonly after?: string
  readonly limit: string
  readonly kind?: string
  readonly type?: string
  readonly campaign?: string
  readonly json?: boolean
}

export async function bouncesList(config: Config, options: ListOptions, io: Io): Promise<number> {
  const limit = Number(options.limit)
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000)
    throw new CommandError(`--limit ${options.limit}: write a whole number from 1 to 1000`, 2)
  const kind = word('--kind', options.kind, kinds)
  const type = word('--type', options.type, bounceTypes)
  const { after = '', campaign } = options
  if (campaign !== undefined) checkId('--campaign', campaign)
  const ledger = await openLedger(config)
  try {
    const page = await ledger.bounces
      // Empty for the beginning, as over HTTP: what a script keeps the cursor in is empty at first.
      .list({ after: after === '' ? undefined : after, limit, kind, type, campaignId: campaign })
      .catch((error: unknown) => {
        if (!(error instanceof CursorError)) throw error
        throw new CommandError(
          `--after ${harmless(after)}: write the cursor that an earlier list ended with`,
          2,
        )
      })
    if (options.json) for (const item of page.items) io.out(json(bounceShown(item)))
    else
      io.out(
        table(
          ['id', 'received', 'kind', 'type', 'category', 'effect', 'address', 'module', 'record', 'campaign'],
          page.items.map(item => [
            item.id,
            item.receivedAt.toISOString(),
            item.kind,
            item.type,
            item.category,
            item.undoneAt === null ? item.effect : 'undone',
            item.address ?? item.reportedAddress,
            item.module,
            item.recordId,
            item.campaignId,
          ]),
        ),
      )
    if (page.next !== null) io.err(`More: --after ${page.next}`)
    return 0
  } finally {
    await ledger.close()
  }
}

function word<Word extends string>(
  option: string,
  text: string | undefined,
  words: readonly Word[],
): Word | undefined {
  if (text === undefined) return undefined
  const known = words.find(each => each === text)
  if (known === undefined) throw new CommandError(`${option} ${text}: write one of ${words.join(', ')}`, 2)
  return known
}

/** Takes one event back; a second time changes nothing. */
export async function bouncesUndo(
  config: Config,
  id: string,
  options: { readonly json?: boolean },
  io: Io,
): Promise<number> {
  const ledger = await openLedger(config)
  try {
    const undone = await ledger.undo(id, { actor: 'cli' })
    if (undone.kind === 'absent')
      throw new CommandError(
        `There is no event ${harmless(id)}; "rebound bounces list" shows what there is.`,
        1,
      )
    if (undone.kind === 'conflict') throw new CommandError(harmless(undone.why), 1)
    if (options.json) io.out(json(bounceShown(undone.bounce)))
    else io.err(`Event ${harmless(id)} is taken back.`)
    return 0
  } finally {
    await ledger.close()
  }
}
