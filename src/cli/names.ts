// Modules, ids, words and numbers as somebody types them: what cannot be one is wrong usage.

import { CursorError } from '../model/page.ts'
import { nearest } from '../model/spelling.ts'
import { idFault, isId, timeBound, timeFault } from '../model/validity.ts'
import type { Config } from '../settings/config.ts'
import { CommandError, harmless } from './terminal.ts'

/** Throws CommandError (2) with the nearest module. Faults of a mapping file are left to the caller that opens it. */
export async function checkModule(config: Config, what: 'MODULE' | '--module', name: string): Promise<void> {
  const { moduleNames, settingFaults } = await import('../backend/mapping.ts')
  const modules = await moduleNames(config)
  if (modules.includes(name) || (await settingFaults(config)).length > 0) return
  throw new CommandError(
    `${what} ${harmless(name)}: there is no such module; did you mean ${nearest(name, modules)}? There are ${modules.join(', ')}.`,
    2,
  )
}

/** Throws CommandError (2) for what no record and no campaign can be called. */
export function checkId(what: string, id: string): void {
  if (!isId(id)) throw new CommandError(`${what} ${harmless(id)}: ${idFault}`, 2)
}

/** One of `words`, undefined where none was written. Throws CommandError (2). */
export function wordOf<Word extends string>(
  option: string,
  text: string | undefined,
  words: readonly Word[],
): Word | undefined {
  if (text === undefined) return undefined
  const known = words.find(each => each === text)
  if (known === undefined)
    throw new CommandError(`${option} ${harmless(text)}: write one of ${words.join(', ')}`, 2)
  return known
}

/** Throws CommandError (2). */
export function wholeNumber(option: string, text: string, most: number): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= most) return value
  throw new CommandError(`${option} ${harmless(text)}: write a whole number from 1 to ${most}`, 2)
}

/** A bound of a span of time, undefined where none was written. Throws CommandError (2). */
export function timeOf(
  option: 'from' | 'to' | 'since' | 'until',
  text: string | undefined,
): Date | undefined {
  if (text === undefined) return undefined
  const time = timeBound(text, option === 'to' || option === 'until' ? 'to' : 'from')
  if (time === null) throw new CommandError(`--${option} ${harmless(text)}: ${timeFault}`, 2)
  return time
}

/** The page that a cursor leads to; a cursor that no list ended with is wrong usage: CommandError (2). */
export async function orWrongCursor<Page>(after: string | undefined, page: Promise<Page>): Promise<Page> {
  return page.catch((error: unknown) => {
    if (!(error instanceof CursorError)) throw error
    throw new CommandError(
      `--after ${harmless(after ?? '')}: write the cursor that an earlier list ended with`,
      2,
    )
  })
}
