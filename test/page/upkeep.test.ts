// What keeps a server well, on its pages: trying it out, complaints, people's answers, stuck webhooks, mail to postmaster,
// the doctor, and an address that is to be forgotten.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newWorld, type World } from '../end-to-end/world.ts'
import { within } from '../patience.ts'
import { type Browser, handsOf, hasBrowser, openBrowser, type Reader } from './browser.ts'
import { playWeek } from './scene.ts'

describe.skipIf(!hasBrowser)('somebody who looks after a server', () => {
  let world: World
  let browser: Browser
  let reader: Reader
  beforeAll(async () => {
    world = await newWorld('sqlite')
    await playWeek(world)
    browser = await openBrowser(world.server.url)
    reader = await browser.open()
  }, within(60_000))
  afterAll(async () => {
    await browser?.close()
    await world?.close()
  })
  const { go, text, press } = handsOf(() => reader)

  test('sends any mail of the harness to a test record, and sees what becomes of it', async () => {
    await go('/settings')
    await reader.page.getByRole('link', { name: 'Try it' }).click()
    await reader.page.getByLabel('What happened').selectOption('mailbox-full')
    await reader.page.getByLabel('In whose words').selectOption('gmail')
    await press('Send it')
    expect(await text()).toMatch(/It came back and was recorded[\s\S]*The mailbox is full\./)
    expect(await text()).toContain('What is kept of the message')
    await reader.page.getByRole('link', { name: 'contacts rebound-test' }).click()
    expect(await text('dl')).toMatch(/Hard bounces\s+0\s+Soft bounces\s+1/)
    await go('/settings/try')
    await reader.page.getByLabel('What happened').selectOption('unknown-user')
    await reader.page.getByLabel('In whose words').selectOption('mailbox')
    await press('Send it')
    expect(await reader.page.getByRole('alert').innerText()).toContain('mailbox never writes "unknown-user"')
    // Each try begins anew.
    await reader.page.getByLabel('In whose words').selectOption('postfix')
    await press('Send it')
    await go('/records/contacts/rebound-test')
    expect(await text('dl')).toMatch(/none\s+Bounced address\s+rebound-test@example\.org\s+Hard bounces\s+1/)
  })

  test('sees who complained, and that one may be taken back', async () => {
    await go('/records?flag=complained')
    await reader.page.getByRole('link', { name: 'contacts 46' }).click()
    expect(await text('dl')).toMatch(/Spam complaints\s+1, the last/)
    expect(await reader.page.getByLabel('E-mail bounced').isChecked()).toBe(false)
    await press(/^Undo the spam complaint/)
    expect(await text('dl')).toMatch(/Spam complaints\s+0\s/)
  })

  test('finds the file and the slot of the words that decided', async () => {
    await go('/events/2')
    const decides = await text('.ladder .decides')
    expect(decides).toMatch(/File (causes|providers|languages)\/[\w-]+\.json, slot \S+|File status-codes\.ts/)
  })

  test('reads what a person answered', async () => {
    await go('/replies')
    await reader.page.getByRole('table', { name: 'Answers' }).getByRole('link').first().click()
    expect(await text('h1')).toBe('An answer')
    expect(await text()).toContain('contacts 49')
  })

  test('tries a stuck webhook again, and reads the mail to postmaster', async () => {
    await go('/')
    await reader.page.getByRole('link', { name: '1 webhook was given up' }).click()
    expect(await text('table')).toContain('the receiver answered 500')
    await press('Try again the webhook of event 2')
    expect(await reader.page.getByRole('status').innerText()).toContain('1 due again')
    await go('/')
    await reader.page.getByRole('link', { name: '1 mail to postmaster or abuse is unread' }).click()
    await reader.page.getByRole('table').getByRole('link').first().click()
    expect(await text('.lines')).toContain('Please look at it.')
  })

  test('takes an event that lacks its text off the list', async () => {
    await go('/')
    await reader.page.getByRole('link', { name: '1 event was stored without its text' }).click()
    expect(await text('table')).toMatch(/event 2[\s\S]*its text[\s\S]*ER_TRUNCATED_WRONG_VALUE/)
    await press('Apply event 2')
    expect(await text()).toContain('Every event is stored whole.')
  })

  test('asks the doctor, who says what to do', async () => {
    await go('/settings/doctor')
    expect(await text('table')).toMatch(/signing keys[\s\S]*ok/)
    await go('/settings')
    expect(await text('table[aria-label="Signing keys"]')).toContain('signs new return paths')
  })

  test('forgets an address, after it was counted', async () => {
    await go('/records/contacts/42')
    await reader.page.getByRole('link', { name: 'Erase this address everywhere…' }).click()
    expect(await text('table')).toMatch(/Records that have it[\s\S]*1/)
    expect(await world.get('/v1/records/contacts/42')).toMatchObject({ bouncedAddress: 'ana@example.org' })
    await press('Erase it for good')
    expect(await text()).toContain('The address is erased.')
    expect(await world.get('/v1/records/contacts/42')).toMatchObject({ bouncedAddress: null })
    await go('/forget?address=nobody')
    expect(await reader.page.getByRole('alert').innerText()).toContain('Write a whole address')
  })

  test('no page complained', () => expect(reader.faults).toEqual([]))
})
