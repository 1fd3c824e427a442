// Fails unless the tests of the pages ran in a browser: `node --import tsx scripts/check-browser.ts RESULTS.json`, where
// the results are those of vitest's JSON reporter over the whole suite.

import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { RunReport } from './mariadb-suites.ts'

const [file] = process.argv.slice(2)
if (file === undefined) throw new Error('write the file of results: scripts/check-browser.ts RESULTS.json')
const report: RunReport = JSON.parse(readFileSync(file, 'utf8'))
const folder = resolve(import.meta.dirname, '..', 'test', 'page')
const suites = readdirSync(folder).filter(
  name => name.endsWith('.test.ts') && readFileSync(join(folder, name), 'utf8').includes('openBrowser'),
)
let passed = 0
for (const name of suites) {
  const results =
    report.testResults.find(result => result.name === join(folder, name))?.assertionResults ?? []
  const missing = results.filter(({ status }) => status !== 'passed')
  passed += results.length - missing.length
  if (results.length > 0 && missing.length === 0) continue
  console.error(`test/page/${name}: ${missing.length} of ${results.length} tests did not pass in a browser`)
  process.exitCode = 1
}
if (suites.length === 0) throw new Error('no test of a page opens a browser')
console.log(`${passed} tests ran in a browser.`)
