// A rule that would have matched much of ordinary mail is refused at both doors, and let in by force.

import { afterAll, beforeAll, expect, it } from 'vitest'
import { keepEvidence } from '../../src/rules/evidence.ts'
import { report } from '../classify/reports.ts'
import { newWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await newWorld('sqlite')
  const sections = { body: 'Thank you, I will come.', subject: 'Re: spring', from: '', recipients: '' }
  const body = keepEvidence(report([], { kind: 'ordinary', sections }))
  const row = { at: Date.now(), kind: 'ordinary', event_id: null, body }
  await world.store.knex('rebound_evidence').insert(Array.from({ length: 30 }, () => row))
})
afterAll(async () => world?.close())

const refusal = 'would make bounces of 30 of 30 stored ordinary mails'
const words = (text: string) => ['--section', 'body', '--text', text, '--type', 'hard'] as const

it('on the command line', async () => {
  const { code, err, out } = await world.run('rules', 'add', ...words('Thank you'))
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toContain(refusal)
  expect(await world.run('rules', 'add', ...words('Thank you'), '--force')).toMatchObject({ code: 0 })
  const narrow = await world.run('rules', 'add', ...words('has left the company'))
  expect(narrow.code).toBe(0)
  const widened = ['rules', 'set', narrow.out.trim(), '--text', 'I will'] as const
  expect((await world.run(...widened)).err).toContain(refusal)
  expect(await world.run(...widened, '--force')).toMatchObject({ code: 0 })
})

it('over HTTP', async () => {
  const draft = { section: 'subject', text: 'spring', type: 'hard' }
  expect(JSON.stringify(await world.ask('POST', '/v1/rules', draft))).toContain(refusal)
  const { id } = await world.ask('POST', '/v1/rules', { ...draft, stage: 'fallback' })
  const change = { stage: 'override' }
  expect(JSON.stringify(await world.ask('PATCH', `/v1/rules/${id}`, change))).toContain(refusal)
  expect(await world.ask('PATCH', `/v1/rules/${id}?force=true`, change)).toMatchObject(change)
  const many = { rules: [{ ...draft, text: 'Re: ' }] }
  expect(JSON.stringify(await world.ask('POST', '/v1/rules/import', many))).toContain(refusal)
  expect(await world.ask('POST', '/v1/rules/import?force=true', many)).toEqual({ added: 1, present: 0 })
})
