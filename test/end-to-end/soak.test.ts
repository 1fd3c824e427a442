// The soak in short: every attack against a running server, and innocent mail beside each is accepted.

import { expect, it } from 'vitest'
import { attacks } from '../../scripts/soak/attacks.ts'
import { harmOf, runSoak } from '../../scripts/soak/run.ts'
import { within } from '../patience.ts'

it(
  'innocent mail is accepted beside every attack, within a heap of 512 MB',
  async () => {
    const { control, soaked } = await runSoak({
      scale: 0.005,
      only: '',
      innocentMails: 3,
      onSoaked: () => {},
    })
    expect(control.refusals).toEqual([])
    expect(soaked.map(({ name }) => name).sort()).toEqual(attacks.map(({ name }) => name).sort())
    for (const each of soaked) {
      const { name, innocent, attempts } = each
      expect([name, harmOf({ ...each, maxMegabytes: 400 })]).toEqual([name, []])
      expect(innocent.accepted).toBeGreaterThanOrEqual(3)
      expect(attempts).toBeGreaterThan(0)
    }
  },
  within(120_000),
)
