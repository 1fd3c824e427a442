// What a path can do, for requests by a method that it has no route for: 405 with Allow (RFC 9110 §15.5.6).

import type { FastifyRequest, HTTPMethods } from 'fastify'
import { HttpProblem } from './problem.ts'
import { pathOf } from './request-log.ts'
import type { Api } from './schema.ts'

export interface OtherMethods {
  /** The URL as registered, `/v1/records/:module/:id`, that has routes for other methods only; null if none has. */
  readonly urlOf: (request: FastifyRequest) => string | null
  /** What to answer to such a request. */
  readonly refusal: (request: FastifyRequest) => HttpProblem | null
  /** To be called behind the last route: `GET /v1/bounces/undo` is not the bounce with the id `undo`. */
  readonly refuseNamed: (api: Api) => void
}

/** Other methods than these are unknown to us, whatever the path. */
const refused: ReadonlySet<string> = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'])

/**
 * Knows the routes that are registered from now on. To register a route that refuses for each URL and method took as
 * long as all others together.
 */
export function otherMethods(app: Api): OtherMethods {
  const methods = new Map<string, Set<string>>()
  let isWhole = false
  app.addHook('onRoute', route => {
    if (isWhole) return
    const known = methods.get(route.url) ?? new Set()
    for (const method of [route.method].flat()) known.add(method)
    methods.set(route.url, known)
  })
  /** By the number of their steps, in the order in which the router would try them. */
  let urls: Map<number, { readonly url: string; readonly steps: readonly string[] }[]> | null = null
  const urlOf = (request: FastifyRequest): string | null => {
    if (!request.is404 || !refused.has(request.method)) return null
    urls ??= byLength([...methods.keys()])
    const asked = stepsOf(pathOf(request)).map(decoded)
    return urls.get(asked.length)?.find(({ steps }) => fits(steps, asked))?.url ?? null
  }
  const problem = (method: string, url: string): HttpProblem => {
    const allow = [...(methods.get(url) ?? [])].sort().join(', ')
    return new HttpProblem(405, `${method} is not possible here; possible are ${allow}.`, {
      headers: { allow },
    })
  }
  return {
    urlOf,
    refusal: request => {
      const url = urlOf(request)
      return url === null ? null : problem(request.method, url)
    },
    refuseNamed: api => {
      isWhole = true
      for (const [url, stray] of strayMethods(methods))
        api.route({
          method: stray,
          url,
          schema: { hide: true },
          onRequest: async request => {
            throw problem(request.method, url)
          },
          handler: async () => undefined,
        })
    },
  }
}

/** Of each URL, the methods that it lacks and a URL with a parameter in its place has. */
function strayMethods(
  methods: ReadonlyMap<string, ReadonlySet<string>>,
): readonly (readonly [url: string, stray: HTTPMethods[]])[] {
  const urls = [...methods].map(([url, known]) => ({ url, known, steps: stepsOf(url) }))
  const general = urls.filter(({ steps }) => steps.some(isParameter))
  return urls.flatMap(({ url, known, steps }) => {
    const others = general.filter(
      other => other.url !== url && other.steps.length === steps.length && fits(other.steps, steps),
    )
    const stray = new Set(others.flatMap(other => [...other.known]).filter(method => !known.has(method)))
    return stray.size === 0 ? [] : [[url, [...stray]] as const]
  })
}

const stepsOf = (path: string): readonly string[] => path.split('/')

const isParameter = (step: string): boolean => step.startsWith(':')

const fits = (steps: readonly string[], asked: readonly string[]): boolean =>
  steps.every((step, at) => isParameter(step) || step === asked[at])

function byLength(urls: readonly string[]): Map<number, { url: string; steps: readonly string[] }[]> {
  const found = new Map<number, { url: string; steps: readonly string[] }[]>()
  // A step that is named comes before a parameter in its place.
  const rank = (url: string): string =>
    stepsOf(url)
      .map(step => Number(isParameter(step)))
      .join('')
  for (const url of urls.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1))) {
    const steps = stepsOf(url)
    found.set(steps.length, [...(found.get(steps.length) ?? []), { url, steps }])
  }
  return found
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step)
  } catch {
    return step
  }
}
