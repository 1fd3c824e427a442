// The world's names for a mail server under test: it sees a resolv.conf of its own, in a mount namespace of its own.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startNameServer, type Zone } from '../doctor/name-server.ts'

/** libc asks port 53 and no other: an address of loopback that nobody else has. */
const host = '127.53.25.1'

/** Containers may not have the right to mount anything, not even for themselves. */
export const mayHaveNames = (): boolean =>
  process.getuid?.() === 0 && spawnSync('unshare', ['--mount', 'true']).status === 0

export interface Names {
  /** Words before a command, so that it asks this name server. */
  readonly before: readonly string[]
  readonly close: () => Promise<void>
}

/** Without the right to have any: what a mail server asks goes where it always goes. */
export const noNames: Names = { before: ['env'], close: async () => {} }

export async function startNames(zone: Zone): Promise<Names> {
  const server = await startNameServer(zone, { host, port: 53 })
  const folder = mkdtempSync(join(tmpdir(), 'rebound-names-'))
  const file = join(folder, 'resolv.conf')
  writeFileSync(file, `nameserver ${host}\noptions timeout:2 attempts:2\n`, { mode: 0o644 })
  const enter = `mount --bind ${file} /etc/resolv.conf && exec "$@"`
  return {
    before: ['unshare', '--mount', 'sh', '-c', enter, 'sh'],
    close: async () => {
      await server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
