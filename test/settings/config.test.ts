import { mkdtempSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Config } from '../../src/settings/config.ts'
import { readConfig } from '../../src/settings/read.ts'
import { signingSecrets } from '../../src/settings/secret.ts'
import { settings } from '../../src/settings/table.ts'

type Environment = Record<string, string>

const read = (environment: Environment): Config => {
  const result = readConfig(environment)
  if (!result.ok) throw new Error(result.faults.join('\n'))
  return result.config
}

const faults = (environment: Environment): readonly string[] => {
  const result = readConfig(environment)
  return result.ok ? [] : result.faults
}

describe('defaults', () => {
  test('are those of the settings table', () => {
    expect(read({})).toMatchObject({
      databaseUrl: 'sqlite:./data/rebound.sqlite',
      domains: ['bounces.localhost'],
      smtpHost: '::',
      smtpPort: 2525,
      httpHost: '127.0.0.1',
      httpPort: 9925,
      dataDir: './data',
      secrets: [],
      apiToken: null,
      unsigned: 'reject',
      inbox: '',
      trustLegacy: 'no',
      thresholds: {
        'mailbox-full': { bounces: 5, days: 30 },
        'mailbox-disabled': { bounces: 3, days: 14 },
        expired: { bounces: 5, days: 14 },
        'unknown-user': { bounces: 3, days: 7 },
        'unknown-domain': { bounces: 3, days: 7 },
      },
      evidence: 50_000,
      keepDays: null,
      returnPathDays: 60,
      maxMessageBytes: 52_428_800,
      maxKeptBytes: 67_108_864,
      maxClientsPerIp: 50,
      readerThread: 'auto',
      shutdownSeconds: 20,
    })
  })

  test('a default threshold does not ask for more days than are kept', () => {
    const { thresholds } = read({ REBOUND_KEEP_DAYS: '8', REBOUND_RETURN_PATH_DAYS: '1' })
    expect(thresholds).toEqual(read({}).thresholds)
  })

  test('an empty value is no value', () => expect(read({ REBOUND_SMTP_PORT: '' }).smtpPort).toBe(2525))

  test('the database follows the data directory', () =>
    expect(read({ REBOUND_DATA_DIR: '/srv/rebound' }).databaseUrl).toBe('sqlite:/srv/rebound/rebound.sqlite'))

  test('every setting has a help text and a name of ours', () => {
    for (const row of settings) {
      expect(row.help.length, row.name).toBeGreaterThan(10)
      expect(row.name).toMatch(/^(REBOUND_[A-Z_]+|DATABASE_URL)$/)
    }
  })
})

describe('values', () => {
  const cases: [string, string, keyof Config, unknown][] = [
    [
      'REBOUND_DOMAINS',
      'Bounces.Example., bücher.example',
      'domains',
      ['bounces.example', 'xn--bcher-kva.example'],
    ],
    ['REBOUND_SMTP_PORT', '0', 'smtpPort', 0],
    ['REBOUND_INBOX', 'returns', 'inbox', 'returns'],
    ['REBOUND_TRUSTED_NETWORKS', 'none', 'trustedNetworks', []],
    ['REBOUND_TLS_CIPHERS', 'AES128-SHA', 'tlsCiphers', 'AES128-SHA'],
    ['REBOUND_MAX_MESSAGE_BYTES', '10MB', 'maxMessageBytes', 10_485_760],
    ['REBOUND_MAX_MESSAGE_BYTES', '100000', 'maxMessageBytes', 100_000],
    ['REBOUND_SECRET', `${'a'.repeat(32)},${'b'.repeat(40)}`, 'secrets', ['a'.repeat(32), 'b'.repeat(40)]],
    ['REBOUND_SECRET', 'ä'.repeat(16), 'secrets', ['ä'.repeat(16)]],
    ['REBOUND_UNSIGNED', 'observe', 'unsigned', 'observe'],
    [
      'REBOUND_THRESHOLDS',
      'mailbox-full=5/14d, expired = 3 / 7d',
      'thresholds',
      { 'mailbox-full': { bounces: 5, days: 14 }, expired: { bounces: 3, days: 7 } },
    ],
    ['REBOUND_THRESHOLDS', 'off', 'thresholds', {}],
    [
      'REBOUND_THRESHOLDS',
      'network-error=5/30d',
      'thresholds',
      { 'network-error': { bounces: 5, days: 30 } },
    ],
    ['REBOUND_KEEP_DAYS', '400', 'keepDays', 400],
    ['REBOUND_KEEP_DAYS', 'forever', 'keepDays', null],
    ['DATABASE_URL', 'sqlite:/tmp/x.sqlite', 'databaseUrl', 'sqlite:/tmp/x.sqlite'],
    [
      'REBOUND_WEBHOOK_SECRET',
      `whsec_${'A'.repeat(32)}, ${'b'.repeat(32)}`,
      'webhookSecrets',
      [`whsec_${'A'.repeat(32)}`, 'b'.repeat(32)],
    ],
  ]
  test.each(cases)('%s=%s', (name, text, key, expected) => {
    expect(read({ [name]: text })[key]).toEqual(expected)
  })
})

