// Values made of nothing but their JSON Schema, and schemas with all that they refer to.

export interface Schema {
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly examples?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly minItems?: number
  readonly minLength?: number
  readonly minimum?: number
}

/** A value that the schema allows: its first example, its first choice, or the least of its type. */
export function sampleOf(schema: Schema, fields: 'required' | 'all' = 'all'): unknown {
  if (schema.examples !== undefined) return schema.examples[0]
  if (schema.const !== undefined) return schema.const
  if (schema.enum !== undefined) return schema.enum[0]
  if (schema.anyOf !== undefined) return sampleOf(schema.anyOf[0] ?? {}, fields)
  const type = typeof schema.type === 'string' ? schema.type : schema.type?.[0]
  if (type === 'string') return 'x'.repeat(schema.minLength ?? 1)
  if (type === 'integer' || type === 'number') return schema.minimum ?? 1
  if (type === 'boolean') return true
  if (type === 'array')
    return Array.from({ length: schema.minItems ?? 1 }, () => sampleOf(schema.items ?? {}, fields))
  if (type !== 'object') return null
  const names = fields === 'all' ? Object.keys(schema.properties ?? {}) : (schema.required ?? [])
  return Object.fromEntries(names.map(name => [name, sampleOf(schema.properties?.[name] ?? {}, fields)]))
}

const components = '#/components/schemas/'

/** A schema on its own: every reference into the components replaced by what it refers to. */
export function inlined(schema: unknown, schemas: Readonly<Record<string, unknown>>): Schema {
  return inline(schema, schemas) as Schema
}

function inline(value: unknown, schemas: Readonly<Record<string, unknown>>): unknown {
  if (Array.isArray(value)) return value.map(each => inline(each, schemas))
  if (typeof value !== 'object' || value === null) return value
  const { $ref, ...own } = value as { readonly $ref?: string }
  const fields = Object.entries(own).map(([name, each]) => [name, inline(each, schemas)])
  const target = $ref?.startsWith(components) ? schemas[$ref.slice(components.length)] : undefined
  // OpenAPI 3.1: what stands beside a reference is said in addition.
  return {
    ...(target === undefined ? {} : (inline(target, schemas) as object)),
    ...Object.fromEntries(fields),
  }
}
