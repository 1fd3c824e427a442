// The pages that there are, as they register themselves: who looks at every page cannot forget a new one.

import { fastify } from 'fastify'
import type { PageDoor } from '../../src/http/page-door.ts'
import { pagesOf } from '../../src/page/pages.tsx'

/** Routes of pages that can be opened, such as `/records/:module/:id`. */
export async function pageRoutes(): Promise<readonly string[]> {
  const routes: string[] = []
  const app = fastify()
  app.addHook('onRoute', ({ method, url }) => {
    if ([method].flat().includes('GET') && !url.startsWith('/assets/')) routes.push(url)
  })
  // Registering asks nothing of the ports but whether they are there.
  const there = { providers: new Map(), modules: [] }
  const ports = new Proxy(there, {
    get: (known, name) => Reflect.get(known, name) ?? {},
  }) as unknown as PageDoor['ports']
  const door: PageDoor = { ports, hasTokens: true, signIn: () => ({ kind: 'wrong' }), signOut: () => {} }
  await app.register(async inner =>
    pagesOf({ recordUrl: null, settings: [], version: '', databaseName: '' })(inner, door),
  )
  await app.ready()
  await app.close()
  return routes
}

/** Does a URL belong to a route? One that names itself goes before one with a parameter. */
export function routeOf(url: string, routes: readonly string[]): string | null {
  const path = url.split('?', 1)[0] ?? ''
  if (routes.includes(path)) return path
  const parts = path.split('/')
  const fits = (route: string): boolean => {
    const names = route.split('/')
    return (
      names.length === parts.length && names.every((name, at) => name.startsWith(':') || name === parts[at])
    )
  }
  return routes.find(fits) ?? null
}
