// The description of the API, OpenAPI 3.1, made from the very schemas that check requests.

import { STATUS_CODES } from 'node:http'
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import { type FastifySchema, fastify, type RouteOptions } from 'fastify'
import { z } from 'zod'
import { problem } from './answers.ts'
import { problemMediaType } from './problem.ts'
import { type Api, ownCompilers } from './schema.ts'

type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }
type JsonObject = { [key: string]: JsonValue }

/**
 * Collects the routes that are registered from now on. What it gives describes them, made when it is first asked for:
 * few servers ever are.
 */
export function describedApi(app: Api, version: string): () => Promise<object> {
  const routes: RouteOptions[] = []
  app.addHook('onRoute', route => {
    routes.push(route as unknown as RouteOptions)
  })
  let document: Promise<object> | null = null
  return () => {
    document ??= describeRoutes(routes, version)
    return document
  }
}

/** The plugin describes a server: one that has these routes and answers none of them. */
async function describeRoutes(routes: readonly RouteOptions[], version: string): Promise<object> {
  const { default: swagger } = await import('@fastify/swagger')
  const app = fastify({ exposeHeadRoutes: false, schemaController: ownCompilers })
  await app.register(swagger, openApi(version))
  for (const { method, url, schema } of routes)
    if (method !== 'HEAD') app.route({ method, url, ...(schema && { schema }), handler: nothing })
  await app.ready()
  return app.swagger()
}

const nothing = async (): Promise<void> => {}

/** What `@fastify/swagger` needs to write `/openapi.json`. */
function openApi(version: string): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Rebound',
        version,
        description:
          'What came back of the mail that a CRM sent: records, campaigns and bounces. ' +
          'Errors are problem details (RFC 9457) that name the field at fault.',
        license: { name: 'MIT', url: 'https://spdx.org/licenses/MIT.html' },
      },
      servers: [{ url: '/' }],
      tags: [
        { name: 'return paths', description: 'The envelope senders that mails are sent with.' },
        { name: 'records', description: 'Contacts, companies, leads, and whatever else was written to.' },
        { name: 'campaigns', description: 'What was sent, and how much of it came back.' },
        { name: 'bounces', description: 'Every report that came back, as it was judged.' },
        { name: 'replies', description: 'What people answered to return paths.' },
        { name: 'audit', description: 'Who changed what.' },
        { name: 'addresses', description: 'Before mail is sent.' },
        {
          name: 'incidents',
          description: 'What holds removals while something is wrong on the sending side.',
        },
        { name: 'rules', description: "The operators' rules: what they want judged otherwise." },
        { name: 'classify', description: 'Trying a mail out.' },
        { name: 'probes', description: 'For machines that watch.' },
      ],
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'The value of REBOUND_API_TOKEN.' },
        },
      },
      security: [{ bearer: [] }],
    },
    convertConstToEnum: false,
    transform: ({ schema, url }) => ({ schema: describe(schema), url }),
    transformObject: document => complete('openapiObject' in document ? document.openapiObject : {}),
  }
}

/** Turns the zod parts of a route's schema into JSON Schema; a route without a schema is not described. */
function describe(schema: FastifySchema | undefined): FastifySchema {
  if (schema === undefined) return { hide: true }
  const described: FastifySchema = { ...schema }
  for (const part of ['params', 'querystring', 'body'] as const)
    if (schema[part] instanceof z.ZodType) described[part] = jsonSchema(schema[part], 'input')
  described.response = responses((schema.response ?? {}) as Record<string, unknown>)
  return described
}

function responses(given: Record<string, unknown>): JsonObject {
  const described: JsonObject = {}
  for (const [status, schema] of Object.entries(given)) {
    if (!(schema instanceof z.ZodType)) continue
    const { [otherMedia]: other, ...own } = jsonSchema(schema, 'output')
    described[status] = {
      description: schema.description ?? STATUS_CODES[status] ?? status,
      ...(other === undefined
        ? own
        : { content: { 'application/json': { schema: own }, ...(other as JsonObject) } }),
    }
  }
  described.default = {
    description: 'What went wrong, and which field is at fault (RFC 9457).',
    content: { [problemMediaType]: { schema: { [reference]: 'Problem' } } },
  }
  return described
}

/** In the meta data of an answer: the media types that it has beside JSON, each with its schema. */
export const otherMedia = 'x-other-media'

/** Stands for `$ref` until the document is whole, since the plugin would look it up among fastify's own schemas. */
const reference = 'x-ref'
const definitions = '#/$defs/'
const components = '#/components/schemas/'

/** JSON Schema 2020-12 of a zod schema; the definitions of schemas with an id stay in its `$defs`. */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
  const { $schema, ...own } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      // Answers may gain fields: generated clients must not refuse them.
      if (io === 'output') delete jsonSchema.additionalProperties
    },
  })
  return walk(own as JsonObject, object => {
    const target = object.$ref
    if (typeof target !== 'string' || !target.startsWith(definitions)) return object
    const { $ref, ...rest } = object
    return { ...rest, [reference]: target.slice(definitions.length) }
  }) as JsonObject
}

/** Moves every `$defs` to the components and makes the references real. */
function complete(document: object): object {
  const schemas: JsonObject = {}
  const named = jsonSchema(z.object({ problem }), 'output')
  const whole = walk({ ...(document as JsonObject), [reference]: named }, object => {
    const { $defs, [reference]: name, ...own } = object
    Object.assign(schemas, $defs)
    if (isOptionalBody(own)) own.required = false
    return typeof name === 'string' ? { ...own, $ref: `${components}${name}` } : own
  }) as JsonObject
  whole.components = { ...(whole.components as JsonObject), schemas }
  return whole
}

/** A request body of which no field is required may be left out: nothing counts as `{}`. */
function isOptionalBody({ content, required }: JsonObject): boolean {
  const json = required === true && (content as JsonObject | undefined)?.['application/json']
  return json ? !('required' in ((json as JsonObject).schema as JsonObject)) : false
}

/** Rebuilds a JSON value, with `change` applied to every object, the innermost first. */
function walk(value: JsonValue, change: (object: JsonObject) => JsonObject): JsonValue {
  if (Array.isArray(value)) return value.map(item => walk(item, change))
  if (value === null || typeof value !== 'object') return value
  return change(Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner, change)])))
}
