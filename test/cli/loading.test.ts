// Commands load what they need: the processor time of a short command is that of loading modules.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { bareEnvironment, root } from '../end-to-end/server.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'rebound-loading-'))
const mint = ['address', 'mint', '--module', 'contacts', '--id', '42', '--to', 'ana@example.org']

/** The packages of which a command loaded a module: V8 names every script in its coverage. */
function packagesOf(words: readonly string[]): readonly string[] {
  const coverage = mkdtempSync(join(tmpdir(), 'rebound-coverage-'))
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'dist/src/main.js'), ...words], {
    cwd: root,
    encoding: 'utf8',
    env: { ...bareEnvironment(), REBOUND_DATA_DIR: dataDir, NODE_V8_COVERAGE: coverage },
  })
  expect(status, stderr).toBe(0)
  const scripts = readdirSync(coverage).flatMap(
    file => (JSON.parse(readFileSync(join(coverage, file), 'utf8')) as { result: { url: string }[] }).result,
  )
  const names = scripts.flatMap(({ url }) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? [])
  return [...new Set(names)].sort()
}

// Makes secret and database: the first of all commands has more to do.
beforeAll(() => {
  packagesOf(mint)
})

test.each<[words: readonly string[], packages: readonly string[]]>([
  [['--version'], ['commander']],
  [['--help'], ['commander']],
  [['records', '--help'], ['commander']],
  [
    ['serve', '--help'],
    ['commander', 'ipaddr.js'],
  ],
  [['categories'], ['commander']],
  [['postmaster', '--help'], ['commander']],
  [mint, ['better-sqlite3', 'bindings', 'commander', 'file-uri-to-path', 'ipaddr.js']],
])('%j', (words, packages) => {
  expect(packagesOf(words)).toEqual(packages)
})

test('classify reads mail without database, schemas and log', () => {
  const loaded = packagesOf(['classify', 'test/fixtures/postfix-unknown-user.eml'])
  expect(loaded).toContain('entities')
  for (const name of ['knex', 'better-sqlite3', 'zod', 'fastify', 'pino', 'mailparser', 'prom-client'])
    expect(loaded).not.toContain(name)
})

test('the splitter is loaded for a mail that the scanner leaves to it', () => {
  expect(packagesOf(['classify', 'test/fixtures/postfix-unknown-user.eml'])).not.toContain(
    '@zone-eu/mailsplit',
  )
  expect(packagesOf(['classify', 'test/fixtures/dsn-no-boundary.eml'])).toContain('@zone-eu/mailsplit')
})

test('a command that reads the database loads neither server nor harness', () => {
  const loaded = packagesOf(['records', 'list'])
  expect(loaded).toContain('knex')
  for (const name of ['fastify', 'smtp-server', 'nodemailer', 'prom-client', 'zod'])
    expect(loaded).not.toContain(name)
})
