// Return paths of an example CRM: the one place in these tests that knows how they are set up.

import { createReturnPaths, type ReturnPathOptions, type ReturnPaths } from '../../src/return-path/codec.ts'
import { signingKeys } from '../../src/return-path/keys.ts'

export const secret = 'an example secret of forty-three characters'
export const otherSecret = 'another example secret, longer than 32 bytes'
export const noon = new Date('2026-03-14T12:00:00Z')
export const domain = 'bounces.crm.example'

/** Signed paths under `secret`, sixty days, three modules, whatever else is given. */
export function paths(changes: Partial<ReturnPathOptions> = {}): ReturnPaths {
  return createReturnPaths({
    keys: signingKeys([secret]),
    domains: [domain, 'Rücklauf.example'],
    days: 60,
    modules: ['contacts', 'companies', 'leads'],
    inbox: 'returns',
    unsigned: 'reject',
    legacy: [],
    ...changes,
  })
}

/** Mints or fails; `contacts`, no campaign, no mail, to ana@example.org unless given. */
export function minted(
  id: string,
  item: { module?: string; campaign?: number; mail?: string; to?: string } = {},
  { by = paths(), at = noon }: { by?: ReturnPaths; at?: Date } = {},
): string {
  const { module = 'contacts', campaign = null, mail = null, to = 'ana@example.org' } = item
  const result = by.mint({ module, id, campaign, mail, to }, at)
  if (result.kind === 'too-long') throw new Error(`${id} does not fit`)
  return result.address
}

export function localOf(address: string): string {
  return address.slice(0, address.lastIndexOf('@'))
}

/** One id of every packing, its shortest and longest included. */
export const sampleIds = [
  '0',
  '42',
  '255',
  '256',
  '2147483648',
  '9007199254740993',
  '18446744073709551615',
  '007',
  '18446744073709551616',
  '3f2504e0-4f89-11d3-9a0c-0305e82c3301',
  '00000000-0000-0000-0000-000000000000',
  '00000000000000000',
  '5f1a2b3c4d5e6f7a8',
  '5f1a2b3c4d5e6f7a8z',
  '5f1a2b3c4d5e6f7a8zy',
  'zzzzzzzzzzzzzzzzzzzz',
  'x',
  'Ünï-7',
  '0015g00000XyZAbA',
] as const
