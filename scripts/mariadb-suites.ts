// Which of the suite's tests have to run on MariaDB, and which of them did not, by the report of a run.

/** What vitest's JSON reporter writes, as far as it is read here. */
export interface RunReport {
  readonly testResults: readonly {
    /** The file's path. */
    readonly name: string
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

export interface TestFile {
  readonly path: string
  readonly text: string
}

const importsDatabases = /from '[^']*\/(mariadb|databases)\.ts'/
const usesMariadb = /\b(dialects|mysqlAvailable|canStartMariadb|startMariadb|newMysqlDatabase)\b|'mysql'/

/** Does a file of tests ask for MariaDB? */
export const asksForMariadb = ({ text }: TestFile): boolean =>
  importsDatabases.test(text) && usesMariadb.test(text)

/** Is a test of this name on MariaDB? They are named so that the report of a run shows them. */
export const isOnMariadb = (name: string): boolean => /\bon mysql\b|^a MariaDB\b/i.test(name)

/** The tests that ran on MariaDB and passed. */
export function mariadbTests(report: RunReport): readonly string[] {
  return testsOf(report)
    .filter(({ fullName, status }) => isOnMariadb(fullName) && status === 'passed')
    .map(({ fullName }) => fullName)
}

/**
 * What should have run on MariaDB and did not, a line each: a test that was skipped; a test whose sibling ran on SQLite
 * alone; a file that asks for MariaDB and ran nothing on it.
 */
export function missingOnMariadb(report: RunReport, files: readonly TestFile[]): readonly string[] {
  const passed = new Set(mariadbTests(report))
  const skipped = testsOf(report)
    .filter(({ fullName, status }) => isOnMariadb(fullName) && status !== 'passed')
    .map(({ fullName, status }) => `${status}: ${fullName}`)
  const alone = testsOf(report)
    .filter(({ fullName, status }) => /\bon sqlite\b/.test(fullName) && status === 'passed')
    .filter(({ fullName }) => !passed.has(fullName.replace(/\bon sqlite\b/, 'on mysql')))
    .map(({ fullName }) => `on SQLite alone: ${fullName}`)
  const silent = files
    .filter(asksForMariadb)
    .filter(({ path }) => {
      const results = report.testResults.find(each => each.name.endsWith(path))
      return !results?.assertionResults.some(each => passed.has(each.fullName))
    })
    .map(({ path }) => `nothing of ${path} ran on MariaDB`)
  return [...skipped, ...alone, ...silent]
}

const testsOf = (report: RunReport) => report.testResults.flatMap(file => file.assertionResults)
