// A client that knows nothing but the description: what it cannot do, `/openapi.json` does not tell.

import type { Answer, World } from './world.ts'

interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query'
  readonly required: boolean
  readonly schema: { readonly type?: string; readonly enum?: readonly unknown[] }
  readonly example?: unknown
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>
}

export interface Operation {
  readonly operationId: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> }
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>
}

export interface Document {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> }
}

export interface Client {
  readonly document: Document
  /** Calls an operation by its id; throws where answer or input is not as described. */
  readonly call: (
    operationId: string,
    parameters?: Readonly<Record<string, string | number | boolean>>,
    body?: unknown,
  ) => Promise<Answer>
}

/** Reads the description of a running server. */
export async function clientOf(world: Pick<World, 'ask'>): Promise<Client> {
  const document = (await world.ask('GET', '/openapi.json')).json as unknown as Document
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )

  async function call(
    operationId: string,
    parameters: Readonly<Record<string, string | number | boolean>> = {},
    body?: unknown,
  ): Promise<Answer> {
    const found = operations.find(({ operation }) => operation.operationId === operationId)
    if (!found) throw new Error(`no operation ${operationId}`)
    const { operation, method } = found
    let { path } = found
    const query = new URLSearchParams()
    for (const [name, value] of Object.entries(parameters)) {
      const parameter = operation.parameters?.find(each => each.name === name)
      if (!parameter) throw new Error(`${operationId} has no parameter ${name}`)
      if (parameter.in === 'query') query.set(name, String(value))
      else path = path.replace(`{${name}}`, encodeURIComponent(String(value)))
    }
    if (path.includes('{')) throw new Error(`${operationId} lacks a parameter: ${path}`)
    const [mediaType] = Object.keys(operation.requestBody?.content ?? {})
    if (body !== undefined && mediaType === undefined) throw new Error(`${operationId} takes no body`)
    const answer = await world.ask(method.toUpperCase(), `${path}${query.size > 0 ? `?${query}` : ''}`, {
      ...(body === undefined ? {} : { body, headers: { 'content-type': mediaType ?? '' } }),
    })
    const described = operation.responses[answer.status] ?? operation.responses.default
    const types = Object.keys(described?.content ?? {})
    if (answer.status !== 204 && !types.some(type => answer.type.startsWith(type)))
      throw new Error(`${operationId} answers ${answer.status} ${answer.type}, described are ${types}`)
    return answer
  }

  return { document, call }
}
