// docs/mint/vectors.json is made here and held here; the minting code beside it has to agree with every line of it.

import { execFile, execFileSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { normalAddress } from '../../src/model/address.ts'
import { dayOf } from '../../src/model/day.ts'
import { decodeBase32 } from '../../src/return-path/base32.ts'
import { domain, localOf, noon, paths, secret } from './paths.ts'

const folder = fileURLToPath(new URL('../../docs/mint/', import.meta.url))
const modules = ['contacts', 'companies', 'leads'] as const
const uuid = '3f2504e0-4f89-11d3-9a0c-0305e82c3301'
const ana = 'ana@example.org'

interface Item {
  why: string
  module: number
  id: string
  to: string
  campaign: number | null
  mail: string | null
}

const plain = { module: 0, to: ana, campaign: null, mail: null }
const items: readonly Item[] = [
  { ...plain, why: 'the usual case', id: '42', campaign: 7 },
  { ...plain, why: 'no campaign', id: '42' },
  { ...plain, why: 'another module and a mail of its own', module: 2, id: '42', campaign: 7, mail: '99001' },
  { ...plain, why: 'the number 0 has no bytes', id: '0', campaign: 0 },
  { ...plain, why: 'a leading zero makes it text', id: '007' },
  { ...plain, why: 'the largest number', id: '18446744073709551615', campaign: 4294967295 },
  { ...plain, why: 'one more is 20 characters of 0-9 a-z', id: '18446744073709551616' },
  { ...plain, why: 'a UUID', id: uuid, campaign: 7 },
  { ...plain, why: 'a UUID in upper case is text, which does not fit', id: uuid.toUpperCase() },
  { ...plain, why: '17 characters', id: '5f1a2b3c4d5e6f7a8', campaign: 7 },
  { ...plain, why: '17 zeros are not a number', id: '0'.repeat(17), campaign: 7 },
  { ...plain, why: '20 characters, the largest', id: 'z'.repeat(20), campaign: 7 },
  { ...plain, why: 'upper case makes it text', id: '0015g00000XyZAb', campaign: 7 },
  { ...plain, why: 'text beyond ASCII', id: 'Ünï-7', mail: 'ß' },
  { ...plain, why: 'the longest text with a campaign', id: 'A'.repeat(17), campaign: 7 },
  { ...plain, why: 'one octet too long', id: 'A'.repeat(18), campaign: 7 },
  { ...plain, why: 'a UUID leaves no room for a mail', id: uuid, campaign: 7, mail: '1' },
  {
    ...plain,
    why: 'the case and the final dot of an address do not matter',
    id: '42',
    to: ' Ana@Example.ORG. ',
  },
  { ...plain, why: 'beyond ASCII the case of the local part does', id: '42', to: 'JÖRG@example.org' },
  { ...plain, why: 'a domain counts as its A-labels', id: '42', to: 'jörg@bücher.example' },
]

const subkey = (purpose: string): string =>
  createHmac('sha256', secret).update(`rebound/1/${purpose}`).digest('hex')

function vectorOf(item: Item) {
  const { why, module, ...mail } = item
  const result = paths().mint({ ...mail, module: modules[module] ?? '' }, noon)
  const address = result.kind === 'signed' ? result.address : null
  const bytes = address === null ? null : Buffer.from(decodeBase32(localOf(address).slice(2)) ?? [])
  return {
    why,
    module,
    ...mail,
    normalTo: normalAddress(item.to),
    bytes: bytes?.toString('hex') ?? null,
    address,
  }
}

const vectors = {
  secret,
  subkeys: { 'key-id': subkey('key-id'), path: subkey('path'), address: subkey('address') },
  domain,
  date: '2026-03-14',
  day: dayOf(noon),
  items: items.map(vectorOf),
}

/** Runs a program over the vectors; it prints the addresses as a JSON list. */
async function check(command: string, args: readonly string[]): Promise<void> {
  const run = promisify(execFile)
  const { stdout } = await run(command, [...args, `${folder}vectors.json`], { cwd: folder })
  expect(JSON.parse(stdout)).toEqual(vectors.items.map(item => item.address))
}

const answers = (command: string, args: readonly string[]): boolean => {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    console.log(`left out: docs/mint with ${command}, which is not installed here`)
    return false
  }
}

const pythonProgram = `
import json, sys
from mint import mint
v = json.load(open(sys.argv[1]))
print(json.dumps([mint(v["secret"], v["domain"], i["module"], i["id"], i["to"], i["campaign"], i["mail"], v["day"]) for i in v["items"]]))
`
// Without intl, PHP knows no A-labels: it then gets the address as normalised.
const phpProgram = `
require 'mint.php';
$v = json_decode(file_get_contents($argv[1]), true);
$to = function_exists('idn_to_ascii') ? 'to' : 'normalTo';
echo json_encode(array_map(fn($i) => rebound_mint($v['secret'], $v['domain'], $i['module'], $i['id'], $i[$to], $i['campaign'], $i['mail'], $v['day']), $v['items']));
`

describe('docs/mint', () => {
  test('vectors.json is what this code mints', async () => {
    await expect(`${JSON.stringify(vectors, null, 2)}\n`).toMatchFileSnapshot(`${folder}vectors.json`)
  })

  test('the vectors read back as what they say', () => {
    const signed = vectors.items.filter(item => item.address !== null)
    expect(signed.length).toBeGreaterThan(12)
    for (const { address, id, mail, to } of signed) {
      const path = paths().read(address ?? '', noon)
      expect(path).toMatchObject({ kind: 'signed', send: { recordId: id, mailId: mail } })
      expect('send' in path && paths().matches(path.send, to)).toBe(true)
    }
  })

  test('the first vector, byte by byte, as docs/return-path.md takes it apart', () => {
    const page = readFileSync(`${folder}../return-path.md`, 'utf8')
    const [first] = vectors.items
    expect(first?.address).not.toBeNull()
    expect(page).toContain(first?.address)
    for (const text of [secret, ...Object.values(vectors.subkeys)]) expect(page).toContain(text)
    const bytes = Buffer.from(first?.bytes ?? '', 'hex')
    for (const [from, to] of [
      [0, 1],
      [1, 3],
      [3, 4],
      [4, 8],
      [8, 12],
      [12, 14],
      [14, 22],
    ] as const) {
      expect(page).toContain(`\`${bytes.toString('hex', from, to)}\``)
    }
  })

  test.runIf(answers('python3', ['-c', 'import base64; base64.b32hexencode']))('mint.py agrees', () =>
    check('python3', ['-B', '-c', pythonProgram]),
  )

  test.runIf(answers('php', ['--version']))('mint.php agrees', () => check('php', ['-r', phpProgram, '--']))
})
