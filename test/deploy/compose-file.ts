// compose.yaml as a test reads it.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { root } from '../end-to-end/server.ts'

interface Service {
  readonly image?: string
  readonly profiles?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly secrets?: readonly string[]
}

export const compose = parse(readFileSync(join(root, 'compose.yaml'), 'utf8')) as {
  readonly services: Readonly<Record<string, Service>>
  readonly secrets: Readonly<Record<string, { readonly environment: string }>>
  readonly volumes: Readonly<Record<string, null>>
}

export interface Mount {
  /** A path in the project, or the name of a volume. */
  readonly from: string
  readonly to: string
  readonly isFile: boolean
}

export const mountsOf = (name: string): readonly Mount[] =>
  (compose.services[name]?.volumes ?? []).map(text => {
    const [from = '', to = ''] = text.split(':')
    return { from: from.replace(/^\.\//, ''), to, isFile: from.startsWith('./') }
  })

/** A file of the project in YAML. */
export const readYaml = (path: string): unknown => parse(readFileSync(join(root, path), 'utf8'))
