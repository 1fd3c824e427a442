// The soak in short: every attack against a running server, and innocent mail beside each is accepted.

import { expect, it } from 'vitest'
import { attacks } from '../../scripts/soak/attacks.ts'
import { runSoak } from '../../scripts/soak/run.ts'
import { within } from '../patience.ts'

it(
  'innocent mail is accepted beside every attack, within a heap of 512 MB',
  async () => {
    const { control, soaked, peakMegabytes } = await runSoak({
      scale: 0.005,
      only: '',
      innocentMails: 3,
      onSoaked: () => {},
    })
    expect(control.refusals).toEqual([])
    expect(soaked.map(({ name }) => name)).toEqual(attacks.map(({ name }) => name))
    for (const { name, innocent, attempts } of soaked) {
      expect([name, innocent.refusals]).toEqual([name, []])
      expect(innocent.accepted).toBeGreaterThanOrEqual(3)
      expect(attempts).toBeGreaterThan(0)
    }
    expect(peakMegabytes ?? 0).toBeLessThan(400)
  },
  within(120_000),
)
