// Fails unless every MariaDB suite of a run has run: `node --import tsx scripts/check-mariadb.ts RESULTS.json`, where
// the results are those of vitest's JSON reporter over the whole suite.

import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { mariadbTests, missingOnMariadb, type RunReport } from './mariadb-suites.ts'

const [file] = process.argv.slice(2)
if (file === undefined) throw new Error('write the file of results: scripts/check-mariadb.ts RESULTS.json')
const report: RunReport = JSON.parse(readFileSync(file, 'utf8'))
const root = resolve(import.meta.dirname, '..')
const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.test.ts'))
  .map(name => ({ path: join('test', name), text: readFileSync(join(root, 'test', name), 'utf8') }))

const missing = missingOnMariadb(report, files)
for (const line of missing) console.error(line)
if (missing.length > 0) {
  console.error(`The MariaDB suites did not all run: ${missing.length} faults, see above.`)
  process.exitCode = 1
} else console.log(`${mariadbTests(report).length} tests ran on MariaDB, none was left out.`)
