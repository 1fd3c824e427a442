// What a server that has started says to the person who started it: where it listens, and what to try first.

import type { App } from '../app.ts'
import type { Config } from '../settings/config.ts'
import type { Shell } from './shell.ts'

type Listening = Awaited<ReturnType<App['start']>>

const usualSmtpPort = 2525

export function greeting(
  config: Pick<Config, 'domains'>,
  app: Pick<App, 'version' | 'databaseName'>,
  { smtp, lmtp, http }: Listening,
  { hints, environment }: Pick<Shell, 'hints' | 'environment'>,
): string {
  const httpHost = http.host.includes(':') ? `[${http.host}]` : http.host
  const mint = hints.rebound(
    'address mint --count --module contacts --id 42 --campaign 7 --to ana@example.org',
  )
  const to = `--to "$(${mint})"`
  const own = Object.keys(environment).filter(
    name => (name.startsWith('REBOUND_') || name === 'DATABASE_URL') && environment[name] !== '',
  )
  return [
    `Rebound ${app.version} is up.`,
    `  SMTP  port ${smtp.port} of ${smtp.host}, for return paths at ${config.domains.join(', ')}`,
    ...(lmtp ? [`  LMTP  ${lmtp.port === 0 ? lmtp.host : `port ${lmtp.port} of ${lmtp.host}`}`] : []),
    `  HTTP  http://${httpHost}:${http.port}  (/metrics, /readyz, /openapi.json)`,
    `  Data  ${app.databaseName}`,
    '',
    'Next, in a second terminal: send a test bounce and look at what it did.',
    `  ${hints.rebound(`bounce postfix unknown-user${smtpOption(smtp)} ${to}`)}`,
    `  ${hints.rebound('records show contacts 42')}`,
    ...(hints.sharesSettings || own.length === 0 ? [] : [`  (Set ${own.join(', ')} there as here.)`]),
    ...(config.domains[0] === 'bounces.localhost'
      ? ['  (REBOUND_DOMAINS is still bounces.localhost: set your own before real mail.)']
      : []),
  ].join('\n')
}

/** Where the harness finds the server; nothing where it looks anyway. */
function smtpOption({ host, port }: Listening['smtp']): string {
  const isEverywhere = host === '::' || host === '0.0.0.0'
  const isUsual = port === usualSmtpPort && (isEverywhere || host === '127.0.0.1')
  if (isUsual) return ''
  if (isEverywhere) return ` --smtp 127.0.0.1:${port}`
  return ` --smtp ${host.includes(':') ? `[${host}]` : host}:${port}`
}
