// The words of `rebound webhooks …`; webhooks.ts holds what they do.

import type { Command } from 'commander'
import type { Config } from '../settings/config.ts'
import type { Io } from './terminal.ts'

export function webhooksCommands(
  program: Command,
  config: () => Config,
  io: Io,
  exit: (code: number) => void,
): void {
  const webhooks = program
    .command('webhooks')
    .description('webhooks that are not delivered yet')
    .addHelpText('after', '\nExample: rebound webhooks   (the same as: rebound webhooks list)')
  const load = () => import('./webhooks.ts')
  webhooks
    .command('list', { isDefault: true })
    .description('what waits and what is stuck: the given up first, then what failed most')
    .option('--limit <count>', 'how many at the most (1–10000)', '100')
    .option('--json', 'one JSON object a line')
    .addHelpText('after', '\nExample: rebound webhooks list --json')
    .action(async options => exit(await (await load()).webhooksList(config(), options, io)))
  webhooks
    .command('retry')
    .description('try again now, and for a day, what failed')
    .argument('[id]')
    .option('--all', 'everything that failed')
    .option('--json', 'how many, as a JSON object')
    .addHelpText('after', '\nExample: rebound webhooks retry --all')
    .action(async (id: string | undefined, options: { all?: boolean; json?: boolean }) =>
      exit(await (await load()).webhooksRetry(config(), id, options, io)),
    )
  webhooks
    .command('drop')
    .description('delete what was given up')
    .argument('[id]')
    .option('--all', 'everything that was given up')
    .option('--json', 'how many, as a JSON object')
    .addHelpText('after', '\nExample: rebound webhooks drop 17')
    .action(async (id: string | undefined, options: { all?: boolean; json?: boolean }) =>
      exit(await (await load()).webhooksDrop(config(), id, options, io)),
    )
  webhooks
    .command('test')
    .description('send a signed sample to REBOUND_WEBHOOK_URL and say what came of it')
    .option('--json', 'as a JSON object')
    .addHelpText(
      'after',
      '\nExample: REBOUND_WEBHOOK_URL=https://crm.example/hook REBOUND_WEBHOOK_SECRET=… rebound webhooks test',
    )
    .action(async options => exit(await (await load()).webhooksTest(config(), options, io)))
}
