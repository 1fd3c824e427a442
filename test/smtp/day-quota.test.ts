// Mail to postmaster and abuse: one site cannot fill the mailbox for all.

import { expect, it, onTestFinished } from 'vitest'
import { parseNetwork } from '../../src/model/network.ts'
import { DayQuota } from '../../src/smtp/day-quota.ts'
import { openStage } from './stage.ts'

const monday = new Date('2026-03-02T23:59:00Z')
const tuesday = new Date('2026-03-03T00:00:00Z')

it('holds for a site and a day', () => {
  const quota = new DayQuota(2, ip => ip === '10.0.0.1')
  expect(['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.3.1'].map(ip => quota.take(ip, monday))).toEqual([
    true,
    true,
    false,
    true,
  ])
  expect(quota.isUsedUp('192.0.2.9', monday)).toBe(true)
  expect(quota.isUsedUp('192.0.2.9', tuesday)).toBe(false)
  expect(Array.from({ length: 5 }, () => quota.take('10.0.0.1', monday))).toEqual(Array(5).fill(true))
})

it('is not spent by what was not kept', () => {
  const quota = new DayQuota(1, () => false)
  quota.take('192.0.2.1', monday)
  quota.giveBack('192.0.2.1', monday)
  expect(quota.take('192.0.2.1', monday)).toBe(true)
})

it('may be overdrawn once by what comes together', () => {
  const quota = new DayQuota(10, () => false)
  expect([7, 7, 7].map(count => quota.take('192.0.2.1', monday, count))).toEqual([true, true, false])
})

it.each([
  ['a stranger', [], [1, 2, 3].map(count => (count <= 2 ? '250' : '452'))],
  ['a trusted network', ['127.0.0.0/8'], ['250', '250', '250']],
])('over SMTP it is for %s', async (_, networks, expected) => {
  const trusted = networks.map(parseNetwork).filter(network => network !== null)
  const stage = await openStage({ trusted, limits: { maxRoleMailPerDay: 2 } })
  onTestFinished(stage.close)
  const client = await stage.greeted()
  const answers: string[] = []
  for (let count = 0; count < 3; count += 1) {
    await client.ask('MAIL FROM:<>')
    const answer = await client.ask('RCPT TO:<postmaster>')
    answers.push(answer.slice(0, 3))
    if (!answer.startsWith('250')) break
    await client.ask('DATA')
    client.send('x\r\n.\r\n')
    await client.reply()
  }
  expect(answers).toEqual(expected)
  if (expected.includes('452')) {
    expect(stage.counted).toContain('deferred role-quota')
    expect(await client.ask('RCPT TO:<signed-1@bounces.example>')).toMatch(/^250 /)
  }
})
