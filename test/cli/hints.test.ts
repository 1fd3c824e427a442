// Command lines that we print work where this process was started, at the port that it listens on.

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { greeting } from '../../src/cli/greeting.ts'
import { hintsOf, type Start, thisStart } from '../../src/cli/hints.ts'

const checkout = { npm_package_name: 'rebound-mx', npm_lifecycle_event: 'start' }
const start = (given: Partial<Start>): Start => ({
  environment: {},
  script: '/home/ana/rebound/dist/src/main.js',
  directory: '/home/ana/rebound',
  container: null,
  hasWrapper: false,
  ...given,
})

describe('how it was started', () => {
  test.each<[string, Partial<Start>, string, string]>([
    [
      'npm start in a checkout',
      { environment: checkout },
      'npm run -s rebound -- records show contacts 42',
      'npm start',
    ],
    [
      'node in a checkout',
      {},
      'node dist/src/main.js records show contacts 42',
      'node dist/src/main.js serve',
    ],
    [
      'the binary of a global installation',
      { script: '/usr/local/bin/rebound' },
      'rebound records show contacts 42',
      'rebound serve',
    ],
    [
      'the service, or its wrapper',
      { script: '/opt/rebound/dist/src/main.js', directory: '/var/lib/rebound', hasWrapper: true },
      'rebound records show contacts 42',
      'rebound serve',
    ],
    [
      'node in a checkout beside the service',
      { hasWrapper: true },
      'node dist/src/main.js records show contacts 42',
      'node dist/src/main.js serve',
    ],
    [
      'the binary in a project',
      { script: '/srv/crm/node_modules/.bin/rebound' },
      'npx rebound-mx records show contacts 42',
      'npx rebound-mx serve',
    ],
    [
      'a script of the project that depends on it',
      {
        script: '/srv/crm/node_modules/.bin/rebound',
        environment: { npm_package_name: 'crm', npm_lifecycle_event: 'start' },
      },
      'npx rebound-mx records show contacts 42',
      'npx rebound-mx serve',
    ],
    [
      'a container',
      { script: '/app/dist/src/main.js', container: 'docker exec 0123456789ab' },
      'docker exec 0123456789ab node dist/src/main.js records show contacts 42',
      'docker exec 0123456789ab node dist/src/main.js serve',
    ],
  ])('%s', (_, given, show, serve) => {
    const { rebound } = hintsOf(start(given))
    expect(rebound('records show contacts 42')).toBe(show)
    expect(rebound('serve')).toBe(serve)
  })

  test('command lines in texts of other rooms are written as they work here', () => {
    const { inText } = hintsOf(start({ script: '/srv/crm/node_modules/.bin/rebound' }))
    expect(inText('See `rebound incidents`, or `zcat FILE | rebound receive -`; rebound is up.')).toBe(
      'See `npx rebound-mx incidents`, or `zcat FILE | npx rebound-mx receive -`; rebound is up.',
    )
  })

  test('no other room names a command of ours outside of backquotes, but in a line of the log', () => {
    const nouns = readFileSync('src/cli/program.ts', 'utf8').match(/^ {2}[a-z]+(?=: \{$)/gm) ?? []
    expect(nouns.length).toBeGreaterThan(15)
    const bare = new RegExp(`(?<![\`(]|\\| )\\brebound (${nouns.map(noun => noun.trim()).join('|')})\\b`)
    const files = ['backend', 'doctor', 'settings', 'store'].flatMap(room =>
      readdirSync(`src/${room}`, { recursive: true, encoding: 'utf8' })
        .filter(file => file.endsWith('.ts'))
        .map(file => `src/${room}/${file}`),
    )
    const faulty = files.flatMap(file =>
      readFileSync(file, 'utf8')
        .split('\n')
        .filter(line => bare.test(line) && !/^\s*(\/\/|\/?\*)/.test(line))
        .map(line => `${file}: ${line.trim()}`),
    )
    expect(faulty).toEqual([])
  })

  test('a container that is not our image is a machine like any other', () =>
    expect(thisStart({}).container).toBeNull())

  test('our image is where the hints look for it', () =>
    expect(readFileSync('Dockerfile', 'utf8').match(/^WORKDIR .*$/gm)).toEqual([
      'WORKDIR /app',
      'WORKDIR /app',
    ]))

  test('the harness has a script of its own', () =>
    expect(hintsOf(start({ environment: checkout })).rebound('bounce --list')).toBe(
      'npm run -s bounce -- --list',
    ))
})

describe('the greeting', () => {
  const at = (port: number, host = '::') => ({
    smtp: { host, port },
    http: { host: '127.0.0.1', port: 9925 },
  })
  const app = { version: '1.2.3', databaseName: 'SQLite /x' }
  const greet = (
    listening: ReturnType<typeof at>,
    given: Partial<Start> = {},
    environment: Record<string, string> = {},
  ) =>
    greeting({ domains: ['bounces.crm.example'] }, app, listening, {
      hints: hintsOf(start(given)),
      environment,
    })

  test.each([
    [2525, '::', ''],
    [2525, '127.0.0.1', ''],
    [2526, '0.0.0.0', ' --smtp 127.0.0.1:2526'],
    [2525, '192.0.2.1', ' --smtp 192.0.2.1:2525'],
    [25, '2001:db8::1', ' --smtp [2001:db8::1]:25'],
  ])('port %i of %s', (port, host, option) =>
    expect(greet(at(port, host))).toContain(`bounce postfix unknown-user${option} --to "$(`),
  )

  test('names the settings that the second terminal needs too, never their values', () => {
    const environment = { REBOUND_SECRET: 'hunter2', REBOUND_SMTP_PORT: '2526', HOME: '/root' }
    const text = greet(at(2526), {}, environment)
    expect(text).toContain('(Set REBOUND_SECRET, REBOUND_SMTP_PORT there as here.)')
    expect(text).not.toContain('hunter2')
    expect(greet(at(2526), { container: 'docker exec x' }, environment)).not.toContain('there as here')
  })
})
