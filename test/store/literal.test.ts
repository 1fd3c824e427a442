// Values in a text of several statements: what goes in comes out, and nothing of it is ever SQL.

import fc from 'fast-check'
import mysql from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { literal, Sql, tuple } from '../../src/store/database/literal.ts'
import { mysqlAvailable, newMysqlDatabase } from '../mariadb.ts'

describe('a literal', () => {
  it.each([
    [null, 'null'],
    [-1.5, '-1.5'],
    ['plain', "'plain'"],
    ["it's", "'it''s'"],
    ['back\\slash', "_utf8mb4 x'6261636b5c736c617368'"],
    [new Sql('@first + 1'), '@first + 1'],
  ])('of %s is %s', (value, text) => {
    expect(literal(value)).toBe(text)
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('of %s is none', value => {
    expect(() => literal(value)).toThrow('is not a number')
  })

  it('stands with others in parentheses', () => {
    expect(tuple(['a', 1, null])).toBe("('a', 1, null)")
  })
})

describe.skipIf(!mysqlAvailable)('a literal on MySQL', () => {
  let database: Awaited<ReturnType<typeof newMysqlDatabase>>
  let connection: mysql.Connection
  beforeAll(async () => {
    database = await newMysqlDatabase()
    connection = await mysql.createConnection({
      uri: database.url,
      charset: 'utf8mb4',
      multipleStatements: true,
    })
  })
  afterAll(async () => {
    await connection?.end()
    await database?.drop()
  })

  it.each(['', 'NO_BACKSLASH_ESCAPES', 'ANSI_QUOTES', 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES'])(
    'is read as it was, in sql_mode "%s"',
    async mode => {
      await connection.query('set session sql_mode = ?', [mode])
      const hostile = [
        "'",
        "\\'",
        "\\\\'; drop table x; --",
        '"',
        '`',
        '\0',
        '\u001a',
        "'/*",
        '\n',
        '💥',
        "ÿ'",
      ]
      const text = fc.array(fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: 'binary' })), {
        maxLength: 5,
      })
      const texts = fc.sample(text, 300).map(parts => parts.join(''))
      const read = await connection.query({
        sql: `select ${texts.map(literal).join(', ')}`,
        rowsAsArray: true,
      })
      expect((read[0] as unknown[][])[0]).toEqual(texts)
    },
  )
})
