// The Grafana dashboard as a test reads it.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../end-to-end/server.ts'

export interface Panel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly datasource?: { readonly type: string; readonly uid: string }
  readonly targets?: readonly {
    readonly refId: string
    readonly expr: string
    readonly legendFormat: string
  }[]
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } }
  readonly description?: string
}

interface Dashboard {
  readonly uid: string
  readonly title: string
  readonly schemaVersion: number
  readonly panels: readonly Panel[]
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string }[] }
  readonly annotations: { readonly list: readonly { readonly expr?: string }[] }
}

export const dashboard = JSON.parse(
  readFileSync(join(root, 'deploy/grafana/rebound.json'), 'utf8'),
) as Dashboard

/** Every query with the title of its panel, its variables filled in as Grafana does. */
export const queries: readonly (readonly [title: string, expr: string])[] = [
  ...dashboard.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const)),
  ...dashboard.annotations.list.flatMap(({ expr }) =>
    expr === undefined ? [] : [['annotation', expr] as const],
  ),
].map(
  ([title, expr]) =>
    [title, expr.replace(/\$(job|instance)/g, '.+').replaceAll('$__rate_interval', '1m')] as const,
)
