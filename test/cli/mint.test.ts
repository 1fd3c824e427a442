// `rebound address mint`: one mail or a line each, with and without a count, and the same address either way.

import { beforeAll, describe, expect, test } from 'vitest'
import { mintFromFile } from '../../src/backend/quick-mint.ts'
import { readConfig } from '../../src/settings/read.ts'
import { installation, lines, say } from './terminal.ts'

const line = (...cells: string[]): string => `${cells.join('\t')}\n`
async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  // In pieces that end anywhere.
  for (let at = 0; at < text.length; at += 7) yield Buffer.from(text.slice(at, at + 7))
}

let environment: Readonly<Record<string, string>>
beforeAll(async () => {
  environment = installation()
  await say(['campaigns', 'show', '7'], environment)
})

const mint = (words: readonly string[], stdin = '') =>
  say(['address', 'mint', ...words], environment, { stdin: bytesOf(stdin) })
const sends = async (campaign: string): Promise<unknown> => {
  const { code, ...said } = await say(['campaigns', 'show', campaign, '--json'], environment)
  return code === 0 ? lines({ code, ...said })[0]?.sent : 0
}
const one = ['--module', 'contacts', '--id', '42', '--to', 'ana@example.org']

describe('--count', () => {
  test('counts a send; without it none is counted', async () => {
    expect((await mint([...one, '--campaign', '7'])).code).toBe(0)
    expect(await sends('7')).toBe(0)
    expect((await mint([...one, '--campaign', '7', '--count'])).code).toBe(0)
    expect(await sends('7')).toBe(1)
  })
})

describe('--stdin', () => {
  test('answers each line in its order', async () => {
    const input = ['1', '2', '3'].map(id => line('contacts', id, '8', '', `u${id}@example.org`)).join('')
    const { code, out, err } = await mint(['--stdin', '--count'], input)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const read = await Promise.all(
      out.split('\n').map(async address => lines(await say(['address', 'read', address], environment))[0]),
    )
    expect(read.map(each => [each?.recordId, each?.campaignId])).toEqual([
      ['1', '8'],
      ['2', '8'],
      ['3', '8'],
    ])
    expect(await sends('8')).toBe(3)
  })

  test('takes CR LF, no line end at the end, more lines than a batch, and --json', async () => {
    const many = Array.from({ length: 1_201 }, (_, at) => `contacts\t${at}\t\t\ta@example.org`)
    const { code, out } = await mint(['--stdin', '--json'], many.join('\r\n'))
    expect(code).toBe(0)
    expect(lines({ code, out, err: '' })).toHaveLength(1_201)
  })

  test('nothing in, nothing out', async () =>
    expect(await mint(['--stdin'])).toEqual({ code: 0, out: '', err: '' }))

  test.each([
    ['too few columns', 'contacts\t1\ta@example.org\n', /^Line 3: write 5 columns with tabs .*: module, id/],
    ['no such module', line('contact', '1', '', '', 'a@example.org'), /^Line 3, module: .*contacts/],
    ['not an address', line('contacts', '1', '', '', 'ana'), /^Line 3, to: .*ana@example\.org/],
    ['no id', line('contacts', '', '', '', 'a@example.org'), /^Line 3, id: write 1 to 64/],
  ])('%s: the lines before it are minted, the line is named, exit 2', async (_, bad, words) => {
    const good = line('contacts', '1', '9', '', 'a@example.org')
    const before = Number(await sends('9'))
    const { code, out, err } = await mint(['--stdin', '--count'], good + good + bad + good)
    expect(code).toBe(2)
    expect(err).toMatch(words)
    expect(out.split('\n')).toHaveLength(2)
    expect(await sends('9')).toBe(before + 2)
  })

  test('is one of two ways to say what to mint', async () => {
    const { code, err } = await mint(['--stdin', ...one])
    expect(code).toBe(2)
    expect(err).toMatch(/--stdin.*cannot be used with/)
  })
})

describe('what is minted from the file alone', () => {
  const item = { module: 'contacts', id: '42', to: 'ana@example.org' }
  const quick = async (more: object = {}, settings: Readonly<Record<string, string>> = {}) => {
    const result = readConfig({ ...environment, ...settings })
    if (!result.ok) throw new Error(result.faults.join('\n'))
    return await mintFromFile(result.config, { ...item, ...more })
  }

  test('is what the database mints', async () => {
    await mint([...one, '--campaign', 'spring', '--count'])
    for (const more of [{}, { campaign: '7' }, { campaign: 'spring' }, { mail: '5' }]) {
      const words = Object.entries(more).flatMap(([name, value]) => [`--${name}`, value])
      const minted = (await quick(more))?.address
      const line = [
        item.module,
        item.id,
        words[1] && 'campaign' in more ? words[1] : '',
        'mail' in more ? '5' : '',
        item.to,
      ]
      const { out } = await mint(['--stdin'], `${line.join('\t')}\n`)
      expect(minted).toBe(out)
      expect((await mint([...one, ...words])).out).toBe(out)
    }
  })

  test.each<[string, object, Readonly<Record<string, string>>]>([
    ['a campaign that the database does not know', { campaign: 'unheard-of' }, {}],
    ['ids that do not fit into an address', { id: 'ü'.repeat(40), mail: 'x'.repeat(60) }, {}],
    ['another key than the database knows', {}, { REBOUND_SECRET: 'b'.repeat(32) }],
    ['a new key beside the old', {}, { REBOUND_SECRET: `${'b'.repeat(32)},${'a'.repeat(32)}` }],
    ['a database that is not there', {}, { DATABASE_URL: 'sqlite:/nonexistent/rebound.sqlite' }],
    ['a file that is not one', {}, { DATABASE_URL: 'sqlite:package.json' }],
    ['a mapping file', {}, { REBOUND_CRM_FILE: 'mappings/vtiger.json' }],
    ['MySQL', {}, { DATABASE_URL: 'mysql://rebound:x@127.0.0.1/rebound' }],
  ])('%s: not minted, the database is opened for it', async (_, more, settings) => {
    expect(await quick(more, settings)).toBeNull()
  })

  test('a wrong key is refused, not signed with', async () => {
    const wrong = { ...environment, REBOUND_SECRET: 'b'.repeat(32) }
    const { code, out, err } = await say(['address', 'mint', ...one], wrong)
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(/^REBOUND_SECRET: .*signed with a key/)
  })
})
