// The cost fuzz in short: whatever a stranger repeats, by the byte it costs no many times what an ordinary report does.
// Processor time of one process, the least of several tries, and a wide margin: a busy machine does not fail it.

import { beforeAll, describe, expect, it } from 'vitest'
import { costOf, ordinaryCost } from '../../scripts/fuzz/cost.ts'
import { places, repeated, units } from '../../scripts/fuzz/shapes.ts'
import { within } from '../patience.ts'

const BYTES = 30_000
/** The fuzz asks for 5. Every fault it was made for was beyond 27. */
const MAX_RATIO = 25
const TRIES = 8

let perByte = 0
beforeAll(async () => {
  perByte = await ordinaryCost(5)
})

const searched = [
  'a notice',
  'a notice in HTML',
  'Base64 by name',
  'a multibyte charset',
  'a status part',
  'many diagnostics',
  'fields of addresses',
  'a header',
  'heads of parts',
  'a multipart',
] as const

describe.each(searched)('repeated in %s', place => {
  it('nothing costs much more than an ordinary report', { timeout: within(60_000) }, async () => {
    const put = places[place] ?? (text => text)
    const dear: string[] = []
    for (const [name, unit] of Object.entries(units)) {
      const bytes = Buffer.from(put(repeated(unit, BYTES)), 'latin1')
      const maxMs = MAX_RATIO * perByte * bytes.length
      let least = Number.POSITIVE_INFINITY
      for (let n = 0; n < TRIES && least > maxMs; n++) least = Math.min(least, (await costOf(bytes)).cpuMs)
      if (least > maxMs) dear.push(`${name}: ${Math.round(least / perByte / bytes.length)} times`)
    }
    expect(dear).toEqual([])
  })
})
