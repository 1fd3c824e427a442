// A dead smarthost, as somebody lives through it on the pages: an incident is seen, understood, and decided.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newWorld, report, type World } from '../end-to-end/world.ts'
import { within } from '../patience.ts'
import { type Browser, hasBrowser, openBrowser, type Reader } from './browser.ts'

const smarthost = 'smtp.crn.example'
const addressOf = (n: number): string => `p${n}@${n % 3 === 0 ? 'gmail.com' : `d${n}.example`}`

const refusal = (address: string, host = smarthost): string =>
  report({
    address,
    remoteMta: host,
    diagnostic: `550 5.1.1 <${address}>: Recipient address rejected: User unknown`,
  })

describe.skipIf(!hasBrowser)('an incident', () => {
  let world: World
  let browser: Browser
  let reader: Reader
  /** Forty contacts from `first` on, whose mail one host refuses. */
  async function refuseForty(first: number, host: string): Promise<void> {
    const numbers = Array.from({ length: 40 }, (_, n) => first + n)
    const items = numbers.map(n => ({ module: 'contacts', id: `${n}`, to: addressOf(n) }))
    const minted = (await world.ask('POST', '/v1/return-paths', { items })) as {
      items: { address: string }[]
    }
    for (const [at, { address }] of minted.items.entries())
      expect(await world.send(address, refusal(addressOf(first + at), host))).toMatch(/^250/)
  }
  beforeAll(async () => {
    world = await newWorld('sqlite')
    await refuseForty(0, smarthost)
    browser = await openBrowser(world.server.url)
    reader = await browser.open()
  }, within(60_000))
  afterAll(async () => {
    await browser?.close()
    await world?.close()
  })

  test('stands on the overview, holds removals, and is dropped with a reason', async () => {
    const { page, faults } = reader
    await expect
      .poll(
        async () => {
          await page.goto('/')
          return await page.locator('section[aria-labelledby=needs]').innerText()
        },
        { timeout: within(20_000) },
      )
      .toMatch(/1 open, 40 removals wait/)
    await page.getByRole('link', { name: /1 open/ }).click()
    await page.getByRole('link', { name: /One host refuses everybody: smtp\.crn\.example/ }).click()
    // The sign grows with the next look of the brake.
    await expect
      .poll(
        async () => {
          await page.reload()
          return await page.locator('main').innerText()
        },
        { timeout: within(20_000) },
      )
      .toContain('40 records at')
    await page.goto('/records/contacts/7')
    expect(await page.locator('table').innerText()).toContain('removal waits')
    expect(await page.locator('section.card dl').innerText()).toContain(addressOf(7))
    await page.goto('/incidents/1')
    await page.getByLabel('Why').fill('the smarthost was mistyped')
    await page.getByRole('button', { name: 'Undo 40 bounces' }).click()
    expect(await page.getByRole('status').innerText()).toContain('Done for 40 bounces.')
    expect(await page.locator('main').innerText()).toMatch(
      /bounces were undone, by http .*the smarthost was mistyped/,
    )
    expect(await page.getByRole('button', { name: /^Undo|^Remove/ }).count()).toBe(0)
    expect(await world.get('/v1/records/contacts/7')).toMatchObject({ emailBounced: false, hardBounces: 0 })
    expect(faults).toEqual([])
  })

  test('is applied with a reason where the addresses are dead', async () => {
    const { page, faults } = reader
    await refuseForty(200, 'mx.closed.example')
    const waits = async () => {
      await page.goto('/incidents')
      const link = page.getByRole('link', { name: /mx\.closed\.example/ })
      return (await link.count()) === 0 ? '' : await page.getByRole('row').filter({ has: link }).innerText()
    }
    await expect.poll(waits, { timeout: within(30_000) }).toMatch(/\b40\b[\s\S]*\b40\b/)
    expect(await world.get('/v1/records/contacts/207')).toMatchObject({ email: addressOf(207) })
    await page.getByRole('link', { name: /mx\.closed\.example/ }).click()
    await page.getByLabel('Why').fill('the hoster has closed')
    await page.getByRole('button', { name: 'Remove 40 addresses' }).click()
    expect(await page.getByRole('status').innerText()).toContain('Done for 40 bounces.')
    expect(await page.locator('main').innerText()).toMatch(
      /removals were made, by http .*the hoster has closed/,
    )
    expect(await world.get('/v1/records/contacts/207')).toMatchObject({
      email: null,
      bouncedAddress: addressOf(207),
      emailBounced: true,
    })
    expect(faults).toEqual([])
  })

  test('what happened before anybody looked is shown first, then undone together', async () => {
    const { page, faults } = reader
    const mistyped = 'mx.mistyped.example'
    for (let n = 100; n < 103; n++) {
      const path = await world.mint({ module: 'contacts', id: `${n}`, to: addressOf(n) })
      expect(await world.send(path, refusal(addressOf(n), mistyped))).toMatch(/^250/)
    }
    expect(await world.get('/v1/records/contacts/101')).toMatchObject({ email: null, emailBounced: true })
    await page.goto('/incidents')
    await page.getByRole('link', { name: 'Undo many bounces' }).click()
    await page.getByLabel('From (UTC)').fill('2026-01-31')
    await page.getByLabel('Refused by host').fill(mistyped)
    await page.getByRole('button', { name: 'Show what would be undone' }).click()
    expect(await page.locator('main').innerText()).toMatch(/3 bounces, 3 of which removed an address/)
    expect(await page.locator('table').innerText()).toContain(addressOf(101))
    // Looking changed nothing, and the address bar can be sent to a colleague.
    expect(await world.get('/v1/records/contacts/101')).toMatchObject({ email: null })
    expect(new URL(page.url()).searchParams.get('host')).toBe(mistyped)
    await page.getByRole('button', { name: 'Undo these 3 bounces' }).click()
    expect(await page.getByRole('status').innerText()).toContain('3 bounces were undone.')
    expect(await page.locator('main').innerText()).toMatch(/0 bounces, 0 of which/)
    expect(await world.get('/v1/records/contacts/101')).toMatchObject({
      email: addressOf(101),
      emailBounced: false,
      hardBounces: 0,
    })
    await page.goto('/incidents/undo?from=noon&category=dead')
    expect(await page.locator('main').innerText()).toMatch(/From must be .*\n*.*Cause must be one of/s)
    // The browser reports the 400, which is the answer to a wrong address bar.
    expect(faults.filter(fault => !fault.includes('400'))).toEqual([])
  })
})
