// A real browser for the tests of the pages: Debian's Chromium, driven by playwright-core.

import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { within } from '../patience.ts'

const executable = process.env.REBOUND_TEST_CHROMIUM ?? '/usr/bin/chromium'

/** False where there is none: the tests of the pages are left out then, and say so. */
export const hasBrowser = existsSync(executable)

if (!hasBrowser) {
  // Where the browser is promised, a run without it has failed.
  if (process.env.REBOUND_TEST_REQUIRE_BROWSER === '1')
    throw new Error(`There is no browser at ${executable}`)
  console.warn(`The tests of the pages in a browser are left out: there is none at ${executable}.`)
}

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // One process less to talk to for every frame, and one renderer for all pages, which are of one server.
  '--in-process-gpu',
  '--disable-site-isolation-trials',
  '--renderer-process-limit=1',
  '--no-zygote',
]

export interface Browser {
  /** A reader of the pages with cookies of their own. */
  readonly open: (options?: BrowserContextOptions) => Promise<Reader>
  readonly close: () => Promise<void>
}

export interface Reader {
  readonly context: BrowserContext
  readonly page: Page
  /** What a page did that it must not: scripts that failed or were refused, dialogs. */
  readonly faults: readonly string[]
}

/** What a test does on the page of its reader, who is there once its `beforeAll` ran. */
export const handsOf = (reader: () => Reader) => ({
  go: (path: string) => reader().page.goto(path),
  text: (selector = 'main') => reader().page.locator(selector).innerText(),
  press: (name: string | RegExp) => reader().page.getByRole('button', { name, exact: true }).click(),
})

export async function openBrowser(baseURL: string): Promise<Browser> {
  const folder = mkdtempSync(join(tmpdir(), 'rebound-browser-'))
  const browser = await chromium.launch({ executablePath: executable, args: flags, env: { HOME: folder } })
  return {
    open: async (options = {}) => {
      const context = await browser.newContext({ baseURL, ...options })
      context.setDefaultTimeout(within(10_000))
      const page = await context.newPage()
      const faults: string[] = []
      page.on('pageerror', error => faults.push(`error: ${error.message}`))
      page.on('console', message => {
        if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) faults.push(message.text())
      })
      page.on('dialog', dialog => {
        faults.push(`dialog: ${dialog.message()}`)
        void dialog.dismiss()
      })
      return { context, page, faults }
    },
    close: async () => {
      await browser.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** How far the page reaches beyond the window, in pixels. */
export async function overflow(page: Page): Promise<number> {
  return await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
}

/** Tables of which something is cut off at the right, by their names. */
export async function cutTables(page: Page): Promise<readonly string[]> {
  return await page.evaluate(
    `[...document.querySelectorAll('.scroll')]
      .filter(box => box.scrollWidth > box.clientWidth)
      .map(box => box.querySelector('table').getAttribute('aria-label'))`,
  )
}
