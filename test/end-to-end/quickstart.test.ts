// The README's first bounce, typed as it stands there: what it says of contact, campaign and rate is what one sees.

import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bareEnvironment, root, type Server, startServer } from './server.ts'

const [, commands = '', promised = ''] =
  /### Send the first bounce\n[\s\S]*?```sh\n([\s\S]*?)```([\s\S]*?)```/.exec(
    readFileSync(join(root, 'README.md'), 'utf8'),
  ) ?? []

let server: Server
beforeAll(async () => {
  server = await startServer()
})
afterAll(async () => {
  await server?.stop()
})

/** Types one line into a shell at the root of the project; what it printed. */
async function type(line: string): Promise<string> {
  const { stdout } = await promisify(execFile)(
    'sh',
    ['-c', line.replace('http://127.0.0.1:9925', server.url)],
    {
      cwd: root,
      env: {
        ...bareEnvironment(),
        ...server.environment,
        REBOUND_SMTP_PORT: String(server.smtpPort),
        REBOUND_HTTP_PORT: String(server.httpPort),
      },
    },
  )
  return stdout
}

test('the contact is flagged, the campaign shows one send and one hard bounce of it, the metric is 1', async () => {
  expect(promised).toContain('one send and one hard bounce (100 %)')
  const lines = commands.trim().split('\n')
  expect(lines).toHaveLength(4)
  const said: string[] = []
  for (const line of lines) said.push(await type(line))
  const [sent, record, campaign, metrics] = said
  expect(sent).toContain('250 ')
  expect(record).toMatch(/^bounced +yes\nbounced address +ana@example\.org$/m)
  expect(campaign).toMatch(/^7 .* 1 +1 \(100\.00 %\) /m)
  expect(metrics).toMatch(/^rebound_bounced_sends_total\{type="hard",[^\n]*\} 1\n$/)
})
