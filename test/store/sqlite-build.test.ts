// A build of SQLite that would abort the process is refused before it can.

import { expect, test } from 'vitest'
import { sqliteBuildFault } from '../../src/store/database/sqlite-build.ts'

const deadly = () => Buffer.from('\0_ZN4node28RemoveEnvironmentCleanupHookEPN2v87IsolateE\0')
const harmless = () => Buffer.from('\0_ZN4node25AddEnvironmentCleanupHookEPN2v87IsolateE\0')

test.each(['24.19.0', '24.21.0', '24.22.3'])('compiled with the headers of Node %s', version => {
  expect(sqliteBuildFault(version, deadly)).toMatch(/npm rebuild better-sqlite3/)
  expect(sqliteBuildFault(version, harmless)).toBeNull()
})

// Node 26 keeps the hook in a registry of its own, which works (from 26.4 on); older versions have none.
test.each(['20.20.2', '22.23.5', '24.18.1', '26.10.0'])('Node %s runs any build', version => {
  expect(sqliteBuildFault(version, deadly)).toBeNull()
})

test('the build that runs these tests is fine', () => expect(sqliteBuildFault()).toBeNull())
