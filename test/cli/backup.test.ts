// `rebound backup`: a copy that a new installation starts on; with MySQL, what to use instead.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { installation, lines, say } from './terminal.ts'

test('copies the database, says where the secret is, and a new installation starts on the copy', async () => {
  const environment = installation()
  const mint = ['address', 'mint', '--module', 'contacts', '--id', '1', '--to', 'a@example.org']
  await say([...mint, '--campaign', '7', '--count'], environment)
  const folder = mkdtempSync(join(tmpdir(), 'rebound-backup-'))
  const file = join(folder, 'rebound.sqlite')
  const said = await say(['backup', file, '--json'], environment)
  expect(said.code).toBe(0)
  expect(lines(said)).toEqual([{ file, bytes: expect.any(Number), secret: 'REBOUND_SECRET' }])
  expect(said.err).toContain('Keep the secret with it: REBOUND_SECRET')
  const restored = { ...environment, REBOUND_DATA_DIR: folder }
  expect(lines(await say(['campaigns', 'show', '7', '--json'], restored))[0]).toMatchObject({ sent: 1 })

  // Secret and database belong together.
  const other = { ...restored, REBOUND_SECRET: 'another-secret-of-at-least-thirty-two-bytes' }
  const { code, err } = await say(['campaigns', 'show', '7'], other)
  expect(code).toBe(1)
  expect(err).toMatch(/REBOUND_SECRET: return paths of this database were signed with a key/)

  const again = await say(['backup', file], environment)
  expect(again).toMatchObject({ code: 1, out: '' })
  expect(again.err).toContain('is there already: write the name of a file that is not')
  rmSync(folder, { recursive: true })
})

test('with MySQL it says in plain words what to use instead, and shows no password', async () => {
  const environment = installation('mysql://crm:very%20secret@db.example:3307/rebound')
  const { code, out, err } = await say(['backup', 'x.sql'], environment)
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toContain(
    'mariadb-dump --single-transaction --routines --triggers -h db.example -P 3307 -u crm -p rebound > backup.sql',
  )
  expect(err).not.toMatch(/very.{0,3}secret/)
})
