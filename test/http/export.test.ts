import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { ListRecords, RecordQuery } from '../../src/model/record.ts'
import { csvCell } from '../../src/view/shown.ts'
import { expectProblem, listed, openWorld, type World } from './world.ts'

/** A list of `total` records whose cursors are positions. @returns the port and what it was asked. */
function longList(total: number): { readonly list: ListRecords; readonly queries: RecordQuery[] } {
  const queries: RecordQuery[] = []
  const list: ListRecords = async query => {
    queries.push(query)
    const start = Number(query.after ?? 0)
    const end = Math.min(total, start + query.limit)
    const items = Array.from({ length: end - start }, (_, index) => listed(String(start + index)))
    return { items, next: end < total ? String(end) : null }
  }
  return { list, queries }
}

async function withList(list: ListRecords, run: (world: World) => Promise<void>): Promise<void> {
  const world = await openWorld({ ports: { recordList: list } })
  try {
    await run(world)
  } finally {
    await world.close()
  }
}

test.each<[value: Parameters<typeof csvCell>[0], expected: string]>([
  [null, ''],
  [0, '0'],
  [-5, '-5'],
  [true, 'true'],
  [new Date(0), '1970-01-01T00:00:00.000Z'],
  ['ana@example.org', 'ana@example.org'],
  ['a,b', '"a,b"'],
  ['say "a"', '"say ""a"""'],
  ['two\nlines', '"two\nlines"'],
  ['=1+1', "'=1+1"],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\tx', "'\tx"],
  ['\t=1', "'\t'=1"],
  ['\r=1', '"\'\r\'=1"'],
  ['\n=1', '"\'\n\'=1"'],
  // Where the separator is a semicolon, a cell begins behind it, quoted or not.
  ['smtp;=1+1', "smtp;'=1+1"],
  ['a,;@x', '"a,;\'@x"'],
  ['550 a;b; -c', '550 a;b; -c'],
  ['two\r\n+1', '"two\r\n\'+1"'],
  // Some spreadsheets read the wide forms too.
  ['＝1+1', "'＝1+1"],
  // An address and a diagnostic that a stranger chose.
  ["=cmd|'/C calc'!A0@example.org", "'=cmd|'/C calc'!A0@example.org"],
  ['@a,"b"\r\n=1', '"\'@a,""b""\r\n\'=1"'],
  ['=HYPERLINK("x","y")', '"\'=HYPERLINK(""x"",""y"")"'],
  ["'=1", "'=1"],
])('the cell of %j is %j', (value, expected) => expect(csvCell(value)).toBe(expected))

test('CSV holds every record, whatever a page holds', () => {
  const { list, queries } = longList(2500)
  return withList(list, async world => {
    const answer = await world.ask('GET', '/v1/records?format=csv&module=contacts')
    expect(answer).toMatchObject({ status: 200, type: expect.stringMatching(/^text\/csv/) })
    expect(answer.headers.get('content-disposition')).toContain('records.csv')
    const lines = answer.text.split('\r\n')
    expect(lines[0]).toBe(
      'module,id,email,emailBounced,bouncedAddress,hardBounces,softBounces,lastBounceAt,resetAt,lastType,lastCategory,sentence,aliveAt,complaints,lastComplaintAt',
    )
    expect(lines[1]).toBe(
      'contacts,0,ana@example.org,false,,0,0,,,hard,unknown-user,There is no mailbox with this address.,,0,',
    )
    expect(lines.slice(1, -1).map(line => line.split(',')[1])).toEqual(
      Array.from({ length: 2500 }, (_, index) => String(index)),
    )
    expect(queries.map(({ limit, after, module }) => ({ limit, after, module }))).toEqual([
      { limit: 1000, after: undefined, module: 'contacts' },
      { limit: 1000, after: '1000', module: 'contacts' },
      { limit: 1000, after: '2000', module: 'contacts' },
    ])
  })
})

test('NDJSON is one record a line, and a limit is a limit', () =>
  withList(longList(2500).list, async world => {
    const answer = await world.ask('GET', '/v1/records?limit=3&after=10', {
      headers: { accept: 'application/x-ndjson' },
    })
    expect(answer.type).toMatch(/^application\/x-ndjson/)
    const ids = answer.text
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line).id)
    expect(ids).toEqual(['10', '11', '12'])
  }))

test.each([
  ['text/csv', /^text\/csv/],
  ['TEXT/CSV;q=0.9, */*', /^text\/csv/],
  ['application/x-ndjson', /^application\/x-ndjson/],
  ['application/json, text/csv', /^application\/json/],
  ['text/html, */*', /^application\/json/],
])('Accept: %s is answered with %s', (accept, expected) =>
  withList(longList(1).list, async world => {
    expect((await world.ask('GET', '/v1/records', { headers: { accept } })).type).toMatch(expected)
  }),
)

test('an empty list is a head alone', () =>
  withList(longList(0).list, async world => {
    expect((await world.ask('GET', '/v1/records?format=csv')).text.split('\r\n')).toHaveLength(2)
    expect((await world.ask('GET', '/v1/records?format=ndjson')).text).toBe('')
  }))

test('a database that fails at once is 503, and one that fails halfway breaks the answer off', async () => {
  await withList(
    async () => {
      throw new Error('gone')
    },
    async world => expectProblem(await world.ask('GET', '/v1/records?format=csv'), 503),
  )
  const { list } = longList(5000)
  await withList(
    async query => {
      if (query.after === '2000') throw new Error('gone')
      return list(query)
    },
    async world => {
      await expect(world.ask('GET', '/v1/records?format=csv')).rejects.toThrow()
      expect((await world.ask('GET', '/v1/records')).status).toBe(200)
      expect(world.log.join()).toContain('Error: gone')
    },
  )
})

test('a reader who stops reading stops the reading of the database, and one who leaves ends it', () => {
  const { list, queries } = longList(2_000_000)
  return withList(list, async world => {
    const socket = connect(world.port, '127.0.0.1')
    socket.pause()
    socket.write('GET /v1/records?format=csv HTTP/1.1\r\nHost: localhost\r\n\r\n')
    // Settled once no further page is asked for; two million records would be two thousand pages.
    let before = -1
    while (queries.length === 0 || queries.length !== before) {
      before = queries.length
      await wait(200)
    }
    expect(queries.length).toBeLessThan(500)
    socket.destroy()
    while (!world.log.join().includes('stream closed prematurely')) await wait(20)
    const after = queries.length
    for (let round = 0; round < 5; round++) await world.ask('GET', '/healthz')
    expect(queries.length - after).toBeLessThanOrEqual(1)
  })
})

test('HEAD does not read an export to throw it away', () =>
  withList(longList(5000).list, async world => {
    expect((await world.ask('HEAD', '/v1/records?format=csv')).status).toBe(405)
  }))
