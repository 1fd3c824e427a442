// The questions that docs/operate.md asks of the log, asked of the log of a real server.

import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasTool } from '../tools.ts'
import { root } from './server.ts'
import { newWorld, report, type World } from './world.ts'

const page = readFileSync(join(root, 'docs/operate.md'), 'utf8')
const questions = page.split('\n').filter(line => line.startsWith('jq -c '))

describe.skipIf(!hasTool('jq'))('the log answers', () => {
  let world: World
  let id: string
  beforeAll(async () => {
    world = await newWorld('sqlite')
    for (const record of ['41', '42']) {
      const path = await world.mint({ module: 'contacts', id: record, to: `c${record}@example.org` })
      const answer = await world.send(path, report({ address: `c${record}@example.org` }))
      id = answer.split(' ').at(-1) ?? ''
    }
    await world.send('b-nobody@bounces.crm.example', report({ address: 'x@example.org' }))
    // Lines are gathered, and written at the end.
    await world.server.stop()
  })
  afterAll(async () => world?.close())

  const ask = (question: string): readonly Record<string, unknown>[] => {
    const log = world.server
      .said()
      .split('\n')
      .filter(line => line.startsWith('{'))
    writeFileSync(join(world.server.dataDir, 'rebound.log'), log.join('\n'))
    const shell = spawnSync('sh', ['-c', question], { cwd: world.server.dataDir, encoding: 'utf8' })
    expect(shell.stderr).toBe('')
    return shell.stdout
      .trim()
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line))
  }

  test('what happened to the bounce of contact 42', () => {
    expect(ask(questions[0] ?? '')).toMatchObject([
      {
        msg: 'message answered',
        reply: 250,
        events: [{ record: '42', type: 'hard', category: 'unknown-user' }],
      },
    ])
  })

  test('what came from a client', () => {
    const lines = ask((questions[1] ?? '').replace('192.0.2.1', '127.0.0.1'))
    expect(lines.filter(({ reply }) => reply === 250)).toHaveLength(2)
    expect(ask(questions[1] ?? '')).toEqual([])
    // The refusal names whom it was about.
    expect(JSON.stringify(lines)).toContain('nobody@bounces.crm.example')
  })

  test('what became of a message by the id that its sender was told', () => {
    const lines = ask((questions[2] ?? '').replace('55dv5v5dmbvcra90.1', id))
    expect(lines).toContainEqual(expect.objectContaining({ id, msg: 'message answered' }))
  })
})
