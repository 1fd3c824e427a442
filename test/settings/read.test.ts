// The mapping file: what it means, and every slip of the pen answered with what to write instead.

import { readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { modulesByNumber } from '../../src/crm/mapping.ts'
import { readMapping, readMappingFile } from '../../src/settings/crm-file/read.ts'

const shipped = resolve(import.meta.dirname, '../../mappings')
const good = { modules: { contacts: { table: 'people', id: 'id', addresses: 'email' } } }
const contacts = (fields: object) => ({ modules: { contacts: { ...good.modules.contacts, ...fields } } })
const addresses = (fields: object) =>
  contacts({
    addresses: { table: 'mails', id: 'id', address: 'address', record: 'person', mark: 'bad', ...fields },
  })

const faultsOf = (file: unknown): readonly string[] => {
  const read = readMapping(file)
  return read.ok ? [] : read.faults
}

describe('a mapping file', () => {
  it('means columns of the module’s table, its marks 1 and 0, its times in UTC', () => {
    const read = readMapping(contacts({ flag: 'bounced', updatedAt: 'changed', where: { deleted: false } }))
    expect(read).toMatchObject({
      ok: true,
      mapping: {
        campaigns: null,
        modules: [
          {
            module: 'contacts',
            number: 0,
            id: { table: 'people', column: 'id', at: 'modules.contacts.id' },
            addresses: { kind: 'columns', columns: [{ table: 'people', column: 'email' }] },
            flag: { table: 'people', column: 'bounced', bounced: 1, clear: 0 },
            updatedAt: { column: 'changed', format: 'datetime' },
            where: [{ column: 'deleted', value: 0 }],
          },
        ],
      },
    })
  })

  it('numbers further modules, and leaves gaps empty', () => {
    const read = readMapping({ modules: { targets: { number: 5, table: 't', id: 'id', addresses: ['a'] } } })
    expect(read.ok && modulesByNumber(read.mapping)).toEqual([
      'contacts',
      'companies',
      'leads',
      '',
      '',
      'targets',
    ])
  })

  it.each(readdirSync(shipped))('%s, as shipped, is right', file => {
    expect(readMappingFile(join(shipped, file))).toMatchObject({ ok: true })
  })

  it('that is no JSON, or not there, is said so', () => {
    const path = join(tmpdir(), `rebound-mapping-${process.pid}.json`)
    writeFileSync(path, '{"modules": ')
    expect(readMappingFile(path)).toMatchObject({ ok: false, faults: [/^the file is not JSON: /] })
    expect(readMappingFile('/nowhere')).toMatchObject({ ok: false, faults: [/^the file cannot be read: /] })
  })

  it.each<[string, unknown, RegExp]>([
    ['no object', [], /^write an object with about, modules, campaigns$/],
    ['no modules', { modules: {} }, /^modules: write at least one module$/],
    [
      'a wrong key',
      contacts({ adresses: 'x' }),
      /^modules.contacts: there is no "adresses" here; did you mean "addresses"\?$/,
    ],
    [
      'a module name',
      { modules: { 'My Contacts': { ...good.modules.contacts, number: 3 } } },
      /write a module name of lower-case/,
    ],
    [
      'a module without number',
      { modules: { targets: good.modules.contacts } },
      /^modules.targets.number: write a number from 3 to 127/,
    ],
    [
      'a number that is taken',
      { modules: { a: { ...good.modules.contacts, number: 3 }, b: { ...good.modules.contacts, number: 3 } } },
      /^modules.b.number: 3 is the number of a; write another$/,
    ],
    [
      'another number for contacts',
      contacts({ number: 4 }),
      /^modules.contacts.number: the number of contacts is 0;/,
    ],
    ['a number beyond', { modules: { a: { ...good.modules.contacts, number: 128 } } }, /^modules.a.number: /],
    [
      'no table',
      { modules: { contacts: { id: 'id', addresses: 'email' } } },
      /^modules.contacts.table: write a name$/,
    ],
    [
      'a name with SQL in it',
      contacts({ table: 'people` --' }),
      /^modules.contacts.table: write a name of letters, digits and _$/,
    ],
    [
      'a column with an alias',
      contacts({ flag: 'a as b' }),
      /^modules.contacts.flag.column: write a column's name/,
    ],
    ['no addresses', contacts({ addresses: [] }), /^modules.contacts.addresses: write the address columns/],
    [
      'a table that is not beside',
      contacts({ flag: 'other.flag', beside: { othr: 'id' } }),
      /^modules.contacts.flag: other is not a table of this module; .* write othr\.flag$/,
    ],
    [
      'marks that are the same',
      contacts({ flag: { column: 'f', bounced: 1, clear: '1' } }),
      /"bounced" and "clear" are the same/,
    ],
    [
      'a format',
      contacts({ updatedAt: { column: 'x', format: 'iso' } }),
      /^modules.contacts.updatedAt.format: write "datetime", "epoch" or "epoch-ms"$/,
    ],
    [
      'a count in the key of the campaigns',
      { ...contacts({}), campaigns: { table: 'camp', id: 'id', hardBounces: 'id' } },
      /^campaigns.hardBounces: camp.id is id already; a column has one use$/,
    ],
    [
      'a count in a condition of the campaigns',
      { ...contacts({}), campaigns: { table: 'camp', id: 'id', where: { live: 1 }, complaints: 'live' } },
      /^campaigns.complaints: camp.live is where.live already; a column has one use$/,
    ],
    [
      'two counts in one column',
      { ...contacts({}), campaigns: { table: 'camp', id: 'id', hardBounces: 'n', softBounces: 'n' } },
      /^campaigns.softBounces: camp.n is hardBounces already; a column has one use$/,
    ],
    [
      'a count in a column of the records',
      { ...contacts({}), campaigns: { table: 'people', id: 'id', hardBounces: 'email' } },
      /^campaigns.hardBounces: people.email is modules.contacts.addresses.0 already; a column has one use$/,
    ],
    [
      'one column for two things in two modules',
      {
        modules: {
          ...contacts({ flag: 'bad' }).modules,
          leads: { ...good.modules.contacts, updatedAt: 'bad' },
        },
      },
      /^modules.leads.updatedAt: people.bad is modules.contacts.flag already; a column has one use$/,
    ],
    [
      'a link that is written',
      contacts({
        beside: { links: 'person' },
        flag: 'links.address',
        addresses: {
          table: 'mails',
          id: 'id',
          address: 'mail',
          mark: 'bad',
          link: { table: 'links', record: 'person', address: 'address' },
        },
      }),
      /^modules.contacts.flag: links.address is addresses.link.address already; a column has one use$/,
    ],
    [
      'one column twice',
      contacts({ bouncedAddress: 'email' }),
      /^modules.contacts.bouncedAddress: people.email is addresses.0 already; a column has one use$/,
    ],
    ['the id to be written', contacts({ flag: 'id' }), /^modules.contacts.flag: people.id is id already/],
    [
      'no record',
      addresses({ record: undefined }),
      /^modules.contacts.addresses: write "record", .* or "link"/,
    ],
    [
      'both',
      addresses({ link: { table: 'l', record: 'r', address: 'a' } }),
      /^modules.contacts.addresses.record: write either/,
    ],
    [
      'no mark',
      addresses({ mark: undefined }),
      /^modules.contacts.addresses.mark: write an object with column, bounced, clear$/,
    ],
    [
      'a link without address',
      addresses({ record: undefined, link: { table: 'l', record: 'r' } }),
      /^modules.contacts.addresses.link.address: write a name$/,
    ],
    [
      'campaigns without counts',
      { ...good, campaigns: { table: 'c', id: 'id' } },
      /^campaigns: write at least one of hardBounces, softBounces/,
    ],
    [
      'a condition',
      contacts({ where: { deleted: [0] } }),
      /^modules.contacts.where.deleted: write a text, a number, true, false or null$/,
    ],
  ])('says what to write instead of %s', (_, file, expected) => {
    expect(faultsOf(file)).toEqual([expect.stringMatching(expected)])
  })

  it('tells all faults at once', () => {
    expect(
      faultsOf({ modules: { contacts: { tabel: 'x', addresses: [] }, x: { id: 1 } }, campaigns: {} }).length,
    ).toBeGreaterThan(5)
  })
})

it('two modules in one table may use its columns for the same', () => {
  const shared = (kind: string) => ({ ...good.modules.contacts, where: { kind }, flag: 'bad' })
  expect(faultsOf({ modules: { contacts: shared('person'), companies: shared('company') } })).toEqual([])
})
