// The Prometheus of the compose profile with its very files, each where compose mounts it, scraping a server by its name.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { mountsOf } from '../deploy/compose-file.ts'
import { hasTool } from '../tools.ts'
import { type Prometheus, prometheusIn } from './prometheus.ts'
import { root, type Server, startServer } from './server.ts'

/** Port 9925 of it is nobody else's. */
const host = '127.99.25.1'
const token = 'a-token-of-some-length'

/** Not every container may mount something for one process. */
const mayMount = process.getuid?.() === 0 && spawnSync('unshare', ['--mount', 'true']).status === 0

let server: Server | undefined
let prometheus: Prometheus | undefined
afterAll(async () => {
  await prometheus?.close()
  await server?.stop()
})

test.skipIf(!hasTool('prometheus') || !mayMount)('it scrapes and evaluates', async () => {
  server = await startServer({
    REBOUND_HTTP_HOST: host,
    REBOUND_HTTP_PORT: '9925',
    REBOUND_API_TOKEN: token,
    REBOUND_METRICS: 'token',
  })
  const folder = mkdtempSync(join(tmpdir(), 'rebound-prometheus-'))
  writeFileSync(join(folder, 'hosts'), `127.0.0.1 localhost\n${host} rebound\n`)
  writeFileSync(join(folder, 'token'), token)
  const files = mountsOf('prometheus').filter(({ isFile }) => isFile)
  const steps = [
    `mount --bind ${folder}/hosts /etc/hosts`,
    'mount -t tmpfs tmpfs /run && mkdir /run/secrets',
    `cp ${folder}/token /run/secrets/rebound_token`,
    // The folder is there where Debian's package is.
    'mkdir -p /etc/prometheus && mount -t tmpfs tmpfs /etc/prometheus',
    ...files.map(({ from, to }) => `cp ${join(root, from)} ${to}`),
    'exec "$@"',
  ]
  prometheus = await prometheusIn(folder, {
    configFile: '/etc/prometheus/prometheus.yml',
    before: ['unshare', '--mount', 'sh', '-c', steps.join(' && '), 'sh'],
  })
  await prometheus.until('up{job="rebound"}', samples => samples[0]?.value === 1)
  expect((await prometheus.rules()).length).toBeGreaterThan(20)
})
