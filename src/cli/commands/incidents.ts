// `rebound incidents`: what holds removals, and what people decide upon it.

import { dayMs } from '../../model/day.ts'
import type { Incident, IncidentDecision } from '../../model/incident.ts'
import { withLedger } from '../ledger.ts'
import type { Define, JsonOption, Shell } from '../shell.ts'
import { printTable } from '../table.ts'
import { CommandError, harmless, json } from '../terminal.ts'

interface ListOptions extends JsonOption {
  readonly all?: boolean
}

interface DecideOptions extends JsonOption {
  readonly reason?: string
}

const forgottenMs = 14 * dayMs

export const incidentsCommands: Define = (incidents, shell) => {
  const { hints, exit } = shell
  incidents
    .command('list')
    .description('incidents that last or hold removals, the newest first')
    .option('--all', 'those too that are over and decided')
    .option('--json', 'one JSON object a line')
    .addHelpText('after', `\nExample: ${hints.rebound('incidents list')}`)
    .action(async (options: ListOptions) => exit(await list(options, shell)))
  const texts = {
    apply: 'make the removals that it holds: the bounces tell the truth',
    drop: 'undo the bounces that it holds: they tell of a fault on our side',
  } as const
  for (const [name, description] of Object.entries(texts) as [IncidentDecision, string][])
    incidents
      .command(name)
      .description(description)
      .argument('<id>', 'as the list shows it')
      // Not `requiredOption`: a slip in its name would be reported as its absence.
      .option('--reason <why>', 'needed: why, for the audit')
      .option('--json', 'as a JSON object')
      .addHelpText('after', `\nExample: ${hints.rebound(`incidents ${name} 3 --reason '…'`)}`)
      .action(async (id: string, options: DecideOptions) => exit(await decide(id, name, options, shell)))
}

async function list(options: ListOptions, shell: Shell): Promise<number> {
  const { io, config, startedAt } = shell
  const found = await withLedger(await config(), ({ incidents }) =>
    incidents.list({ all: options.all === true }),
  )
  if (options.json) for (const incident of found) io.out(json(incident))
  else if (found.length > 0) printTable(io, headings, found.map(cells))
  else io.err(options.all ? 'There was no incident.' : 'No incident lasts or holds removals.')
  const forgotten = found.filter(
    ({ held, openedAt }) => held > 0 && startedAt.getTime() - openedAt.getTime() > forgottenMs,
  )
  for (const { id, held } of forgotten)
    io.err(`Incident ${id} has held ${held} removals for more than 14 days: apply or drop them.`)
  return 0
}

async function decide(
  id: string,
  decision: IncidentDecision,
  { reason, json: asJson }: DecideOptions,
  { io, config }: Shell,
): Promise<number> {
  if (reason === undefined || reason.trim() === '')
    throw new CommandError("--reason is needed: write why, such as 'the smarthost was mistyped'", 2)
  const decided = await withLedger(await config(), ({ incidents }) =>
    incidents.decide(id, decision, { actor: 'cli', reason }),
  )
  if (decided.kind === 'absent') throw new CommandError(`There is no incident ${harmless(id)}.`, 1)
  if (decided.kind === 'conflict') throw new CommandError(`Incident ${id}: ${decided.why}.`, 1)
  const { incident, done, kept } = decided
  if (asJson) io.out(json({ incident, done, kept }))
  else {
    const what = decision === 'apply' ? 'addresses were removed' : 'bounces were undone'
    io.out(`${done} ${what}, ${kept} were left as they are.`)
  }
  return 0
}

const headings = ['incident', 'sign', 'subject', 'opened', 'ended', 'records', 'domains', 'held', 'decision']

const cells = (incident: Incident) => [
  incident.id,
  incident.sign,
  incident.subject,
  incident.openedAt,
  incident.endedAt,
  incident.records,
  incident.domains,
  incident.held,
  incident.decision,
]
