// Saved views on the page, by forms alone: saved, opened, renamed, deleted; for readers links and no more.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newWorld, report, type World } from '../end-to-end/world.ts'
import { within } from '../patience.ts'
import { type Browser, hasBrowser, openBrowser, type Reader } from './browser.ts'

const tokens = { anna: 'the-token-of-anna-1', eve: 'the-token-of-eve-22' }

describe.skipIf(!hasBrowser)('views, without JavaScript', () => {
  let world: World
  let browser: Browser
  let reader: Reader
  beforeAll(async () => {
    world = await newWorld('sqlite', {
      REBOUND_API_TOKENS: `anna:${tokens.anna}`,
      REBOUND_READ_TOKENS: `eve:${tokens.eve}`,
    })
    browser = await openBrowser(world.server.url)
    reader = await browser.open({ javaScriptEnabled: false })
    await signIn(reader, tokens.anna)
    const minted = await fetch(`${world.server.url}/v1/return-paths`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${tokens.anna}` },
      body: JSON.stringify({ items: [{ module: 'contacts', id: '42', to: 'ana@example.org' }] }),
    })
    const { items } = (await minted.json()) as { items: { address: string }[] }
    await world.send(items[0]?.address ?? '', report({ address: 'ana@example.org' }))
  }, within(60_000))
  afterAll(async () => {
    await browser?.close()
    await world?.close()
  })

  async function signIn({ page }: Reader, token: string): Promise<void> {
    await page.goto('/')
    await page.getByLabel('API token').fill(token)
    await page.getByRole('button', { name: 'Sign in' }).click()
  }
  const views = (of = reader) => of.page.getByRole('navigation', { name: 'Views' })
  const save = async (name: string): Promise<void> => {
    await reader.page.getByText('Save as a view').click()
    await reader.page.getByLabel('Name of the view').fill(name)
    await reader.page.getByRole('button', { name: 'Save', exact: true }).click()
  }

  test('what every list has is no matter for saving', async () => {
    await reader.page.goto('/records')
    expect(await reader.page.getByText('Save as a view').count()).toBe(0)
  })

  test.each([
    ['records', '/records?type=hard&module=contacts', 'contacts 42'],
    ['events', '/events?q=no+such&type=hard', 'contacts 42'],
  ])('a view of %s is saved, opened, renamed and deleted', async (list, path, shows) => {
    const { page } = reader
    await page.goto(path)
    await save('Dead contacts')
    expect(await views().locator('[aria-current]').innerText()).toBe('Dead contacts')
    await page.goto(`/${list}`)
    await views().getByRole('link', { name: 'Dead contacts' }).click()
    expect(new URL(page.url()).searchParams.get('type')).toBe('hard')
    expect(await page.locator('main').innerText()).toContain(shows)

    await page.getByText('Rename or delete this view').click()
    await page.getByLabel('Name of the view').fill('Gone <b>"for good"</b>')
    await page.getByRole('button', { name: 'Rename' }).click()
    expect(await views().locator('[aria-current]').innerText()).toBe('Gone <b>"for good"</b>')

    await page.getByText('Rename or delete this view').click()
    await page.getByRole('button', { name: 'Delete this view' }).click()
    expect(await views().innerText()).not.toContain('for good')
    // The list stays as it was filtered.
    expect(new URL(page.url()).searchParams.get('type')).toBe('hard')
  })

  test('a name that is taken or empty is refused in words, and nothing is lost', async () => {
    const { page } = reader
    await page.goto('/records?type=soft&module=leads')
    await save('Leads')
    await page.goto('/records?type=hard&module=leads')
    await save('Leads')
    expect(await page.getByRole('alert').innerText()).toBe(
      'Name Leads is the name of another view of records.',
    )
    await page.getByRole('link', { name: 'Back' }).click()
    expect(page.url()).toContain('type=hard')
    await save('  ')
    expect(await page.getByRole('alert').innerText()).toContain('1 to 60 characters')
  })

  test('a filter that cannot be read cannot be saved', async () => {
    await reader.page.goto('/records?type=hardest')
    expect(await reader.page.getByText('Save as a view').count()).toBe(0)
  })

  test('all see it, and who only reads can only open it', async () => {
    const eve = await browser.open()
    await signIn(eve, tokens.eve)
    await eve.page.goto('/records')
    await views(eve).getByRole('link', { name: 'Leads' }).click()
    expect(eve.page.url()).toContain('module=leads')
    expect(await eve.page.getByText('Rename or delete').count()).toBe(0)
    const audit = await fetch(`${world.server.url}/v1/audit`, {
      headers: { authorization: `Bearer ${tokens.eve}` },
    })
    const { items } = (await audit.json()) as { items: { actor: string; action: string }[] }
    expect(items.map(({ actor, action }) => `${actor} ${action}`)).toContain('http anna view-remove')
  })
})
