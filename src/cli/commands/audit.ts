// `rebound audit`: who reset, undid, promoted, erased, or changed a rule.

import type { AuditRow } from '../../model/audit.ts'
import { withLedger } from '../ledger.ts'
import { checkId, checkModule, orWrongCursor, wholeNumber } from '../names.ts'
import type { Define, JsonOption, Shell } from '../shell.ts'
import { printTable } from '../table.ts'
import { json } from '../terminal.ts'

interface AuditOptions extends JsonOption {
  readonly module?: string
  readonly record?: string
  readonly bounce?: string
  readonly limit: string
  readonly after?: string
}

export const auditCommand: Define = (command, shell) => {
  command
    .option('--module <name>', 'only about this module')
    .option('--record <id>', 'only about this record')
    .option('--bounce <id>', 'only about this event')
    .option('--limit <count>', 'how many at the most (1–1000)', '100')
    .option('--after <cursor>', 'go on where an earlier list ended')
    .option('--json', 'one JSON object a line, the cursor on stderr')
    .addHelpText('after', `\nExample: ${shell.hints.rebound('audit --module contacts --record 42')}`)
    .action(async (options: AuditOptions) => shell.exit(await list(options, shell)))
}

/** The newest first. */
async function list(options: AuditOptions, { io, config }: Shell): Promise<number> {
  const { module, record, bounce } = options
  if (record !== undefined) checkId('--record', record)
  const settings = await config()
  if (module !== undefined) await checkModule(settings, '--module', module)
  const after = options.after === '' ? undefined : options.after
  const limit = wholeNumber('--limit', options.limit, 1000)
  const page = await withLedger(settings, ({ audit }) =>
    orWrongCursor(after, audit({ module, recordId: record, bounceId: bounce, limit, after })),
  )
  if (options.json) for (const row of page.items) io.out(json(row))
  else printTable(io, ['at', 'who', 'what', 'module', 'record', 'event', 'before'], page.items.map(cells))
  if (page.next !== null) io.err(`More: --after ${page.next}`)
  return 0
}

const cells = ({ at, actor, action, module, recordId, bounceId, before }: AuditRow) => [
  at,
  actor,
  action,
  module,
  recordId,
  bounceId,
  JSON.stringify(before),
]