describe('faults', () => {
  const cases: [string, Environment, RegExp][] = [
    [
      'a port out of range',
      { REBOUND_SMTP_PORT: '70000' },
      /^REBOUND_SMTP_PORT is "70000": write a whole number from 0 to 65535$/,
    ],
    [
      'a port that is a link',
      { REBOUND_HTTP_PORT: 'tcp://10.0.0.1:80' },
      /REBOUND_HTTP_PORT.*write a whole number/,
    ],
    [
      'an unknown name',
      { REBOUND_DOMAIN: 'x.example' },
      /^REBOUND_DOMAIN: there is no such setting; did you mean REBOUND_DOMAINS\?$/,
    ],
    [
      'no domain',
      { REBOUND_DOMAINS: 'not a domain' },
      /REBOUND_DOMAINS.*not a domain name; write for example/,
    ],
    [
      'an IP address as domain',
      { REBOUND_DOMAINS: '192.0.2.1' },
      /^REBOUND_DOMAINS is "192.0.2.1": "192.0.2.1" is an IP address; write a domain name/,
    ],
    ['an IP literal as domain', { REBOUND_DOMAINS: '[2001:db8::1]' }, /REBOUND_DOMAINS.*not a domain name/],
    [
      'a domain twice',
      { REBOUND_DOMAINS: 'bücher.example, XN--BCHER-KVA.example.' },
      /"xn--bcher-kva.example" is listed twice; write each domain once/,
    ],
    ['an inbox like a return path', { REBOUND_INBOX: 'b-ounces' }, /return paths begin with b- and s-/],
    ['an inbox like a stored path', { REBOUND_INBOX: 's-1' }, /return paths begin with b- and s-/],
    [
      'a token with a blank',
      { REBOUND_API_TOKEN: 'two words' },
      /^REBOUND_API_TOKEN: write printable ASCII without blanks; make one with: openssl/,
    ],
    ['a token that is not ASCII', { REBOUND_API_TOKEN: 'schlüssel' }, /^REBOUND_API_TOKEN: write printable/],
    [
      'a domain with an underscore and empty items, both at once',
      { REBOUND_DOMAINS: 'foo_bar,,' },
      /^REBOUND_DOMAINS is "foo_bar,,": "foo_bar" has an underscore, .*; nothing stands before or after a comma/,
    ],
    [
      'a hyphen at the edge of a label',
      { REBOUND_DOMAINS: 'a.-b.example' },
      /"a\.-b\.example" is not a domain/,
    ],
    [
      'each of several domains',
      { REBOUND_DOMAINS: 'a_b.example,192.0.2.1,a b' },
      /"a_b\.example" has .*"192\.0\.2\.1" is an IP address.*"a b" is not a domain name/,
    ],
    ['only commas', { REBOUND_DOMAINS: ',' }, /at least one domain name/],
    ['another database', { DATABASE_URL: 'postgres://x/y' }, /^DATABASE_URL: write sqlite:.* or mysql:/],
    [
      'a database without a name',
      { DATABASE_URL: 'mysql://root@localhost/', REBOUND_SECRET: 'x'.repeat(32) },
      /^DATABASE_URL: write/,
    ],
    [
      'a short key',
      { REBOUND_SECRET: 'short' },
      /^REBOUND_SECRET: every key needs at least 32 bytes; make one with/,
    ],
    [
      'mysql without a key',
      { DATABASE_URL: 'mysql://u:p@h:3306/d' },
      /^REBOUND_SECRET: required with a mysql:\/\/ database/,
    ],
    [
      'http beyond loopback without a token',
      { REBOUND_HTTP_HOST: '0.0.0.0' },
      /^REBOUND_HTTP_HOST is "0.0.0.0".*REBOUND_API_TOKEN/,
    ],
    [
      'an unreadable certificate',
      { REBOUND_TLS_CERT: '/nonexistent.pem', REBOUND_TLS_KEY: '/nonexistent.key' },
      /REBOUND_TLS_CERT.*cannot be read/,
    ],
    [
      'a certificate without a key',
      { REBOUND_TLS_CERT: import.meta.filename },
      /^REBOUND_TLS_KEY: certificate and key go together/,
    ],
    ['a level that is none', { REBOUND_LOG_LEVEL: 'loud' }, /write one of trace, debug/],
    [
      'a host as network',
      { REBOUND_TRUSTED_NETWORKS: '10.0.0.1/8' },
      /"10.0.0.1\/8" is not a network; write for example/,
    ],
    ['a name as network', { REBOUND_TRUSTED_NETWORKS: 'localhost' }, /"localhost" is not a network/],
    ['ciphers that nobody knows', { REBOUND_TLS_CIPHERS: 'NO-SUCH-CIPHER' }, /OpenSSL knows none of these/],
    ['a role as inbox', { REBOUND_INBOX: 'postmaster' }, /REBOUND_INBOX.*not postmaster or abuse/],
    [
      'a mapping file that is not there',
      { REBOUND_CRM_FILE: '/nowhere/map.json' },
      /REBOUND_CRM_FILE.*write the path of a readable file/,
    ],
    ['a tiny size', { REBOUND_MAX_MESSAGE_BYTES: '1' }, /write a size from 64 KB/],
    [
      'a threshold without its days',
      { REBOUND_THRESHOLDS: 'mailbox-full=5' },
      /^REBOUND_THRESHOLDS is "mailbox-full=5": .* write category=bounces\/days, for example mailbox-full=5\/30d, or off$/,
    ],
    [
      'a threshold of a category where the sender is at fault',
      { REBOUND_THRESHOLDS: 'spam=5/14d' },
      /"spam" cannot make an address hard; write one of mailbox-full, mailbox-disabled, filtered, expired, network-error, suppressed, unknown-user, unknown-domain$/,
    ],
    [
      'a category with two thresholds',
      { REBOUND_THRESHOLDS: 'expired=3/7d,expired=4/7d' },
      /"expired" is listed twice/,
    ],
    [
      'a threshold of one bounce',
      { REBOUND_THRESHOLDS: 'expired=1/7d' },
      /write 2 to 1000 bounces over 1 to/,
    ],
    [
      'servers that cannot be reached for less than 30 days',
      { REBOUND_THRESHOLDS: 'network-error=5/29d' },
      /^REBOUND_THRESHOLDS is "network-error=5\/29d": .* often back within weeks.*write 30 days or more, such as network-error=5\/30d$/,
    ],
    [
      'a threshold switched off and on',
      { REBOUND_THRESHOLDS: 'off, expired=3/7d' },
      /"off" is not a threshold/,
    ],
    ['a threshold of no days', { REBOUND_THRESHOLDS: 'expired=3/0d' }, /write 2 to 1000 bounces over 1 to/],
    [
      'a webhook without a scheme',
      { REBOUND_WEBHOOK_URL: 'crm.example/hook' },
      /^REBOUND_WEBHOOK_URL: write an absolute URL such as https:/,
    ],
    ['a webhook by mail', { REBOUND_WEBHOOK_URL: 'mailto:a@b.example' }, /begins with https:/],
    [
      'a webhook with a password',
      { REBOUND_WEBHOOK_URL: 'https://me:hunter2@crm.example/' },
      /^REBOUND_WEBHOOK_URL: leave out user and password/,
    ],
    ['a webhook with a fragment', { REBOUND_WEBHOOK_URL: 'https://crm.example/#here' }, /leave out "#here"/],
    [
      'a webhook without a secret',
      { REBOUND_WEBHOOK_URL: 'https://crm.example/' },
      /^REBOUND_WEBHOOK_SECRET: required with REBOUND_WEBHOOK_URL.*openssl/,
    ],
    [
      'a short webhook secret',
      { REBOUND_WEBHOOK_SECRET: 'short' },
      /^REBOUND_WEBHOOK_SECRET: every secret needs at least 32 bytes/,
    ],
    [
      'a short one in Base64',
      { REBOUND_WEBHOOK_SECRET: `whsec_${'A'.repeat(28)}` },
      /24 in Base64 after whsec_/,
    ],
    [
      'one that is no Base64',
      { REBOUND_WEBHOOK_SECRET: `whsec_${'-'.repeat(40)}` },
      /whsec_ must be followed by padded Base64/,
    ],
    ['a word for private webhooks', { REBOUND_WEBHOOK_PRIVATE: 'yes' }, /write one of no, allow/],
    [
      'a time to keep that is none',
      { REBOUND_KEEP_DAYS: 'a year' },
      /write forever, or a whole number of days/,
    ],
    [
      'events that go before their reports can come again',
      { REBOUND_KEEP_DAYS: '66' },
      /^REBOUND_KEEP_DAYS is "66": a report may be sent again.*write at least 67$/,
    ],
    [
      'a threshold that looks back further than events are kept',
      { REBOUND_KEEP_DAYS: '90', REBOUND_THRESHOLDS: 'expired=3/7d, mailbox-full=9/90d' },
      /^REBOUND_THRESHOLDS: mailbox-full looks back 90 days, and REBOUND_KEEP_DAYS keeps 90;/,
    ],
    ['a word for unsigned', { REBOUND_UNSIGNED: 'yes' }, /write one of reject, observe/],
  ]
  test.each(cases)('%s', (_what, environment, expected) => {
    expect(faults(environment).join('\n')).toMatch(expected)
  })

  test('come all at once', () => {
    const all = faults({
      REBOUND_SMTP_PORT: 'x',
      REBOUND_DATADIR: '/x',
      REBOUND_HTTP_HOST: '::',
      DATABASE_URL: 'mysql://u@h/d',
    })
    expect(all).toHaveLength(4)
  })

  test('never show a password', () => {
    expect(faults({ DATABASE_URL: 'mysqlx://root:hunter2@h/d' }).join()).not.toContain('hunter2')
    expect(faults({ REBOUND_SECRET: 'hunter2' }).join()).not.toContain('hunter2')
    expect(faults({ REBOUND_WEBHOOK_SECRET: 'hunter2' }).join()).not.toContain('hunter2')
    expect(faults({ REBOUND_WEBHOOK_URL: 'https://me:hunter2@h/' }).join()).not.toContain('hunter2')
  })

  test('what tests and orchestrators set is left alone', () => {
    expect(
      faults({
        REBOUND_TEST_MYSQL_URL: 'x',
        REBOUND_SERVICE_HOST: '10.0.0.1',
        REBOUND_PORT: 'tcp://10.0.0.1:25',
        REBOUND_PORT_25_TCP: 'x',
        PATH: '/bin',
      }),
    ).toEqual([])
  })
})

describe('the secret', () => {
  const fresh = (): Config => read({ REBOUND_DATA_DIR: mkdtempSync(join(tmpdir(), 'rebound-secret-')) })

  test('is made once, kept, and readable by its owner only', () => {
    const config = fresh()
    const [first] = signingSecrets(config)
    expect(first).toMatch(/^[0-9a-f]{64}$/)
    expect(signingSecrets(config)).toEqual([first])
    expect(statSync(join(config.dataDir, 'secret')).mode & 0o777).toBe(0o600)
  })

  test('of the settings wins', () => {
    const config = { ...fresh(), secrets: ['x'.repeat(32)] }
    expect(signingSecrets(config)).toEqual(['x'.repeat(32)])
  })

  test('that is too short stops the start with what to do', () => {
    const config = fresh()
    writeFileSync(join(config.dataDir, 'secret'), 'short\n')
    expect(() => signingSecrets(config)).toThrow(/holds no key of at least 32 bytes; restore it/)
  })
})
