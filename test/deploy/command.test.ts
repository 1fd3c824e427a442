// The command of a machine with systemd: it works with the settings, the data and as the user of the service.

import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'rebound-command-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What the script starts, with other paths, for a user of this number. */
function started(userId: number, environment: Record<string, string> = {}): string {
  const bin = join(folder, `bin-${userId}`)
  mkdirSync(bin, { recursive: true })
  const tool = (name: string, text: string): void => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`)
    chmodSync(join(bin, name), 0o755)
  }
  tool('id', `echo ${userId}`)
  tool('runuser', 'echo "runuser $*"; shift 3; exec "$@"')
  tool('node', 'printf "%s\\n" "node $*" "$REBOUND_DOMAINS" "$REBOUND_DATA_DIR"')
  writeFileSync(join(folder, 'rebound.env'), '# who\nREBOUND_DOMAINS=bounces.crm.example\n')
  const script = readFileSync('deploy/rebound.sh', 'utf8').replace('/etc/rebound', folder)
  return execFileSync('sh', ['-c', script, 'rebound', 'records', 'show', 'contacts', '4 2'], {
    env: { PATH: `${bin}:/usr/bin:/bin`, ...environment },
    encoding: 'utf8',
  })
}

const program = '/opt/rebound/dist/src/main.js records show contacts 4 2'

test('root becomes the user of the service', () =>
  expect(started(0)).toBe(
    `runuser -u rebound -- node ${program}\nnode ${program}\nbounces.crm.example\n/var/lib/rebound\n`,
  ))

test('others stay who they are', () =>
  expect(started(999)).toBe(`node ${program}\nbounces.crm.example\n/var/lib/rebound\n`))

test('its paths are those of the units', () => {
  const script = readFileSync('deploy/rebound.sh', 'utf8')
  const unit = readFileSync('deploy/systemd/rebound.service', 'utf8')
  const [, main] = /^ExecStart=\/usr\/bin\/node (\S+)/m.exec(unit) ?? []
  const [, settings] = /^EnvironmentFile=(\S+)/m.exec(unit) ?? []
  const [, data] = /REBOUND_DATA_DIR=(\S+)/.exec(unit) ?? []
  for (const path of [main, settings, data]) expect(script).toContain(path)
})
