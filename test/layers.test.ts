// Holds the import table of ARCHITECTURE.md and the file sizes: the layout is a promise, not a habit.

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const source = join(root, 'src')

/** Room → rooms it may import; a room is a folder or a file directly in `src`. */
const allowed: Record<string, readonly string[]> = {
  model: [],
  address: [],
  knowledge: ['model'],
  'return-path': ['model', 'address'],
  message: ['model'],
  crm: ['model', 'address'],
  smtp: ['model', 'folder'],
  http: ['model', 'given', 'shown'],
  'metric-table': [],
  metrics: ['model', 'metric-table'],
  intake: ['model'],
  'setting-values': [],
  config: ['setting-values'],
  webhook: ['model'],
  log: ['config'],
  folder: [],
  secret: ['config', 'folder'],
  report: ['model', 'message'],
  classify: ['model', 'knowledge', 'given'],
  store: ['model', 'address', 'crm', 'migrations', 'folder'],
  harness: ['model', 'return-path'],
  migrations: [],
  mint: ['given'],
  given: [],
  shown: ['model'],
  version: [],
  reader: ['model', 'message', 'report', 'classify', 'knowledge'],
  rulebook: ['model', 'classify', 'knowledge', 'store'],
  'crm-file': ['config', 'crm'],
  database: ['config', 'store'],
  keyring: ['config', 'database', 'secret', 'return-path', 'store'],
  ledger: [
    'keyring',
    'model',
    'config',
    'database',
    'secret',
    'mint',
    'return-path',
    'store',
    'crm',
    'crm-file',
  ],
  announcer: ['model', 'config', 'log', 'metrics', 'store', 'version', 'webhook'],
  app: [
    'model',
    'knowledge',
    'return-path',
    'crm',
    'smtp',
    'http',
    'metrics',
    'intake',
    'config',
    'log',
    'store',
    'mint',
    'reader',
    'rulebook',
    'message',
    'report',
    'ledger',
    'database',
    'folder',
    'shown',
    'announcer',
    'version',
    'role-mail',
  ],
  'role-mail': ['config', 'crm', 'smtp'],
  cli: [
    'keyring',
    'app',
    'announcer',
    'given',
    'shown',
    'folder',
    'role-mail',
    'version',
    'mint',
    'ledger',
    'rulebook',
    'reader',
    'config',
    'log',
    'harness',
    'model',
  ],
  main: ['cli'],
}

/** Packages that only one file may import. */
const doors: Record<string, string> = {
  knex: 'store/open.ts',
  'smtp-server': 'smtp/listener.ts',
  '@zone-eu/mailsplit': 'message/splitter.ts',
  'prom-client': 'metrics.ts',
  nodemailer: 'harness/send.ts',
  pino: 'log.ts',
}

/** What the middle never touches: net, files, clock, randomness. */
const middle = ['address', 'return-path', 'message', 'report', 'classify', 'knowledge', 'crm']
const outside =
  /^node:(net|tls|fs|fs\/promises|http|https|child_process|dns|timers|timers\/promises|worker_threads)$/
const clockOrChance =
  /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\brandomBytes\(|\brandomUUID\(|\bperformance\.now\(/

const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'))

const roomOf = (file: string): string =>
  file.includes('/') ? file.slice(0, file.indexOf('/')) : file.replace(/\.ts$/, '')

interface Import {
  readonly file: string
  readonly target: string
  readonly typeOnly: boolean
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(source, file), 'utf8')
  const found: Import[] = []
  for (const match of text.matchAll(/^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm))
    found.push({ file, target: match[2] ?? '', typeOnly: match[1] !== undefined })
  for (const match of text.matchAll(/\bimport\(\s*'([^']+)'/g))
    found.push({ file, target: match[1] ?? '', typeOnly: false })
  return found
}

function targetRoom(each: Import): string | null {
  if (!each.target.startsWith('.')) return null
  const path = relative(source, resolve(source, dirname(each.file), each.target))
  if (path.startsWith('../migrations')) return 'migrations'
  return path.startsWith('..') ? null : roomOf(path)
}

const imports = files.flatMap(importsOf)

describe('the import table', () => {
  test('sees the source', () => {
    expect(files.length).toBeGreaterThan(30)
    expect(imports.length).toBeGreaterThan(60)
  })

  test('every room is in the table', () => {
    expect(files.map(roomOf).filter(room => !(room in allowed))).toEqual([])
  })

  test('no room imports another than it may', () => {
    const wrong = imports.flatMap(each => {
      const from = roomOf(each.file)
      const to = targetRoom(each)
      if (to === null || to === from || allowed[from]?.includes(to)) return []
      // The closed vocabulary of categories may be imported by everyone, by `model` as a type.
      if (each.target.endsWith('knowledge/categories.ts') && (from !== 'model' || each.typeOnly)) return []
      return [`${each.file} imports ${each.target}`]
    })
    expect(wrong).toEqual([])
  })

  test('one door per package', () => {
    const wrong = imports.flatMap(each => {
      const name = Object.keys(doors).find(door => each.target === door || each.target.startsWith(`${door}/`))
      if (name === undefined || each.typeOnly || doors[name] === each.file) return []
      return [`${each.file} imports ${each.target}`]
    })
    expect(wrong).toEqual([])
  })

  test('the middle imports no net, files, clock or chance', () => {
    const wrong = imports
      .filter(each => middle.includes(roomOf(each.file)) && !each.typeOnly && outside.test(each.target))
      .map(each => `${each.file} imports ${each.target}`)
    for (const file of files)
      if (middle.includes(roomOf(file)) && clockOrChance.test(readFileSync(join(source, file), 'utf8')))
        wrong.push(`${file} asks a clock or chance`)
    expect(wrong).toEqual([])
  })
})

describe('the files', () => {
  test('none is longer than 300 lines, tables exempt', () => {
    const tables = ['model.ts', 'config.ts', 'knowledge/']
    const long = files.filter(
      file =>
        !tables.some(table => file.startsWith(table)) &&
        readFileSync(join(source, file), 'utf8').split('\n').length > 301,
    )
    expect(long).toEqual([])
  })

  test('no name says nothing', () => {
    const empty = /(^|\/)(utils?|helpers?|common|types|index|misc)\.ts$|(Manager|Service)/
    expect(files.filter(file => empty.test(file))).toEqual([])
  })

  test('each opens with a sentence of what it is', () => {
    const silent = files.filter(file => !/^(#!.*\n)?\/\/ \S/.test(readFileSync(join(source, file), 'utf8')))
    expect(silent).toEqual([])
  })
})
