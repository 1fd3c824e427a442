// The provider tables: unique, each example decided by its own row, domains and hosts recognised.

import { describe, expect, test } from 'vitest'
import { createJudge } from '../../src/classify/ladder.ts'
import { wording } from '../../src/classify/wording.ts'
import { providerOfDomain, providerOfHost, providers } from '../../src/knowledge/providers.ts'
import { isCategory } from '../../src/model/categories.ts'
import { failure, report } from '../classify/reports.ts'

const { judge } = createJudge({ rules: [] })
const rows = providers.flatMap(({ name, rows }) => rows.map(row => ({ ...row, provider: name })))

describe('the tables', () => {
  test('have unique ids that begin with the provider', () => {
    const ids = rows.map(row => row.id)
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([])
    expect(rows.filter(row => !row.id.startsWith(`${row.provider}/`))).toEqual([])
  })

  test('speak of known categories, in the form that is searched', () => {
    expect(rows.filter(row => !isCategory(row.category)).map(row => row.id)).toEqual([])
    const texts = [...rows.flatMap(row => row.texts ?? []), ...providers.flatMap(provider => provider.marks)]
    expect(texts.filter(text => ` ${wording(text)} `.includes(text) === false)).toEqual([])
  })

  test('give every row a condition, a source and an example', () => {
    const bare = rows.filter(
      row =>
        (row.status ?? row.texts ?? row.replyCode) === undefined || !row.source || row.examples.length === 0,
    )
    expect(bare.map(row => row.id)).toEqual([])
  })
})

describe.each(rows.map(row => [row.id, row] as const))('%s', (id, row) => {
  test.each(row.examples)('decides $diagnostic', ({ diagnostic, status = null, remoteMta = null }) => {
    const verdict = judge(report([failure({ address: null, diagnostic, status, remoteMta })])).recipients[0]
      ?.verdict
    expect(verdict).toMatchObject({ category: row.category, because: { rung: 'provider', rule: id } })
  })
})

describe.each(providers.map(provider => [provider.name, provider] as const))('%s', (_, provider) => {
  // Its own server, or words that only it writes, make it recognised.
  const remoteMta = provider.hosts[0] ?? null
  const mark = provider.hosts.length > 0 ? '' : (provider.marks[0] ?? '')

  test('reaches each row by each of its codes and texts', () => {
    const stray = provider.rows.flatMap(row =>
      (row.status ?? [null]).flatMap(status =>
        (row.texts ?? ['']).flatMap(text => {
          const given = failure({ address: null, status, diagnostic: `550 ${mark} : ${text}`, remoteMta })
          const rule = judge(report([given])).recipients[0]?.verdict?.because.rule
          return rule === row.id ? [] : [`${status} “${text}” of ${row.id} is decided by ${rule}`]
        }),
      ),
    )
    expect(stray).toEqual([])
  })
})

test.each([
  ['gmail.com', 'google'],
  ['GMail.com', 'google'],
  ['yahoo.co.uk', 'yahoo'],
  ['hotmail.fr', 'microsoft'],
  ['web.de', 'gmx'],
  ['gmx.at', 'gmx'],
  ['example.org', 'other'],
  ['yahoo.example.org', 'other'],
  ['localhost', 'other'],
  ['', 'other'],
  ['..', 'other'],
])('the mailboxes of %j are of %s', (domain, provider) => {
  expect(providerOfDomain(domain)).toBe(provider)
})

test.each([
  ['gmail-smtp-in.l.google.com', 'google'],
  ['example-org.mail.protection.outlook.com', 'microsoft'],
  ['mx.yahoodns.net.example.org', null],
  ['MX1.ICLOUD.COM', 'apple'],
  ['', null],
])('the host %j is of %s', (host, provider) => {
  expect(providerOfHost(host)).toBe(provider)
})
