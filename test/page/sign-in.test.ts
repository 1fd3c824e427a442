// Signing in: who sees the pages, who may change something, and what ends it.

import { expect, test } from 'vitest'
import { sessionOf, tokenOfSession } from '../../src/http/tokens.ts'
import { pagesOf } from '../../src/page/pages.tsx'
import { type Answer, openWorld, type World } from '../http/world.ts'
import { pageSettings } from './settings.ts'

const anna = { name: 'anna', token: 'the-token-of-anna-1', isReader: false }
const eve = { name: 'eve', token: 'the-token-of-eve-22', isReader: true }
const main = 'the-main-token-of-all'

async function withTokens(
  run: (world: World, revoke: (name: string) => void) => Promise<void>,
): Promise<void> {
  let tokens = [anna, eve]
  const world = await openWorld({ token: main, moreTokens: () => tokens, pages: pagesOf(pageSettings) })
  try {
    await run(world, name => {
      tokens = tokens.filter(token => token.name !== name)
    })
  } finally {
    await world.close()
  }
}

const form = (values: Record<string, string>, headers: Record<string, string> = {}) => ({
  body: new URLSearchParams(values).toString(),
  headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
})

const cookieOf = (answer: Answer): string => (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''

async function signedIn(world: World, token: string): Promise<string> {
  const answer = await world.ask('POST', '/sign-in', form({ token }))
  expect(answer.status).toBe(200)
  return cookieOf(await askRedirected(world, token))
}

/** fetch follows redirects; the cookie stands in the first answer. */
async function askRedirected(world: World, token: string): Promise<Answer> {
  const response = await fetch(`${world.url}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    ...form({ token, back: '/records?type=hard' }),
  })
  expect(response.status).toBe(303)
  expect(response.headers.get('location')).toBe('/records?type=hard')
  return { status: 303, type: '', headers: response.headers, text: '', json: null }
}

test('a page asks to sign in and leads back; the API answers 401', () =>
  withTokens(async world => {
    const response = await fetch(`${world.url}/records?type=hard`, { redirect: 'manual' })
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toBe('/sign-in?back=%2Frecords%3Ftype%3Dhard')
    expect((await world.ask('GET', '/v1/bounces')).status).toBe(401)
    expect((await world.ask('POST', '/records/reset', form({}))).text).toContain('API token')
  }))

test.each([main, anna.token, eve.token])('the token %s opens the pages for twelve hours', token =>
  withTokens(async world => {
    const answer = await askRedirected(world, token)
    expect(answer.headers.get('set-cookie')).toMatch(
      /^rebound_session=\d+\.[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/,
    )
    expect(answer.headers.get('set-cookie')).not.toContain(token)
    const page = await world.ask('GET', '/records', { headers: { cookie: cookieOf(answer) } })
    expect(page).toMatchObject({ status: 200, type: 'text/html; charset=utf-8' })
  }),
)

test('the cookie is for TLS alone where a proxy speaks it', () =>
  withTokens(async world => {
    const { body, headers } = form({ token: main })
    const response = await fetch(`${world.url}/sign-in`, {
      method: 'POST',
      redirect: 'manual',
      body,
      headers: { ...headers, 'x-forwarded-proto': 'https' },
    })
    expect(response.headers.get('set-cookie')).toMatch(/; Secure$/)
  }))

test('a session dies with its token, and so does one that is over or forged', () =>
  withTokens(async (world, revoke) => {
    const cookie = await signedIn(world, anna.token)
    const status = async () => (await world.ask('GET', '/v1/bounces', { headers: { cookie } })).status
    expect(await status()).toBe(200)
    revoke('anna')
    expect(await status()).toBe(401)
    const tokens = () => [anna]
    const session = sessionOf(anna, 0)
    expect(tokenOfSession(tokens, session, 43_199_999)).toBe(anna)
    for (const [wrong, now] of [
      [session, 43_200_000],
      [session.replace(/^\d+/, '99999999999'), 0],
      [`${session}x`, 0],
      ['', 0],
      ['1.', 0],
    ] as const)
      expect(tokenOfSession(tokens, wrong, now)).toBeNull()
    expect(tokenOfSession(() => [eve], session, 0)).toBeNull()
  }))

test("the name of a token stands in the audit, and a reader's token changes nothing", () =>
  withTokens(async world => {
    const own = { 'sec-fetch-site': 'same-origin' }
    const reset = async (cookie: string) =>
      (await world.ask('POST', '/records/contacts/42', form({ was: 'yes' }, { cookie, ...own }))).status
    expect(await reset(await signedIn(world, anna.token))).toBe(200)
    expect(world.asked.at(-1) ?? world.asked).toBeDefined()
    expect(world.asked.find(([port]) => port === 'records.change')).toEqual([
      'records.change',
      'contacts',
      '42',
      { emailBounced: false },
      { actor: 'http anna' },
    ])
    const reader = await signedIn(world, eve.token)
    expect(await reset(reader)).toBe(403)
    const authorization = `Bearer ${eve.token}`
    const patch = { body: { emailBounced: false }, headers: { authorization } }
    expect((await world.ask('PATCH', '/v1/records/contacts/42', patch)).status).toBe(403)
    expect((await world.ask('GET', '/v1/records/contacts/42', { headers: { authorization } })).status).toBe(
      200,
    )
    const draft = { body: { section: 'body', text: 'x', type: 'hard' }, headers: { authorization } }
    expect((await world.ask('POST', '/v1/rules/preview', draft)).status).toBe(200)
    const page = await world.ask('GET', '/records/contacts/42', { headers: { cookie: reader } })
    expect(page.text).not.toContain('Save')
  }))

test.each<[string, Record<string, string>, number]>([
  ['our own page', { 'sec-fetch-site': 'same-origin', origin: 'OURS' }, 200],
  ['an old browser on our own page', { origin: 'OURS' }, 200],
  ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, 403],
  ['another name of the same site', { 'sec-fetch-site': 'same-site', origin: 'OURS' }, 403],
  ['an old browser on another site', { origin: 'https://evil.example' }, 403],
  ['a page without origin', { origin: 'null' }, 403],
  ['nobody knows', {}, 403],
])('a form from %s', (_, headers, expected) =>
  withTokens(async world => {
    const cookie = await signedIn(world, main)
    const origin = headers.origin === 'OURS' ? { origin: world.url } : {}
    const answer = await world.ask(
      'POST',
      '/records/contacts/42',
      form({ was: 'yes' }, { cookie, ...headers, ...origin }),
    )
    expect(answer.status).toBe(expected)
  }),
)

test('without a token, a form of another site changes nothing either', async () => {
  const world = await openWorld({ pages: pagesOf(pageSettings) })
  const ask = async (headers: Record<string, string>) =>
    (await world.ask('POST', '/records/contacts/42', form({ was: 'yes' }, headers))).status
  expect(await ask({ 'sec-fetch-site': 'cross-site' })).toBe(403)
  expect(await ask({ origin: 'https://evil.example' })).toBe(403)
  expect(await ask({ 'sec-fetch-site': 'same-origin', origin: world.url })).toBe(200)
  await world.close()
})

test('wrong tokens are limited in the form as in the API', () =>
  withTokens(async world => {
    const wrong = async () => (await world.ask('POST', '/sign-in', form({ token: 'wrong' }))).status
    for (let n = 0; n < 10; n++) expect(await wrong()).toBe(401)
    expect(await wrong()).toBe(429)
    expect((await world.ask('POST', '/sign-in', form({ token: main }))).status).toBe(429)
  }))

test.each(['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', '/a b', '/é'])(
  'signing in does not lead to %s',
  back =>
    withTokens(async world => {
      const { body, headers } = form({ token: main, back })
      const response = await fetch(`${world.url}/sign-in`, {
        method: 'POST',
        redirect: 'manual',
        body,
        headers,
      })
      expect(response.headers.get('location')).toBe('/')
    }),
)

test('every page has a policy that lets no other script or style in', () =>
  withTokens(async world => {
    const answer = await world.ask('GET', '/sign-in')
    expect(answer.headers.get('content-security-policy')).toBe(
      "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
    )
    expect(answer.text).not.toMatch(/<style|style=|<script(?! type="module" src="\/assets\/)|\son\w+=/)
    for (const [, path] of answer.text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g))
      expect(await world.ask('GET', path ?? '')).toMatchObject({ status: 200 })
  }))

test('without pages there is nothing but the API', async () => {
  const world = await openWorld()
  for (const path of ['/', '/records', '/sign-in']) {
    const answer = await world.ask('GET', path)
    expect(answer).toMatchObject({ status: 404, type: 'application/problem+json; charset=utf-8' })
  }
  await world.close()
})
