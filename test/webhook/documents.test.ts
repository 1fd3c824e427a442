// docs/webhooks.md: its code takes what we sign and nothing else, and its numbers are ours.

import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { waits } from '../../src/webhook/back-off.ts'
import { signedHeaders, webhookKey } from '../../src/webhook/signature.ts'

const page = readFileSync(new URL('../../docs/webhooks.md', import.meta.url), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'rebound-webhooks-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const secret = `whsec_${Buffer.alloc(32, 0xfb).toString('base64')}`
const plain = 'ein Geheimnis, über dreißig Bytes lang'
const at = new Date('2026-03-14T09:26:53.589Z')
const body = '{"id":"evt_1","data":{"subject":"Grüße <&>\\n"}}'
const signedWith = (...secrets: string[]) => signedHeaders('evt_1', at, body, secrets.map(webhookKey))
const headers = signedWith(secret)

interface Case {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly secret: string
  /** Seconds after it was sent. */
  readonly after: number
}
const genuine: Case = { headers, body, secret, after: 0 }

const cases: readonly (readonly [what: string, given: Case, expected: boolean])[] = [
  ['as it was sent', genuine, true],
  ['five minutes later', { ...genuine, after: 299 }, true],
  ['from a clock that is ahead', { ...genuine, after: -299 }, true],
  ['while the secret changes', { ...genuine, headers: signedWith(plain, secret) }, true],
  ['a secret that is plain text', { ...genuine, headers: signedWith(plain), secret: plain }, true],
  ['sent again later', { ...genuine, after: 302 }, false],
  ['another body', { ...genuine, body: body.replace('evt_1', 'evt_2') }, false],
  ['another id', { ...genuine, headers: { ...headers, 'webhook-id': 'evt_2' } }, false],
  ['another secret', { ...genuine, secret: plain }, false],
  ['no signature', { ...genuine, headers: { ...headers, 'webhook-signature': '' } }, false],
  ['no headers', { ...genuine, headers: {} }, false],
]

const given = JSON.stringify(
  cases.map(([, { after, ...rest }]) => ({ ...rest, now: Math.floor(at.getTime() / 1000) + after })),
)
const casesFile = join(folder, 'cases.json')
writeFileSync(casesFile, given)

function snippet(language: string): string {
  const found = [...page.matchAll(/```(\w+)\n([\s\S]*?)```/g)].find(match => match[1] === language)?.[2]
  if (found === undefined) throw new Error(`docs/webhooks.md has no code in ${language}`)
  return found
}

const programs: readonly (readonly [command: string, file: string, text: string])[] = [
  [
    'php',
    'check.php',
    `<?php\n${snippet('php')}
echo json_encode(array_map(fn($c) => rebound_webhook_is_genuine($c['headers'], $c['body'], $c['secret'], $c['now']), json_decode(file_get_contents($argv[1]), true)));`,
  ],
  [
    'python3',
    'check.py',
    `${snippet('python')}
import json, sys
print(json.dumps([webhook_is_genuine(c["headers"], c["body"].encode(), c["secret"], c["now"]) for c in json.load(open(sys.argv[1]))]))`,
  ],
  [
    process.execPath,
    'check.mjs',
    `import { readFileSync } from 'node:fs'\n${snippet('js')}
const cases = JSON.parse(readFileSync(process.argv[2], 'utf8'))
console.log(JSON.stringify(cases.map(c => webhookIsGenuine(c.headers, Buffer.from(c.body), c.secret, c.now * 1000))))`,
  ],
]

function isInstalled(command: string): boolean {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    console.log(`left out: the code of docs/webhooks.md for ${command}, which is not installed here`)
    return false
  }
}

describe('docs/webhooks.md', () => {
  for (const [command, file, text] of programs)
    test.runIf(isInstalled(command))(`${file} takes what is genuine, and nothing else`, async () => {
      writeFileSync(join(folder, file), text)
      const { stdout } = await promisify(execFile)(command, [join(folder, file), casesFile])
      const answers = JSON.parse(stdout) as readonly boolean[]
      expect(cases.map(([what], index) => [what, answers[index]])).toEqual(
        cases.map(([what, , expected]) => [what, expected]),
      )
    })

  test('names the waits as they are', () => {
    const inWords = (seconds: number): string => {
      if (seconds < 60) return `${seconds} s`
      return seconds < 3600 ? `${seconds / 60} min` : `${seconds / 3600} h`
    }
    expect(page).toContain(waits.map(inWords).join(' · '))
  })
})
