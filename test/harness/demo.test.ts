// The demo from start to end: what a newcomer sees, and nothing left behind.

import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { rebound, root } from '../end-to-end/server.ts'
import { within } from '../patience.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rebound-demo-test-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** The server that it said it started is no more, and of its files there are none. */
async function nothingIsLeft(said: string): Promise<void> {
  expect(readdirSync(folder)).toEqual([])
  const http = /answers on (\S+)\./.exec(said)?.[1]
  expect(http).toMatch(/^http:/)
  await expect(fetch(`${http}/healthz`)).rejects.toThrow()
}

test('shows contacts, campaigns and metrics, and cleans up', async () => {
  const { code, out, err } = await rebound(['demo'], { TMPDIR: folder })
  expect(err).toContain('Everything came out as it should.')
  expect(code).toBe(0)
  expect(out).toMatch(/^postfix +unknown-user +bounce hard unknown-user +\S.* flagged, address removed$/m)
  expect(out).toMatch(/^mailbox +vacation-fr +auto-reply +unchanged$/m)
  expect(out).toMatch(/^Autumn +12 +3 +5 +3 +1$/m)
  expect(out).toContain('rebound_bounced_sends_total{type="hard"')
  // The README shows some of it; by which rule a mail was judged may change, and what it was judged does not.
  const readme =
    /\n(came back from[\s\S]*?)\n```/.exec(readFileSync(join(root, 'README.md'), 'utf8'))?.[1] ?? ''
  const shown = readme.split('\n').filter(line => line !== '…')
  expect(shown.length).toBeGreaterThan(5)
  expect(out.split('\n').map(withoutRule)).toEqual(expect.arrayContaining(shown.map(withoutRule)))
  await nothingIsLeft(err)
})

const withoutRule = (line: string): string => {
  const cells = line.split(/ {2,}/)
  return cells.filter((_, index) => cells.length !== 5 || index !== 3).join(' | ')
}

/** Runs the demo and sends it a signal once `moment` was said. */
async function interrupted(signal: NodeJS.Signals, moment: RegExp) {
  const child = spawn(process.execPath, [join(root, 'dist/src/main.js'), 'demo'], {
    env: { ...process.env, TMPDIR: folder },
  })
  let said = ''
  const ended = new Promise<{ code: number | null; by: NodeJS.Signals | null }>(done =>
    child.once('close', (code, by) => done({ code, by })),
  )
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', chunk => {
      said += chunk
      if (!moment.test(said)) return
      // Twice, as npm does.
      child.kill(signal)
      child.kill(signal)
    })
  return { ...(await ended), said }
}

test.each<[NodeJS.Signals, number, string, RegExp]>([
  ['SIGINT', 130, 'while mail is sent', /Now 300 more/],
  ['SIGTERM', 143, 'while mail is sent', /Now 300 more/],
  ['SIGTERM', 143, 'at the beginning', /A server of its own/],
])(
  '%s ends it with %i %s, its server and its directory gone',
  async (signal, code, _, moment) => {
    const ended = await interrupted(signal, moment)
    expect(ended.said).toMatch(moment)
    expect(ended).toMatchObject({ code, by: null })
    expect(ended.said).not.toContain('came out as it should')
    await nothingIsLeft(ended.said)
  },
  within(60_000),
)
