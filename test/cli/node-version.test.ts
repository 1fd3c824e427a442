// An older Node is told which one is needed, before anything is loaded that it does not know.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../end-to-end/server.ts'

/** Starts the command line in a Node that says it is another version. */
function runIn(version: string) {
  const pretend = `data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"${version}"}})`
  return spawnSync(process.execPath, ['--import', pretend, join(root, 'dist/src/main.js'), '--version'], {
    encoding: 'utf8',
  })
}

test.each(['14.21.3', '18.20.8', '19.9.0', '20.0.0', '20.18.3'])('Node %s', version => {
  const { status, stdout, stderr } = runIn(version)
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(stderr).toMatch(
    new RegExp(`^Rebound needs Node\\.js 20\\.19 or newer; this is ${version} \\(/.*\\)\\. Install .*\\n$`),
  )
})

test.each(['20.19.0', '22.0.0', '26.1.0'])('Node %s runs it', version => {
  expect(runIn(version)).toMatchObject({ status: 0, stderr: '' })
})
