// `rebound doctor`: is everything set up so that bounces arrive, are recorded and stay?

import type { DoctorFinding, FindingState } from '../../model/doctor-finding.ts'
import type { Define, JsonOption, Shell } from '../shell.ts'
import { CommandError, harmless, json } from '../terminal.ts'

interface DoctorOptions extends JsonOption {
  readonly resolver?: string
  readonly canary?: boolean | string
}

const marks: Readonly<Record<FindingState, string>> = {
  ok: 'ok',
  unknown: '?',
  warning: 'warning',
  fault: 'FAULT',
}

export const doctorCommand: Define = (command, shell) => {
  command
    .option(
      '--canary [host:port]',
      'also sends a bounce to itself, through the MX (or there), and waits for its event',
    )
    .option('--resolver <addresses>', 'name servers to ask, comma list, instead of those of the system')
    .option('--json', 'one JSON object a line')
    .addHelpText(
      'after',
      `\nExits 1 if there is a fault. It changes nothing; only --canary sends mail.
Example: ${shell.hints.rebound('doctor --canary')}`,
    )
    .action(async (options: DoctorOptions) => shell.exit(await run(options, shell)))
}

async function run(options: DoctorOptions, shell: Shell): Promise<number> {
  const { io, startedAt } = shell
  const config = await shell.config()
  const resolvers = options.resolver?.split(',').map(text => text.trim())
  const { examine } = await import('../../doctor/examine.ts')
  const findings: DoctorFinding[] = [
    ...(await examine(config, { now: startedAt, ...(resolvers ? { resolvers } : {}) }).catch(
      (error: unknown) => {
        if ((error as NodeJS.ErrnoException).code !== 'ERR_INVALID_IP_ADDRESS') throw error
        throw new CommandError('--resolver: write IP addresses, each with or without a port', 2)
      },
    )),
  ]
  if (options.canary) findings.push(await canary(options, config, resolvers, startedAt))
  if (options.json) for (const finding of findings) io.out(json(finding))
  else for (const finding of findings) for (const line of linesOf(finding)) io.out(shell.hints.inText(line))
  const faults = findings.filter(({ state }) => state === 'fault').length
  const warnings = findings.filter(({ state }) => state === 'warning').length
  const unknowns = findings.filter(({ state }) => state === 'unknown').length
  if (!options.json)
    io.err(
      `${counted(faults, 'fault')}, ${counted(warnings, 'warning')}, ${unknowns} that cannot be known from here.`,
    )
  return faults > 0 ? 1 : 0
}

const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`

function linesOf({ check, state, says, fix }: DoctorFinding): readonly string[] {
  const line = `${marks[state].padEnd(8)}${harmless(check)}: ${harmless(says)}`
  return fix === null || state === 'ok' ? [line] : [line, `${' '.repeat(8)}→ ${harmless(fix)}`]
}

/** Through the first MX, or where the option says. */
async function canary(
  { canary }: DoctorOptions,
  config: Awaited<ReturnType<Shell['config']>>,
  resolvers: readonly string[] | undefined,
  at: Date,
): Promise<DoctorFinding> {
  const [{ sendCanary }, { canaryAddress }, { compose }, { openSender }, { examineDns }] = await Promise.all([
    import('../../doctor/canary.ts'),
    import('../../backend/signing.ts'),
    import('../../harness/compose.ts'),
    import('../../harness/send.ts'),
    import('../../doctor/dns.ts'),
  ])
  const { domains, hostname } = config
  const named = typeof canary === 'string' ? canary : null
  const target =
    named === null
      ? await (async () => {
          const { hosts } = await examineDns({ domains, hostname, ...(resolvers ? { resolvers } : {}) })
          const address = hosts.flatMap(({ addresses }) => addresses)[0]
          return address === undefined ? null : { host: address, port: 25 }
        })()
      : targetOf(named)
  if (target === null)
    return {
      check: 'canary',
      state: 'fault',
      says: 'no MX leads to an address, so that it cannot be sent',
      fix: 'Publish the MX, or write where: --canary 127.0.0.1:2525',
    }
  const sender = openSender(target)
  try {
    return await sendCanary(config, {
      target: `${target.host}:${target.port}`,
      address: random => canaryAddress(config, random),
      send: async returnPath => {
        const { raw } = compose('postfix', 'unknown-user', { returnPath, at, seed: returnPath })
        const { acknowledged, response } = await sender.send({ raw, returnPath })
        return { taken: acknowledged, response }
      },
    })
  } finally {
    sender.close()
  }
}

function targetOf(text: string): { readonly host: string; readonly port: number } {
  const found = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+)):(\d{1,5})$/i.exec(text)
  const host = found?.[1] ?? found?.[2]
  if (!found || host === undefined)
    throw new CommandError(`--canary ${harmless(text)}: write HOST:PORT, as in 127.0.0.1:2525`, 2)
  return { host, port: Number(found[3]) }
}
