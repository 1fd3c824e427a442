// A command in the wrong folder: what it looks for is not there, since the database is not. It says so and makes none.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { installation, say } from './terminal.ts'

test.each([
  'records show contacts 42',
  'records list',
  'records reset contacts 42',
  'records alive contacts 42',
  'campaigns show 7',
  'campaigns list',
  'bounces show 7',
  'bounces list',
  'bounces undo 7',
  'bounces redate',
  'incidents list',
  'incidents apply 3 --reason mistyped',
  'rules list',
  'rules remove 3',
  'rules lint',
  'replies list',
  'replies show 7',
  'webhooks list',
  'audit',
  'keys list',
  'keys forget 1f3a09c2d4e5',
  'address read b-1@bounces.localhost',
  'prune',
  'forget ana@example.org',
])('%s', async words => {
  const environment = installation()
  const folder = environment.REBOUND_DATA_DIR ?? ''
  const said = await say(words.split(' '), environment)
  expect(said).toMatchObject({ code: 1, out: '' })
  expect(said.err).toContain(`There is no database at ${join(folder, 'rebound.sqlite')}: `)
  expect(said.err).toMatch(/DATABASE_URL=.* or REBOUND_DATA_DIR/)
  expect(readdirSync(folder)).toEqual([])
})

test.each([
  'address mint --module contacts --id 42 --to ana@example.org',
  'campaigns set 7 --name Autumn',
  'rules add --section body --type hard --text gone',
  'migrate',
])('%s makes the database', async words => {
  const environment = installation()
  const said = await say(words.split(' '), environment)
  expect(said.code, said.err).toBe(0)
  expect(existsSync(join(environment.REBOUND_DATA_DIR ?? '', 'rebound.sqlite'))).toBe(true)
})
