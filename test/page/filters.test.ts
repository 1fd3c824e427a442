// A filter that cannot be read is refused where the API refuses it: nothing is shown in its place, and nothing reset.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { pagesOf } from '../../src/page/pages.tsx'
import { openWorld, type World } from '../http/world.ts'
import { pageSettings } from './settings.ts'

let world: World
beforeAll(async () => {
  world = await openWorld({ pages: pagesOf(pageSettings) })
})
afterAll(() => world.close())

const long = 'x'.repeat(201)
const time = /(From|To) must be ISO 8601: a date such as 2026-01-31/

const faulty: readonly (readonly [path: string, says: RegExp])[] = [
  ['/events?from=abc', time],
  ['/events?to=2026-02-30', time],
  ['/events?kind=bounced', /What must be one of bounce, /],
  ['/events?type=foo', /Type must be one of hard, soft\./],
  ['/events?category=dead', /Cause must be one of .*unknown-user/],
  ['/events?provider=nobody', /Provider must be one of /],
  [`/events?campaign=${long}`, /Campaign must be text of 1 to 64 characters/],
  [`/events?q=${long}`, /Text must be at most 200 characters/],
  ['/records?type=foo', /Type must be one of hard, soft\./],
  ['/records?category=dead', /Cause must be one of .*unknown-user/],
  ['/records?module=contact', /Module must be one of contacts, /],
  ['/records?flag=some', /Records must be one of all, complained\./],
  ['/records?address=ana', /Address must be whole, such as ana@example\.org/],
  [`/records?campaign=${long}`, /Campaign must be text of 1 to 64 characters/],
  ['/records?from=abc', time],
  ['/records?to=abc', time],
  ['/campaigns?q=%00', /Name or id must be at most 200 characters/],
]

test.each(faulty)('GET %s is 400 and asks for nothing', async (path, says) => {
  world.asked.length = 0
  const answer = await world.ask('GET', path)
  expect(answer.status).toBe(400)
  expect(answer.text).toMatch(says)
  // The form stays, to be mended.
  expect(answer.text).toMatch(/<form method="get"/)
  expect(world.asked.filter(([what]) => what !== 'views.list')).toEqual([])
})

test('every fault is said at once', async () => {
  const { text } = await world.ask('GET', '/events?from=abc&to=abc&type=foo')
  for (const name of ['From', 'To', 'Type']) expect(text).toContain(`${name} must be`)
})

test('what can be read, and what is left empty, is shown', async () => {
  for (const path of [
    '/events?q=&kind=bounce&type=hard&category=mailbox-full&campaign=spring&from=2026-01-31&to=',
    '/records?flag=all&module=contacts&type=soft&address=ana@example.org&from=2026-01-31T08:00:00Z',
    '/campaigns?q=spring',
  ])
    expect((await world.ask('GET', path)).status, path).toBe(200)
})

test('a reset with a filter that cannot be read resets nothing', async () => {
  world.asked.length = 0
  const answer = await world.ask('POST', '/records/reset', {
    body: 'type=foo&sure=yes',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
  expect(answer.status).toBe(400)
  expect(answer.text).toContain('Type must be one of hard, soft.')
  expect(world.asked).toEqual([])
})
