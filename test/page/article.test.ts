// What users of OpenCRM know of bounces, sentence by sentence, each shown on the pages.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newWorld, report, type World } from '../end-to-end/world.ts'
import { within } from '../patience.ts'
import { type Browser, handsOf, hasBrowser, openBrowser, type Reader } from './browser.ts'

/** Refusals that no rung but a rule decides, since their words mean nothing. */
const saying = (words: string): { readonly status: string; readonly diagnostic: string } => ({
  status: '5.0.0',
  diagnostic: `550 5.0.0 ${words}`,
})

describe.skipIf(!hasBrowser)('the article', () => {
  let world: World
  let browser: Browser
  let reader: Reader
  let last = 100
  beforeAll(async () => {
    world = await newWorld('sqlite')
    browser = await openBrowser(world.server.url)
    reader = await browser.open()
  }, within(60_000))
  afterAll(async () => {
    await browser?.close()
    await world?.close()
  })

  const { go, text, press } = handsOf(() => reader)
  const rules = () => reader.page.getByRole('table', { name: 'Rules' })
  async function bounce(id: string, address: string, more: object = {}): Promise<void> {
    const path = await world.mint({ module: 'contacts', id, campaign: '7', to: address })
    expect(await world.send(path, report({ address, ...more }))).toMatch(/^250/)
  }
  async function addRule(section: string, words: string, type: string): Promise<void> {
    await go('/rules/new')
    await reader.page.getByLabel('Section').selectOption({ label: section })
    await reader.page.getByLabel('Text').fill(words)
    await reader.page.getByLabel('Type').selectOption({ label: type })
    await press('Preview')
    await press('Save rule')
    expect(await text()).toContain('The rule is saved')
  }
  /** The type of the bounce of a new record whose server said so. */
  async function typeAfter(words: string): Promise<string> {
    const id = `${last++}`
    await bounce(id, `c${id}@example.org`, saying(words))
    await go(`/records/contacts/${id}`)
    return await reader.page.locator('table .mark').first().innerText()
  }

  describe('Email Bounce Rules', () => {
    test('the page lists rules in the columns section, text and type', async () => {
      await go('/rules')
      expect(await text('h1')).toContain('E-mail bounce rules')
      expect(await rules().locator('thead').innerText()).toMatch(/^Section\s+Text\s+Type\s/)
    })

    test('the section is the body, the subject, the sender or the recipients of a mail', async () => {
      await go('/rules/new')
      const choices = await reader.page.getByLabel('Section').locator('option').allInnerTexts()
      expect(choices).toEqual(['Body', 'Subject', 'From address', 'To, CC or BCC address'])
    })

    test('the type is hard, soft or both', async () => {
      const choices = await reader.page.getByLabel('Type').locator('option').allInnerTexts()
      expect(choices).toEqual(['Hard', 'Soft', 'Both (soft)'])
    })

    test('the text has at most 100 characters, and at least one', async () => {
      const field = reader.page.getByLabel('Text')
      expect(await field.getAttribute('maxlength')).toBe('100')
      expect(await field.getAttribute('required')).not.toBeNull()
      // Who goes around the field is told.
      await field.evaluate(input => input.removeAttribute('maxlength'))
      await field.fill('x'.repeat(101))
      await press('Preview')
      expect(await reader.page.getByRole('alert').innerText()).toContain('at most 100 characters, not 101')
      await addRule('Body', `${'y'.repeat(99)}.`, 'Soft')
    })

    test('the text is plain, and upper and lower case matter', async () => {
      await addRule('Body', 'Gone.*(away)', 'Hard')
      expect(await typeAfter('Gone.*(away) for good')).toBe('hard')
      expect(await typeAfter('gone.*(away) for good')).toBe('soft')
      expect(await typeAfter('Gone far away')).toBe('soft')
    })

    test('hard rules are asked first, and a match ends it; then soft ones; then both', async () => {
      await addRule('Body', 'the heron', 'Both (soft)')
      await addRule('Body', 'heron flew', 'Soft')
      await addRule('Body', 'flew off', 'Hard')
      await go('/rules')
      const order = await rules().locator('tbody tr').allInnerTexts()
      const place = (words: string): number => order.findIndex(row => row.includes(words))
      expect([place('flew off'), place('heron flew'), place('the heron')]).toEqual(
        [place('flew off'), place('heron flew'), place('the heron')].sort((a, b) => a - b),
      )
      expect(await typeAfter('the heron flew off')).toBe('hard')
      expect(await decidingRule()).toBe('flew off')
      expect(await typeAfter('the heron flew')).toBe('soft')
      expect(await decidingRule()).toBe('heron flew')
    })

    test('both means soft', async () => {
      expect(await typeAfter('the heron')).toBe('soft')
      expect(await decidingRule()).toBe('the heron')
      const id = `${last - 1}`
      expect((await world.get(`/v1/records/contacts/${id}`)).email).toBe(`c${id}@example.org`)
    })

    test('rules of subject, sender and recipients look there alone', async () => {
      await addRule('Subject', 'Undelivered Mail', 'Hard')
      await addRule('From address', 'MAILER-DAEMON@mx.example.net', 'Soft')
      await addRule('To, CC or BCC address', 'return-path', 'Soft')
      expect(await typeAfter('words of no meaning')).toBe('hard')
      expect(await decidingRule()).toBe('Undelivered Mail')
      for (const words of ['Undelivered Mail', 'MAILER-DAEMON@mx.example.net', 'return-path']) {
        await go('/rules')
        await reader.page.getByRole('button', { name: `Remove the rule ${words}` }).click()
      }
    })

    /** The words of the rule that decided on the newest bounce, as the page says: they are its id. */
    async function decidingRule(): Promise<string> {
      const { items } = (await world.get(`/v1/records/contacts/${last - 1}/history`)) as {
        items: { decidedRule: string; decidedBy: string }[]
      }
      expect(items[0]?.decidedBy).toBe('override')
      return `${(await world.get(`/v1/rules/${items[0]?.decidedRule}`)).text}`
    }
  })

  describe('Bounce Information on a record', () => {
    const box = () => reader.page.getByLabel('E-mail bounced')
    const facts = async () => (await text('section.card dl')).split('\n').filter(line => line.trim() !== '')

    test('a hard bounce checks the box, takes the address and shows it as the bounced one', async () => {
      await bounce('42', 'ana@example.org')
      await go('/records/contacts/42')
      expect(await text('h2#information')).toBe('Bounce information')
      expect(await box().isChecked()).toBe(true)
      expect((await facts()).slice(0, 4)).toEqual(['E-mail', 'none', 'Bounced address', 'ana@example.org'])
    })

    test('a soft bounce checks the box, and the address stays', async () => {
      await bounce('43', 'ben@example.org', { status: '5.2.2', diagnostic: '552 5.2.2 mailbox full' })
      await go('/records/contacts/43')
      expect(await box().isChecked()).toBe(true)
      expect((await facts()).slice(0, 4)).toEqual(['E-mail', 'ben@example.org', 'Bounced address', 'none'])
    })

    test('the history has each bounce with the address at that time', async () => {
      await world.ask('PUT', '/v1/records/contacts/42', { email: 'ana@new.example', emailBounced: false })
      await bounce('42', 'ana@new.example', { status: '5.2.2', diagnostic: '552 5.2.2 mailbox full' })
      await go('/records/contacts/42')
      const rows = await reader.page
        .getByRole('table', { name: 'What came back' })
        .locator('tbody tr')
        .allInnerTexts()
      expect(rows).toHaveLength(2)
      expect(rows[0]).toMatch(/ana@new\.example[\s\S]*soft[\s\S]*The mailbox is full\./)
      expect(rows[1]).toMatch(/ana@example\.org[\s\S]*hard[\s\S]*There is no mailbox with this address\./)
      expect((await facts()).slice(0, 4)).toEqual([
        'E-mail',
        'ana@new.example',
        'Bounced address',
        'ana@example.org',
      ])
    })

    test('unchecking the box starts the counts again, and the history stays', async () => {
      expect(await text('section.card dl')).toMatch(/Soft bounces\s+1/)
      await box().uncheck()
      await press('Save')
      expect(await box().isChecked()).toBe(false)
      expect(await text('section.card dl')).toMatch(/Hard bounces\s+0\s+Soft bounces\s+0/)
      expect(await reader.page.locator('table tbody tr').count()).toBe(2)
    })
  })

  test('the campaign shows in its results how many hard and soft bounces it had', async () => {
    const { hardBounces, softBounces } = await world.get('/v1/campaigns/7')
    expect([Number(hardBounces) > 1, Number(softBounces) > 1]).toEqual([true, true])
    await go('/campaigns/7')
    const figures = (await text('section[aria-label=Results]')).replace(/\s+/g, ' ')
    expect(figures).toContain(`Hard bounces ${hardBounces} `)
    expect(figures).toContain(`Soft bounces ${softBounces} `)
  })

  test('a custom view of the bounced records is made, named and found again', async () => {
    await go('/records')
    await reader.page.getByLabel('Type').selectOption('hard')
    await press('Show')
    await reader.page.getByLabel('Module').selectOption('contacts')
    await press('Show')
    await reader.page.getByText('Save as a view').click()
    await reader.page.getByLabel('Name of the view').fill('Bounced contacts')
    await press('Save')
    await go('/records')
    await reader.page.getByRole('link', { name: 'Bounced contacts' }).click()
    const rows = await reader.page.locator('table tbody tr').allInnerTexts()
    expect(rows.length).toBeGreaterThan(0)
    for (const row of rows) expect(row).toMatch(/^contacts [\s\S]*hard/)
  })

  test('no page complained', () => expect(reader.faults).toEqual([]))
})
