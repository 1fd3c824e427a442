// The pages for everyone: by axe in both themes, without JavaScript, on a phone, by keyboard alone, with a token.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newWorld, type World } from '../end-to-end/world.ts'
import { within } from '../patience.ts'
import { type Browser, cutTables, hasBrowser, openBrowser, overflow } from './browser.ts'
import { everyPath, playWeek } from './scene.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const main = 'the-main-token-of-all'

/** The dark theme is the same page in other colours, as the first test holds: there, axe looks at these alone. */
const themes = [
  ['light', 'axe.run()'],
  ['dark', "axe.run({ runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } })"],
] as const

test('the dark theme changes colours and nothing else', () => {
  const style = readFileSync(new URL('../../assets/page.css', import.meta.url), 'utf8')
  const themed = style.split('prefers-color-scheme').slice(1)
  expect(themed).toHaveLength(1)
  expect(themed[0]).toMatch(/^: dark\) \{\n {2}:root \{\n(?: {4}--[a-z-]+: #[0-9a-f]{6};\n)+ {2}\}\n\}\n/)
})

describe.skipIf(!hasBrowser)('the pages', () => {
  let world: World
  let browser: Browser
  beforeAll(async () => {
    world = await newWorld('sqlite', {
      REBOUND_API_TOKEN: main,
      REBOUND_API_TOKENS: 'anna:the-token-of-anna-1',
      REBOUND_READ_TOKENS: 'eve:the-token-of-eve-22',
      REBOUND_RECORD_URL: 'https://crm.example/{module}/{id}',
    })
    browser = await openBrowser(world.server.url)
    await playWeek(world, main)
  }, within(60_000))
  afterAll(async () => {
    await browser?.close()
    await world?.close()
  })

  async function signIn(page: Page, token = main, path = '/'): Promise<void> {
    await page.goto(path)
    await page.getByLabel('API token').fill(token)
    await page.getByRole('button', { name: 'Sign in' }).click()
  }

  test(
    'have no violation that axe finds, light and dark',
    async () => {
      // Else colours would still be on their way from one theme to the other.
      const { page } = await browser.open({ reducedMotion: 'reduce' })
      const violations: string[] = []
      const check = async (path: string): Promise<void> => {
        await page.evaluate(axe)
        for (const [colorScheme, run] of themes) {
          await page.emulateMedia({ colorScheme })
          const found = (await page.evaluate(run)) as {
            violations: { id: string; nodes: { html: string; failureSummary: string }[] }[]
          }
          for (const { id, nodes } of found.violations)
            violations.push(`${path}, ${colorScheme}: ${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`)
        }
      }
      await page.goto('/sign-in')
      await check('/sign-in')
      await signIn(page)
      for (const path of everyPath) {
        await page.goto(path)
        await check(path)
      }
      expect(violations).toEqual([])
    },
    within(240_000),
  )

  test(
    'fit a phone and a wide screen, weigh little and ask nobody else',
    async () => {
      const { page, faults } = await browser.open()
      await signIn(page)
      const foreign: string[] = []
      page.on('request', request => {
        if (!request.url().startsWith(world.server.url)) foreign.push(request.url())
      })
      const wide: string[] = []
      const heavy: string[] = []
      for (const path of everyPath) {
        const response = await page.goto(path)
        expect(response?.status(), path).toBe(path.includes('nonsense') ? 400 : 200)
        const bytes = (await response?.body())?.length ?? 0
        if (bytes > 80_000) heavy.push(`${path}: ${bytes}`)
        // No script asks how wide the window is: a page is laid out anew as if it came anew.
        for (const width of [390, 768, 1000, 2560]) {
          await page.setViewportSize({ width, height: 844 })
          if ((await overflow(page)) > 0) wide.push(`${path} at ${width}`)
          for (const table of await cutTables(page)) wide.push(`${table} of ${path} at ${width}`)
        }
      }
      expect({ wide, heavy, foreign, faults }).toEqual({ wide: [], heavy: [], foreign: [], faults: [] })
    },
    within(120_000),
  )

  test('first paint stays under 100 KB with style and script', async () => {
    const { page } = await browser.open()
    let bytes = 0
    page.on('response', async response => {
      bytes += (await response.body().catch(() => Buffer.alloc(0))).length
    })
    await signIn(page)
    bytes = 0
    await page.goto('/records', { waitUntil: 'networkidle' })
    expect(bytes).toBeLessThan(100_000)
  })

  test('work without JavaScript', async () => {
    const { page } = await browser.open({ javaScriptEnabled: false })
    await signIn(page, 'the-token-of-anna-1', '/records/contacts/43')
    expect(await page.locator('h1').innerText()).toBe('contacts 43')
    expect(await page.locator('time').first().innerText()).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d UTC$/)
    await page.getByRole('button', { name: /^Undo/ }).click()
    expect(await page.locator('.changes').innerText()).toContain('http anna undid a bounce')
    await page.goto('/rules/new')
    await page.getByLabel('Text').fill('no such user')
    await page.getByRole('button', { name: 'Preview' }).click()
    await page.getByRole('button', { name: 'Save rule' }).click()
    expect(await page.locator('main').innerText()).toContain('The rule is saved')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.goto('/records')
    expect(await page.getByLabel('API token').count()).toBe(1)
  })

  test(
    "a reader's token shows everything and offers nothing that changes",
    async () => {
      const { page } = await browser.open()
      await signIn(page, 'the-token-of-eve-22')
      expect(await page.locator('.who').innerText()).toContain('eve (may only read)')
      for (const path of everyPath) {
        await page.goto(path)
        const buttons = await page.locator('button').allInnerTexts()
        const allowed = [
          'Sign out',
          'Show',
          'Search',
          'Compare',
          'Preview',
          'Explain',
          'Import',
          'Count first',
          'Show what would be undone',
        ]
        expect(
          buttons.filter(button => !allowed.includes(button)),
          path,
        ).toEqual([])
      }
      const refused = await page.request.post('/records/contacts/42', { form: { was: 'yes' } })
      expect(refused.status()).toBe(403)
    },
    within(30_000),
  )

  test('a wrong token is refused in words', async () => {
    const { page } = await browser.open()
    await signIn(page, 'not-a-token-of-ours')
    expect(await page.getByRole('alert').innerText()).toContain('none of the tokens')
  })

  test(
    'can be walked by keyboard alone, and show where one is',
    async () => {
      const { page } = await browser.open()
      await page.goto('/records')
      await page.keyboard.type(main)
      await page.keyboard.press('Enter')
      await page.waitForURL('**/records')
      await page.keyboard.press('Tab')
      expect(await page.evaluate('document.activeElement.textContent.trim()')).toBe('Skip to the content')
      await page.keyboard.press('Enter')
      expect(await page.evaluate('document.activeElement.id')).toBe('content')
      const reached = new Set<string>()
      for (let n = 0; n < 60; n++) {
        await page.keyboard.press('Tab')
        const [name, outline] = (await page.evaluate(
          '(e => [e.textContent.trim() || e.name, getComputedStyle(e).outlineStyle])(document.activeElement)',
        )) as [string, string]
        if (name === '' || reached.has(name)) continue
        reached.add(name)
        expect(outline, name).not.toBe('none')
        if (name === 'contacts 42') break
      }
      expect([...reached]).toEqual(expect.arrayContaining(['CSV', 'Hard', 'address', 'Show', 'contacts 42']))
      await page.keyboard.press('Enter')
      await page.waitForURL('**/records/contacts/42')
      await page.getByLabel('E-mail bounced').focus()
      await page.keyboard.press('Space')
      await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      await page.waitForURL('**/records/contacts/42?done=reset')
    },
    within(30_000),
  )

  test(
    'every field and button has a name, every page one heading',
    async () => {
      const { page } = await browser.open()
      await signIn(page)
      for (const path of everyPath) {
        await page.goto(path)
        expect(await page.locator('h1').count(), path).toBe(1)
        expect(await page.locator('[style], script:not([src]), style').count(), path).toBe(0)
      }
    },
    within(30_000),
  )
})
