// Where the tests keep their files: in memory where the machine has room for them, since waiting for a disk shows nothing.

import { spawn } from 'node:child_process'
import { accessSync, constants, mkdirSync, readFileSync, statfsSync } from 'node:fs'
import { join } from 'node:path'

const memory = '/dev/shm'
/** The suite's databases and browsers together take about a third of it. */
const mostBytes = 3 * 2 ** 30
/** TMPFS_MAGIC (statfs(2)). */
const tmpfs = 0x01021994

/** A folder of this run in memory as TMPDIR, gone with the run, however it ends. Does nothing where TMPDIR is set. */
export function keepFilesInMemory(): void {
  if (process.env.TMPDIR !== undefined || !hasRoom()) return
  const folder = join(memory, `rebound-test-${process.pid}`)
  mkdirSync(folder, { recursive: true })
  process.env.TMPDIR = folder
  // Databases first (mariadb.ts): one that still runs would write into it again.
  const watch = `while kill -0 ${process.pid} 2>/dev/null; do sleep 1; done; kill -9 $(cat "$0"/*/pid 2>/dev/null) 2>/dev/null; rm -rf "$0"`
  spawn('sh', ['-c', watch, folder], { stdio: 'ignore', detached: true }).unref()
}

/** Tests also run programs that they write, which some machines forbid there. */
function hasRoom(): boolean {
  try {
    accessSync(memory, constants.W_OK)
    const { type, bavail, bsize } = statfsSync(memory)
    const mount = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .find(line => line.split(' ')[1] === memory)
    return type === tmpfs && bavail * bsize >= mostBytes && mount !== undefined && !mount.includes('noexec')
  } catch {
    return false
  }
}
