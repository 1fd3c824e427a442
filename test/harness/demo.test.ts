// The demo from start to end: what a newcomer sees, and nothing left behind.

import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { root } from '../end-to-end/server.ts'

const leftovers = (): string[] => readdirSync(tmpdir()).filter(name => name.startsWith('rebound-demo-'))

test('shows contacts, campaigns and metrics, and cleans up', () => {
  const before = leftovers()
  const script = `import { demo } from ${JSON.stringify(`${root}/dist/src/cli/demo.js`)}
process.exitCode = await demo({ out: line => console.log(line), err: line => console.error(line) })`
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    timeout: 110_000,
  })
  expect(stderr).toContain('Everything came out as it should.')
  expect(status).toBe(0)
  expect(stdout).toMatch(/^postfix +unknown-user +bounce hard unknown-user +\S.* flagged, address removed$/m)
  expect(stdout).toMatch(/^mailbox +vacation-fr +auto-reply +unchanged$/m)
  expect(stdout).toMatch(/^Autumn +12 +3 +5 +3 +1$/m)
  expect(stdout).toContain('rebound_bounced_sends_total{type="hard"')
  expect(leftovers()).toEqual(before)
  const running = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
  expect(running).not.toContain('rebound-demo-')
}, 120_000)
