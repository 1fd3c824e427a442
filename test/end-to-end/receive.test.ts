// `rebound receive` as a process: stopped within an archive and started again, and beside a server that takes mail.

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { within } from '../patience.ts'
import { dialects } from '../store/databases.ts'
import { bareEnvironment, rebound, root } from './server.ts'
import { newWorld, report, type World } from './world.ts'

describe.each(dialects)('receive on %s', dialect => {
  let world: World
  beforeAll(async () => {
    world = await newWorld(dialect)
  })
  afterAll(async () => world?.close())

  const separator = 'From MAILER-DAEMON Thu Jan  1 00:00:00 2026\n'
  const count = async (): Promise<number> => {
    const [row] = await world.store.knex('rebound_bounces').count({ all: '*' })
    return Number(row?.all)
  }

  test('a mail that came by SMTP is known in an archive, and the other way round', async () => {
    const path = await world.mint({ module: 'contacts', id: 'both', to: 'both@example.org' })
    const one = report({ address: 'both@example.org' })
    const two = report({ address: 'both@example.org', status: '5.2.2', diagnostic: '552 mailbox full' })
    const stored = (mail: string): string => `Return-Path: <>\r\nDelivered-To: ${path}\r\n${mail}`
    expect(await world.send(path, one)).toMatch(/^250 /)
    expect(await rebound(['receive', '-'], world.server.environment, stored(one))).toMatchObject({ code: 0 })
    expect(await count()).toBe(1)
    expect(await rebound(['receive', '-'], world.server.environment, stored(two))).toMatchObject({ code: 0 })
    expect(await world.send(path, two)).toMatch(/^250 /)
    expect(await count()).toBe(2)
  })

  test('a signal ends it between two mails with what it has; the same command goes on', async () => {
    const before = await count()
    const mails: string[] = []
    for (let at = 0; at < 60; at++) {
      const path = await world.mint({ module: 'contacts', id: `stop${at}`, to: `stop${at}@example.org` })
      const mail = `Delivered-To: ${path}\r\n${report({ address: `stop${at}@example.org` })}`
      mails.push(`${separator}${mail.replaceAll('\r\n', '\n')}\n`)
    }
    const child = spawn(process.execPath, [join(root, 'dist/src/main.js'), 'receive', '--each', '-'], {
      cwd: root,
      env: { ...bareEnvironment(), ...world.server.environment },
    })
    const half = new Promise<void>(resolve => {
      let said = ''
      child.stdout.on('data', chunk => {
        said += String(chunk)
        if (said.split(': recorded').length > 20) resolve()
      })
    })
    const ended = new Promise(resolve => child.once('close', resolve))
    // The pipe stays open: the signal finds it waiting for the rest of a mail.
    child.stdin.write(mails.slice(0, 30).join('') + (mails[30] ?? '').slice(0, 300))
    await half
    child.kill('SIGINT')
    expect(await ended).toBe(130)
    const then = await count()
    expect(then).toBeGreaterThanOrEqual(before + 20)
    expect(then).toBeLessThanOrEqual(before + 30)
    const said = await rebound(['receive', '--json', '-'], world.server.environment, mails.join(''))
    expect(JSON.parse(said.out)).toMatchObject({ mails: 60, known: then - before, failed: 0 })
    expect(await count()).toBe(before + 60)
    // It ends before anybody scrapes it: a server takes its counts.
    await expect
      .poll(async () => await (await fetch(`${world.server.url}/metrics`)).text(), {
        timeout: within(10_000),
      })
      .toContain(`rebound_imported_total{kind="bounce"} 61`)
  })
})
