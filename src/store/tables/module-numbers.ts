// Which modules are in the CRM's own tables, and their numbers in return paths: a bounce must never find the record of
// another module.

import type { ModuleNumber } from '../../crm/mapping.ts'
import { dayMs } from '../../model/day.ts'
import { failureOf, persist } from '../database/failures.ts'
import type { Store } from '../database/open.ts'
import { type ModuleRow, rowsOf } from '../database/tables.ts'

export interface Registered {
  /** Numbers that paths under way carry for another module, `was`. Nothing is written when there are any. */
  readonly clashes: readonly (ModuleNumber & { readonly was: string })[]
  /** The modules that had a number before, as far as the database knows. */
  readonly earlier: readonly ModuleNumber[]
}

/**
 * Writes down the numbers of the mapping file's modules. A number is free again once every path that carries it has
 * expired, counted from the first start without its module.
 * @param keepDays how long a path is accepted after its day of issue
 * @param retires does what is missing here count as retired from now on?
 * @param writes false: only look; true unless told
 */
export async function registerModules(
  store: Store,
  modules: readonly ModuleNumber[],
  options: {
    readonly now: Date
    readonly keepDays: number
    readonly retires: boolean
    readonly writes?: boolean
  },
): Promise<Registered> {
  return await persist(async () => {
    const now = options.now.getTime()
    const table = () => rowsOf(store, 'rebound_modules')
    const earlier = await table().select('number', 'module', 'retired_at')
    const isFree = ({ retired_at }: ModuleRow): boolean =>
      retired_at !== null && Number(retired_at) <= now - (options.keepDays + 1) * dayMs
    const clashes = modules.flatMap(({ number, module }) => {
      const known = earlier.find(row => row.number === number)
      return known && known.module !== module && !isFree(known) ? [{ number, module, was: known.module }] : []
    })
    if (clashes.length > 0 || options.writes === false) return { clashes, earlier }
    for (const { number, module } of modules) {
      const known = earlier.find(row => row.number === number)
      if (!known) await insert(store, { number, module })
      else if (known.module !== module || known.retired_at !== null)
        await table().where({ number }).update({ module, retired_at: null })
    }
    const gone = earlier.filter(
      row => row.retired_at === null && !modules.some(({ number }) => number === row.number),
    )
    if (options.retires)
      for (const { number } of gone)
        await table().where({ number }).whereNull('retired_at').update({ retired_at: now })
    return { clashes, earlier }
  })
}

async function insert(store: Store, { number, module }: ModuleNumber): Promise<void> {
  try {
    await rowsOf(store, 'rebound_modules').insert({ number, module })
  } catch (error) {
    // Another process starts with the same file.
    if (failureOf(error) !== 'duplicate') throw error
  }
}
