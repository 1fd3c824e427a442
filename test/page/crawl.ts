// Walks through everything that the pages link to and every list of the API, in each of its filters: what there is to
// open is found, not listed, so that a new page or filter is opened too.

import { routeOf } from './routes.ts'

/** @returns the body; null where something that the page needs is missing */
export type Open = (url: string) => Promise<string | null>

/** Ids by the first part of a route, for its parameters. */
export type Samples = Readonly<Record<string, Readonly<Record<string, string>>>>

/** A route with its parameters filled in. Throws for one that nobody gave an id. */
export function filled(route: string, samples: Samples): string {
  return route.replaceAll(/[:{](\w+)\}?/g, (_, name: string) => {
    const part = Object.keys(samples).find(prefix => route.startsWith(prefix))
    const value = part === undefined ? undefined : samples[part]?.[name]
    if (value === undefined) throw new Error(`${route}: give its ${name} an example, or it is never opened`)
    return encodeURIComponent(value)
  })
}

/** Values for the fields of forms and queries that name no choices. */
export type Values = Readonly<Record<string, string>>

/** Every page, what it links to, and its filters one by one. @returns the shapes opened */
export async function walkPages(
  open: Open,
  {
    routes,
    samples,
    values,
  }: { readonly routes: readonly string[]; readonly samples: Samples; readonly values: Values },
): Promise<readonly string[]> {
  const seen = new Set<string>()
  const tried = new Set<string>()
  const waiting = routes.map(route => filled(route, samples))
  for (let url = waiting.shift(); url !== undefined; url = waiting.shift()) {
    const shape = shapeOf(url, routes)
    if (shape === null || tried.has(shape)) continue
    tried.add(shape)
    const html = await open(url)
    if (html === null) continue
    seen.add(shape)
    waiting.push(...linksIn(html), ...formsIn(html, values))
  }
  return [...seen]
}

/** What is alike to the database: the route, and which filters are set. Null for what is none of these routes. */
function shapeOf(url: string, routes: readonly string[]): string | null {
  const { pathname, searchParams } = new URL(url, 'http://rebound')
  const route = routeOf(pathname, routes)
  if (route === null) return null
  const set = [...searchParams]
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${choice(name, value)}`)
  return `${route}?${set.sort().join('&')}`
}

/** Times, places, texts and ids are alike; a type or a flag is not like another. */
const choice = (name: string, value: string): string =>
  /^[a-z]+$/.test(value) && ['type', 'flag', 'kind', 'all'].includes(name) ? value : '…'

const unescaped = (text: string): string => text.replaceAll('&amp;', '&').replaceAll('&quot;', '"')

function linksIn(html: string): readonly string[] {
  return [...html.matchAll(/<a [^>]*?href="(\/[^"]*)"/g)].map(([, href = '']) => unescaped(href))
}

/** Forms that only ask: each field alone, with its first and its last choice. */
function formsIn(html: string, values: Values): readonly string[] {
  return [...html.matchAll(/<form([^>]*)>(.*?)<\/form>/gs)].flatMap(([, head = '', body = '']) => {
    if (/method="post"/i.test(head)) return []
    const action = unescaped(/action="([^"]*)"/.exec(head)?.[1] ?? '')
    const valueFor = ({ name, given }: Field): string => {
      const value = given ?? values[name]
      if (value !== undefined) return value
      throw new Error(`${action}: give the field ${name} an example, or it is never filled in`)
    }
    const fields = [...selectsIn(body), ...inputsIn(body)]
    const needed = fields.filter(({ isNeeded }) => isNeeded).map(each => [each.name, valueFor(each)])
    return fields.map(each => {
      const all = new URLSearchParams(needed)
      all.set(each.name, valueFor(each))
      return `${action}?${all}`
    })
  })
}

interface Field {
  readonly name: string
  /** What it offers; null where anything may be written. */
  readonly given: string | null
  readonly isNeeded: boolean
}

function selectsIn(form: string): readonly Field[] {
  return [...form.matchAll(/<select([^>]*)>(.*?)<\/select>/gs)].flatMap(([, head = '', options = '']) => {
    const name = /name="([^"]*)"/.exec(head)?.[1] ?? ''
    const choices = [...options.matchAll(/value="([^"]+)"/g)].map(([, value = '']) => unescaped(value))
    return [...new Set([...choices.slice(0, 1), ...choices.slice(-1)])].map(given => ({
      name,
      given,
      isNeeded: head.includes(' required'),
    }))
  })
}

function inputsIn(form: string): readonly Field[] {
  return [...form.matchAll(/<input[^>]*name="([^"]*)"[^>]*>/g)].flatMap(([input, name = '']) => {
    if (/type="(?:hidden|submit)"/.test(input)) return []
    const isChoice = /type="(?:checkbox|radio)"/.test(input)
    const given = isChoice ? (/value="([^"]*)"/.exec(input)?.[1] ?? null) : null
    return [{ name, given, isNeeded: input.includes(' required') }]
  })
}

/** The part of the API's description that is asked here. */
export interface Described {
  readonly paths: Readonly<Record<string, { readonly get?: { readonly parameters?: readonly Parameter[] } }>>
}

interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly schema?: { readonly enum?: readonly string[]; readonly type?: string }
}

/** Everything that the API answers to GET: as it is, and with each of its filters alone; first pages only. */
export function apiUrls(
  described: Described,
  { samples, values }: { readonly samples: Samples; readonly values: Values },
): readonly string[] {
  const urls: string[] = []
  for (const [route, { get }] of Object.entries(described.paths)) {
    if (get === undefined) continue
    const path = filled(route, samples)
    const query = (get.parameters ?? []).filter(
      parameter => parameter.in === 'query' && parameter.name !== 'after',
    )
    const sample = ({ name, schema }: Parameter): string => {
      const value = schema?.enum?.at(-1) ?? values[name] ?? (schema?.type === 'boolean' ? 'true' : undefined)
      if (value === undefined)
        throw new Error(`${route}: give the filter ${name} an example, or it is never set`)
      return `${value}`
    }
    const needed = query.filter(({ required }) => required).map(each => [each.name, sample(each)] as const)
    const asked = (more: readonly (readonly [string, string])[]): void => {
      const all = new URLSearchParams([...needed, ...more].map(pair => [...pair]))
      urls.push(all.size === 0 ? path : `${path}?${all}`)
    }
    asked([])
    for (const each of query) if (!each.required) asked([[each.name, sample(each)]])
  }
  return urls
}
