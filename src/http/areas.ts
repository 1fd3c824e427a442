// The parts of the HTTP API, by which requests are counted.

export const areas = [
  'return-paths',
  'records',
  'campaigns',
  'bounces',
  'incidents',
  'audit',
  'replies',
  'summary',
  'addresses',
  'attention',
  'categories',
  'webhooks',
  'views',
  'postmaster',
  'doctor',
  'keys',
  'try',
  'rules',
  'classify',
  'metrics',
  'probes',
  'page',
] as const

const probes: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/openapi.json'])

/** Of a route as registered, `/v1/records/:module/:id`; null without one. Routes outside the list count as other. */
export function areaOf(route: string | null): string {
  if (route === null) return 'other'
  if (probes.has(route)) return 'probes'
  if (!route.startsWith('/v1/')) return route === '/metrics' ? 'metrics' : 'page'
  return route.split('/')[2] ?? 'other'
}
