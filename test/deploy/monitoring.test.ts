// What deploy/ gives to Prometheus and Grafana: rules that promtool accepts and tests, and a dashboard that is whole.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { vocabulary } from '../../src/counting.ts'
import { table } from '../../src/metrics/table.ts'
import { categoryNames } from '../../src/model/categories.ts'
import { countedEffects } from '../../src/model/event.ts'
import { readerEnds } from '../../src/model/read-mail.ts'
import { root } from '../end-to-end/server.ts'
import { within } from '../patience.ts'
import { hasTool } from '../tools.ts'
import { dashboard, queries } from './dashboard.ts'

const folder = join(root, 'deploy/prometheus')
const rules = readFileSync(join(folder, 'rebound.rules.yml'), 'utf8')
const testFiles = ['rebound.test.yml', 'rebound-hours.test.yml']
const tests = testFiles.map(name => readFileSync(join(folder, name), 'utf8')).join('\n')
const alerts = [...rules.matchAll(/^ {6}- alert: (\w+)$/gm)].map(match => match[1] ?? '')

function promtool(...words: string[]): { readonly status: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync('promtool', words, { cwd: folder, encoding: 'utf8' })
  return { status, said: stdout + stderr }
}

describe.skipIf(!hasTool('promtool'))('promtool', () => {
  test('accepts the rules', () =>
    expect(promtool('check', 'rules', 'rebound.rules.yml')).toMatchObject({ status: 0 }))

  test('accepts the configuration of the compose profile', () =>
    expect(promtool('check', 'config', '--syntax-only', 'prometheus.yml')).toMatchObject({ status: 0 }))

  // Days of evaluations: a quarter of a minute of processor time, on a busy machine minutes.
  test('finds each alert firing and quiet as it should be', { timeout: within(120_000) }, () => {
    const { status, said } = promtool('test', 'rules', ...testFiles)
    expect(status, said).toBe(0)
  })
})

describe('the alerts', () => {
  test('are all there', () => expect(alerts.length).toBeGreaterThan(12))

  test.each(alerts)('%s has a severity, a summary, a runbook and a place in docs/operate.md', alert => {
    const rule = rules.slice(rules.indexOf(`- alert: ${alert}\n`)).split(/\n\n/)[0] ?? ''
    expect(rule).toMatch(/severity: (critical|warning|info) /)
    for (const field of ['summary', 'runbook'])
      expect(rule).toMatch(new RegExp(`^ {10}${field}: (?:\\S.{20}|>-)`, 'm'))
    expect(readFileSync(join(root, 'docs/operate.md'), 'utf8')).toContain(`| \`${alert}\` |`)
  })

  test.each(alerts)('%s is tested firing and quiet', alert => {
    const cases = tests.split(/\n {2}- name: /).filter(each => each.startsWith(`${alert}, `))
    const firing = cases.filter(each => each.includes(`labels: ALERTS{alertname="${alert}"`))
    const quiet = cases.filter(each => each.includes('exp_samples: []'))
    expect([firing.length > 0, quiet.length > 0]).toEqual([true, true])
  })
})

/** Names of series that a metric makes. */
const seriesNames = new Set([
  ...Object.entries(table).flatMap(([name, { kind }]) =>
    kind === 'histogram' ? ['_bucket', '_sum', '_count'].map(end => name + end) : [name],
  ),
  ...[...rules.matchAll(/record: (\S+)/g)].map(match => match[1] ?? ''),
])
/** Words that a label may have. */
const words: Readonly<Record<string, ReadonlySet<string>>> = {
  category: new Set<string>(categoryNames),
  provider: new Set([...vocabulary.providers, 'other']),
  effect: new Set(countedEffects),
  reason: new Set<string>([...vocabulary.deferrals, ...vocabulary.rejections, ...readerEnds]),
}

test.each([
  ['rules', rules.replace(/^ *#.*$/gm, '')],
  ['tests of rules', tests],
  ['dashboard', queries.map(([, expr]) => expr).join('\n')],
])('the %s name only metrics and words that exist', (_, text) => {
  const names = [
    ...text.matchAll(/(?<![\w.:/])((?:[a-z_]+:)?rebound_[a-z_]+(?::[a-z0-9]+)?)(?=[{[)\s]|$)/gm),
  ].map(match => match[1] ?? '')
  expect(names.length).toBeGreaterThan(20)
  expect(names.filter(name => !seriesNames.has(name))).toEqual([])
  for (const [, label = '', said = ''] of text.matchAll(/\b([a-z]+)[=!]~?"([^"]*)"/g))
    for (const word of said.split('|'))
      if (words[label] !== undefined) expect(words[label], `${label}="${word}"`).toContain(word)
})

describe('the dashboard', () => {
  const { panels } = dashboard

  test('can be imported: a uid, a schema that Grafana 10 and later read, variables for source, job and server', () => {
    expect(dashboard).toMatchObject({ uid: 'rebound', title: 'Rebound', schemaVersion: 39 })
    expect(dashboard.templating.list.map(({ name, type }) => [name, type])).toEqual([
      ['datasource', 'datasource'],
      ['job', 'query'],
      ['instance', 'query'],
    ])
  })

  test('every panel has its own id, a title, a source, a description, a unit and queries that name themselves', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    for (const panel of panels) {
      expect(panel.title).not.toBe('')
      if (panel.type === 'row') continue
      expect(['stat', 'timeseries', 'table']).toContain(panel.type)
      expect(panel.datasource, panel.title).toEqual({ type: 'prometheus', uid: '$' + '{datasource}' })
      expect(panel.description ?? '', panel.title).toMatch(/\S/)
      if (panel.type !== 'table') expect(panel.fieldConfig?.defaults.unit, panel.title).toBeDefined()
      const refs = (panel.targets ?? []).map(({ refId }) => refId)
      expect(refs.length, panel.title).toBeGreaterThan(0)
      expect(new Set(refs).size).toBe(refs.length)
      for (const { legendFormat } of panel.targets ?? []) expect(legendFormat).not.toBe('')
    }
  })

  test('no panel lies on another or leaves the grid', () => {
    const taken = new Set<string>()
    for (const { gridPos, title } of panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24)
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken, `${title} at ${x},${y}`).not.toContain(`${x},${y}`)
          taken.add(`${x},${y}`)
        }
    }
  })

  test('every metric of an alert is on it: who is called at night sees why', () => {
    const metricsIn = (text: string): readonly string[] =>
      [...text.matchAll(/(?<![\w:])rebound_[a-z_]+(?=[{[)\s])/g)].map(([name]) => name)
    const expressions = [...rules.matchAll(/^ {8}expr: (?:>-\n((?: {10}.*\n)+)|(.*)\n)/gm)]
    const alerted = new Set(
      expressions.flatMap(([, lines = '', line = '']) => metricsIn(`${lines}${line}\n`)),
    )
    const shown = new Set(metricsIn(`${queries.map(([, expr]) => expr).join('\n')}\n`))
    expect(alerted.size).toBeGreaterThan(15)
    // How a bucket is counted, and how long a mail took, are one metric.
    const family = (name: string): string => name.replace(/_(count|bucket|sum)$/, '')
    const families = new Set([...shown].map(family))
    expect([...alerted].filter(name => !families.has(family(name)))).toEqual([])
  })
})
