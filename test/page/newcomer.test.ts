// What people do on the pages, in a browser: from the first bounce to the rule that prevents it.

import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newWorld, report, type World } from '../end-to-end/world.ts'
import { within } from '../patience.ts'
import { type Browser, handsOf, hasBrowser, openBrowser, type Reader } from './browser.ts'

describe.skipIf(!hasBrowser)('somebody who never saw the command line', () => {
  let world: World
  let browser: Browser
  let reader: Reader
  beforeAll(async () => {
    world = await newWorld('sqlite')
    browser = await openBrowser(world.server.url)
    reader = await browser.open()
    const send = async (id: string, address: string, more: object = {}) =>
      await world.send(
        await world.mint({ module: 'contacts', id, campaign: '7', to: address }),
        report({ address, ...more }),
      )
    await send('42', 'ana@example.org')
    await send('43', 'ben@example.org', {
      status: '5.2.2',
      diagnostic: '552 5.2.2 ben@example.org: mailbox is full',
    })
    await send('44', 'eva@example.org', {
      status: '5.0.0',
      diagnostic: '550 5.0.0 Eva left us in spring',
    })
  }, within(60_000))
  afterAll(async () => {
    await browser?.close()
    await world?.close()
  })

  const { go, text } = handsOf(() => reader)

  test('sees the first bounce on the overview, and comes from there to the reason', async () => {
    await go('/')
    expect(await text()).toContain('Mail is taken and recorded.')
    expect(await reader.page.title()).toBe('Overview – Rebound')
    await reader.page.getByRole('link', { name: 'contacts 42' }).click()
    expect(await text('h1')).toBe('contacts 42')
    const history = reader.page.getByRole('table', { name: 'What came back' })
    expect(await history.innerText()).toContain('550 5.1.1 <ana@example.org>: no such user here')
    await history.getByRole('link').first().click()
    expect(await text()).toContain('There is no mailbox with this address.')
    expect(await text('.ladder .decides')).toMatch(/Status code[\s\S]*unknown-user, by 5\.1\.1: decides/)
  })

  test('a custom view shows the bounced records, with type, cause and bounced address', async () => {
    await go('/records')
    const rows = reader.page.getByRole('table', { name: 'Bounced records' }).getByRole('row')
    expect(await rows.nth(1).innerText()).toMatch(
      /contacts 42\s+–\s+ana@example\.org[\s\S]*hard[\s\S]*1\s+0\s+0$/,
    )
    await reader.page.getByLabel('Type').selectOption('soft')
    await reader.page.getByRole('button', { name: 'Show' }).click()
    expect(new URL(reader.page.url()).searchParams.get('type')).toBe('soft')
    expect(await text()).not.toContain('contacts 42')
    expect(await text()).toContain('contacts 43')
    await go('/records?address=ana%40example.org')
    expect(await rows.count()).toBe(2)
    const [download] = await Promise.all([
      reader.page.waitForEvent('download'),
      reader.page.getByRole('link', { name: 'CSV' }).click(),
    ])
    expect(readFileSync(await download.path(), 'utf8')).toContain('contacts,42,,true,ana@example.org')
  })

  test('a hard bounce removes the address; undoing gives it back, and the audit says so', async () => {
    await go('/records/contacts/42')
    expect(await reader.page.getByLabel('E-mail bounced').isChecked()).toBe(true)
    const facts = async () => (await text('section.card dl')).split('\n').filter(line => line !== '')
    expect((await facts()).slice(0, 6)).toEqual([
      'E-mail',
      'none',
      'Bounced address',
      'ana@example.org',
      'Hard bounces',
      '1',
    ])
    await reader.page.getByRole('button', { name: /^Undo/ }).click()
    expect(await text()).toContain('It is undone')
    expect((await facts()).slice(0, 2)).toEqual(['E-mail', 'ana@example.org'])
    expect(await text('.changes')).toContain('undid a bounce')
    expect(await text('table')).toContain('undone')
  })

  test('unchecking the flag resets the record, and the history stays', async () => {
    await go('/records/contacts/43')
    const flag = reader.page.getByLabel('E-mail bounced')
    expect(await flag.isChecked()).toBe(true)
    await flag.uncheck()
    await reader.page.getByRole('button', { name: 'Save' }).click()
    expect(await text()).toContain('no longer flagged as bounced')
    expect(await reader.page.getByLabel('E-mail bounced').isChecked()).toBe(false)
    expect(await text('table')).toContain('The mailbox is full.')
    expect(await text('.changes')).toContain('reset the record')
  })

  test('the campaign shows its results', async () => {
    await world.ask('PUT', '/v1/campaigns/7', { name: 'Spring', sent: 100 })
    await go('/campaigns')
    await reader.page.getByRole('link', { name: '7', exact: true }).click()
    expect(await text('h1')).toBe('Spring')
    const figures = (await text('section[aria-label=Results]')).replace(/\s+/g, ' ')
    expect(figures).toMatch(/Sent 100 Hard bounces 0 0\.00 % Soft bounces 2 2\.00 %/)
    expect(await reader.page.getByRole('table', { name: 'Bounces by cause' }).innerText()).toContain(
      'mailbox-full',
    )
    await reader.page.getByRole('link', { name: 'Its bounced records' }).click()
    expect(await text()).toContain('contacts 44')
  })

  test('a rule has a section, a text and a type; it is previewed, saved, and acts on the next mail', async () => {
    await go('/events')
    await reader.page
      .getByRole('row', { name: /Eva left us/ })
      .getByRole('link')
      .first()
      .click()
    await expect
      .poll(async () => {
        await reader.page.reload()
        return await reader.page.getByRole('link', { name: 'New rule from these words' }).count()
      })
      .toBe(1)
    await reader.page.getByRole('link', { name: 'New rule from these words' }).click()
    await reader.page.getByLabel('Text').fill('left us')
    await reader.page.getByLabel('Type').selectOption('hard')
    await reader.page.getByRole('button', { name: 'Preview' }).click()
    expect(await text('section[aria-labelledby=preview]')).toMatch(/1 of 3 stored mails/)
    await reader.page.getByRole('button', { name: 'Save rule' }).click()
    expect(await text()).toContain('The rule is saved')
    const rules = reader.page.getByRole('table', { name: 'Rules' })
    const headings = await rules.locator('thead').innerText()
    expect(headings).toMatch(/^Section\s+Text\s+Type/)
    // Hard rules are asked first: it stands above the shipped ones, which are soft.
    expect(await rules.getByRole('row').nth(1).innerText()).toMatch(/Body\s+left us\s+hard\s+override/)
    await world.send(
      await world.mint({ module: 'contacts', id: '45', to: 'kim@example.org' }),
      report({ address: 'kim@example.org', status: '5.0.0', diagnostic: '550 5.0.0 Kim left us' }),
    )
    await go('/records/contacts/45')
    expect(await text('table')).toContain('hard')
  })

  test('a rule is switched off and on, and removed; what is wrong with one is said', async () => {
    await go('/rules')
    const row = reader.page.getByRole('row', { name: /left us/ })
    await row.getByRole('button', { name: /^Switch off/ }).click()
    expect(await row.innerText()).toMatch(/\boff\b/)
    await row.getByRole('button', { name: /^Switch on/ }).click()
    await row.getByRole('button', { name: /^Remove/ }).click()
    expect(await row.count()).toBe(0)
    await reader.page.goto('/rules/new')
    await reader.page.getByLabel('Text').fill(' ')
    await reader.page.getByRole('button', { name: 'Preview' }).click()
    expect(await reader.page.getByRole('alert').innerText()).toContain(
      'The text should have at least 1 character',
    )
  })

  test('rules go out as a file and come in again', async () => {
    const [download] = await Promise.all([
      reader.page.waitForEvent('download'),
      reader.page.goto('/rules/export').catch(() => null),
    ])
    const exported = JSON.parse(readFileSync(await download.path(), 'utf8'))
    exported.rules.push({ section: 'subject', text: 'Out of business', type: 'hard', stage: 'override' })
    await go('/rules/import')
    await reader.page.getByLabel('Rules as JSON').fill(JSON.stringify(exported))
    await reader.page.getByRole('button', { name: 'Import' }).click()
    expect(await text()).toContain('Out of business')
    await go('/rules/import')
    await reader.page.getByLabel('Rules as JSON').fill('[{"section":"nose"}]')
    await reader.page.getByRole('button', { name: 'Import' }).click()
    expect(await reader.page.getByRole('alert').innerText()).toContain('Rule 1: Choose where to search.')
  })

  test('a mail as a file or as text is explained, and the rule that would match is named', async () => {
    await go('/why')
    const mail = report({ address: 'ana@example.org' })
    await reader.page.getByLabel('A mail as a file').setInputFiles({
      name: 'bounce.eml',
      mimeType: 'message/rfc822',
      buffer: Buffer.from(mail),
    })
    await reader.page.getByRole('button', { name: 'Explain' }).click()
    expect(await text('section[aria-labelledby=answer]')).toMatch(/^Bounce[\s\S]*unknown-user/)
    await go('/why')
    await reader.page.getByLabel('or its source').fill('Subject: Out of business\n\nGood bye.')
    await reader.page.getByRole('button', { name: 'Explain' }).click()
    expect(await text('.ladder .decides')).toMatch(/Your own rules[\s\S]*Out of business[\s\S]*decides/)
    await reader.page.locator('.ladder .decides').getByRole('link').click()
    expect(await reader.page.getByLabel('Text').inputValue()).toBe('Out of business')
    await go('/why')
    await reader.page.getByRole('button', { name: 'Explain' }).click()
    expect(await reader.page.getByRole('alert').innerText()).toContain('Choose a file')
  })

  test('many records are reset at once, after they were counted', async () => {
    await go('/records')
    await reader.page.getByRole('button', { name: 'Reset all of these…' }).click()
    expect(await text('main')).toContain('2 records are flagged as bounced')
    expect(await world.get('/v1/records/contacts/44')).toMatchObject({ emailBounced: true })
    await reader.page.getByRole('button', { name: 'Reset 2' }).click()
    expect(await text()).toContain('2 records are reset.')
    expect(await text()).toContain('No record is flagged as bounced.')
    expect(await world.get('/v1/records/contacts/44')).toMatchObject({ emailBounced: false })
  })

  test('what is not there is said, with a way back', async () => {
    for (const path of [
      '/records/contacts/none',
      '/records/pets/1',
      '/events/999',
      '/campaigns/x',
      '/rules/x',
    ]) {
      expect((await go(path))?.status()).toBe(404)
      expect(await reader.page.getByRole('alert').innerText()).toMatch(/^There is no /)
      await reader.page.getByRole('link', { name: 'To the overview' }).click()
      expect(await text('h1')).toBe('Overview')
    }
  })

  test('no page complained', () => expect(reader.faults).toEqual([]))

  test('finds out that a page is not there, under the entry of the menu where it looked', async () => {
    await go('/campaigns/99')
    expect(await text()).toContain('There is no campaign 99')
    expect(await reader.page.locator('nav [aria-current=page]').innerText()).toBe('Campaigns')
  })
})
