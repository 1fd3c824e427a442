// Mails of ours cut, spliced and flipped at random: reading answers for each of them, and answers the same twice.
// `npm run fuzz` does so with hundreds of thousands; more than a few hundred here found nothing that it does not.

import { describe, expect, it } from 'vitest'
import { faultsOf } from '../../scripts/fuzz/ask.ts'
import { mutate, sequence } from '../../scripts/fuzz/mutate.ts'
import { fixtures, read, withLineEnds } from './fixtures.ts'

const mails = fixtures().map(fixture => fixture.bytes)

describe('mutated mails', () => {
  it.each([1, 2, 3])('seed %i', async seed => {
    const below = sequence(seed)
    for (let n = 0; n < 150; n++) {
      const mail = mutate(mails[below(mails.length)] ?? Buffer.alloc(0), mails, below)
      expect(await faultsOf(mail)).toEqual([])
      const report = await read(mail)
      expect(await read(mail, 1 + below(50))).toEqual(report)
    }
  })

  it('read at every cut of a report', async () => {
    const whole = mails.find(mail => mail.includes('X-Rebound-Ref')) ?? Buffer.alloc(0)
    for (let end = 0; end < whole.length; end += 7) {
      const report = await read(whole.subarray(0, end))
      expect(report).toEqual(await read(withLineEnds(whole.subarray(0, end), '\r\n')))
    }
  })
})
