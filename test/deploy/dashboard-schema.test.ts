// The dashboard is what Grafana's own types call one. They are published as TypeScript, so the compiler compares.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root } from '../end-to-end/server.ts'
import { dashboard } from './dashboard.ts'

const schema = join(root, 'node_modules/@grafana/schema/dist/types/raw')
const compiler = join(root, 'node_modules/.bin/tsc')
const strictly = '--ignoreConfig --noEmit --strict --skipLibCheck --module nodenext --target esnext'

/** Panels by what their options and their fields may hold. */
const panelTypes: Readonly<Record<string, { readonly options: string; readonly custom: string }>> = {
  stat: { options: 'Stat.Options', custom: 'never' },
  timeseries: { options: 'TimeSeries.Options', custom: 'TimeSeries.FieldConfig' },
  table: { options: 'Table.Options', custom: 'never' },
}

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rebound-dashboard-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What the compiler finds wrong with a dashboard: nothing, or its words. */
function faultsOf({ panels, ...rest }: typeof dashboard): string {
  const checks = panels.flatMap(panel => {
    const { options, custom } = panelTypes[panel.type] ?? { options: 'never', custom: 'never' }
    const given = panel as { options?: object; fieldConfig?: { defaults: { custom?: object } } }
    return [
      [options, given.options],
      [custom, given.fieldConfig?.defaults.custom],
    ].flatMap(([type, value]) =>
      value === undefined ? [] : [`satisfy<Partial<Plain<${type}>>>(${JSON.stringify(value)})`],
    )
  })
  const program = `
import type { AnnotationQuery, Dashboard } from '${schema}/dashboard/x/types.gen.d.ts'
import type * as Stat from '${schema}/composable/stat/panelcfg/x/types.gen.d.ts'
import type * as Table from '${schema}/composable/table/panelcfg/x/types.gen.d.ts'
import type * as TimeSeries from '${schema}/composable/timeseries/panelcfg/x/types.gen.d.ts'
/** JSON has no enums: their values instead. */
type Plain<T> = T extends string ? \`\${T}\` : T extends object ? { [Key in keyof T]: Plain<T[Key]> } : T
/** Grafana's schema leaves the query of an annotation to its source: Prometheus reads these two. */
type Annotated = { list: (Plain<AnnotationQuery> & { expr?: string; titleFormat?: string })[] }
declare function satisfy<T>(value: T): void
satisfy<Omit<Plain<Dashboard>, 'annotations'> & { annotations: Annotated }>(${JSON.stringify({ ...rest, panels })})
${checks.join('\n')}
`
  const file = join(folder, 'dashboard.ts')
  writeFileSync(file, program)
  return spawnSync(compiler, [...strictly.split(' '), '--types', '', file], { encoding: 'utf8' }).stdout
}

test('nothing in the dashboard is unknown to Grafana', () => expect(faultsOf(dashboard)).toBe(''))

test.each<[string, (copy: typeof dashboard) => object, RegExp]>([
  ['a field of the dashboard', copy => ({ ...copy, timzone: 'utc' }), /timzone/],
  ['a type', copy => ({ ...copy, title: 7 }), /not assignable to type/],
  [
    'an option of a panel',
    copy => ({ ...copy, panels: [{ ...copy.panels[1], options: { colorMode: 'loud' } }] }),
    /"loud"/,
  ],
])('%s that is wrong is noticed', (_, broken, fault) =>
  expect(faultsOf(broken(dashboard) as typeof dashboard)).toMatch(fault),
)
