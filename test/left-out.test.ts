// A run without MariaDB says so in one line, and where MariaDB is promised it fails.

import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  asksForMariadb,
  isOnMariadb,
  mariadbTests,
  missingOnMariadb,
  type RunReport,
} from '../scripts/mariadb-suites.ts'
import { bareEnvironment, root } from './end-to-end/server.ts'

let scratch: string
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'rebound-left-out-'))
})
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

/** A run of some files of this suite, as on a machine without MariaDB. */
function run(settings: Record<string, string>, words: readonly string[]) {
  const child = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...words], {
    cwd: root,
    env: {
      ...bareEnvironment(),
      REBOUND_TEST_SKIP_BUILD: '1',
      REBOUND_TEST_MARIADB_DIR: scratch,
      TMPDIR: scratch,
      ...settings,
    },
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', chunk => {
      text += chunk
    })
  return new Promise<{ readonly code: number | null; readonly text: string }>(done =>
    child.once('close', code => done({ code, text })),
  )
}

const twoFiles = ['test/store/outbox.test.ts', 'test/store/unanswered-commit.test.ts']

describe('without MariaDB', () => {
  test('one line says what is left out, the rest runs, and no file stays behind', async () => {
    const results = join(scratch, 'results.json')
    const { code, text } = await run({}, [...twoFiles, '--reporter=json', `--outputFile=${results}`])
    expect(text.match(/LEFT OUT/g)).toHaveLength(1)
    expect(text).toMatch(
      /^MariaDB suites are LEFT OUT: install mariadb-server, or set REBOUND_TEST_MYSQL_URL=/m,
    )
    expect(code).toBe(0)
    expect(readdirSync(scratch)).toEqual(['results.json'])

    const report: RunReport = JSON.parse(readFileSync(results, 'utf8'))
    const files = twoFiles.map(path => ({ path, text: readFileSync(join(root, path), 'utf8') }))
    expect(mariadbTests(report)).toEqual([])
    const missing = missingOnMariadb(report, files)
    expect(missing).toContainEqual(expect.stringMatching(/^skipped: a COMMIT without an answer, on mysql/))
    expect(missing).toContainEqual(expect.stringMatching(/^on SQLite alone: the outbox on sqlite/))
    for (const path of twoFiles) expect(missing).toContain(`nothing of ${path} ran on MariaDB`)
  })

  test('the run fails where it is promised', async () => {
    const { code, text } = await run({ REBOUND_TEST_REQUIRE_MYSQL: '1' }, twoFiles)
    expect(text).toContain('MariaDB suites are LEFT OUT: install mariadb-server')
    expect(code).toBe(1)
  })

  test('a server given by its URL leaves out only the suites that kill one', async () => {
    const { code, text } = await run({ REBOUND_TEST_MYSQL_URL: 'mysql://nobody:x@127.0.0.1:1/' }, [
      'test/store/trouble.test.ts',
      '-t',
      'a MariaDB that is killed',
      '--reporter=verbose',
    ])
    expect(text).toMatch(/^Suites that kill their MariaDB are LEFT OUT: install mariadb-server/m)
    expect(code).toBe(0)
  })
})

describe('the report of a run shows', () => {
  const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.test.ts') && name !== 'left-out.test.ts')
    .map(path => ({ path, text: readFileSync(join(root, 'test', path), 'utf8') }))

  test('by its name, every suite that needs MariaDB', () => {
    const named =
      /\.(?:each\(dialects|(?:skip|run)If\(!?(?:mysql|canStart|dialects))[\w.('!)]*?\)\(\s*'([^']*)'/g
    const names = files.flatMap(({ text }) => [...text.matchAll(named)]).map(([, name = '']) => name)
    expect(names.length).toBeGreaterThan(20)
    expect(names.filter(name => !isOnMariadb(name.replace('%s', 'mysql')))).toEqual([])
  })

  test('something on MariaDB of every file that asks for it', () => {
    const shown = /\bon (?:mysql|%s|\$\w+)|['"]a MariaDB\b/i
    const silent = files.filter(file => asksForMariadb(file) && !shown.test(file.text))
    expect(silent.map(({ path }) => path)).toEqual([])
  })

  // Its sibling would be missed on MariaDB. It belongs to a suite of its own.
  test('no test of two databases that runs on one of them', () => {
    expect(files.filter(({ text }) => /If\(dialect\b/.test(text)).map(({ path }) => path)).toEqual([])
  })
})

describe('of the report of a run', () => {
  const ran = (fullName: string, status = 'passed') => ({ fullName, status })
  const reportOf = (...tests: readonly { fullName: string; status: string }[]): RunReport => ({
    testResults: [{ name: '/home/me/rebound/test/store/outbox.test.ts', assertionResults: tests }],
  })
  const path = 'test/store/outbox.test.ts'
  const file = { path, text: readFileSync(join(root, path), 'utf8') }

  test('nothing is missing when all ran', () => {
    const report = reportOf(ran('a on sqlite b'), ran('a on mysql b'), ran('a MariaDB that is killed'))
    expect(missingOnMariadb(report, [file])).toEqual([])
    expect(mariadbTests(report)).toHaveLength(2)
  })

  test.each<[string, RunReport, string]>([
    [
      'one suite skipped while others ran',
      reportOf(ran('a on sqlite b'), ran('a on mysql b'), ran('a MariaDB that is killed', 'skipped')),
      'skipped: a MariaDB that is killed',
    ],
    [
      'one test that ran on SQLite alone',
      reportOf(ran('a on sqlite b'), ran('a on sqlite c'), ran('a on mysql b')),
      'on SQLite alone: a on sqlite c',
    ],
    ['a file that did not run', { testResults: [] }, `nothing of ${path} ran on MariaDB`],
  ])('%s is seen', (_, report, line) => {
    expect(missingOnMariadb(report, [file])).toEqual([line])
  })
})
