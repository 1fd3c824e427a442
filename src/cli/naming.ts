// Modules and ids as somebody types them: what cannot be one is wrong usage, not something that is not there.

import { moduleNames, settingFaults } from '../backend/open.ts'
import { idFault, isId } from '../model/validity.ts'
import { type Config, nearest } from '../settings/config.ts'
import { CommandError, harmless } from './terminal.ts'

/** Throws CommandError (2) with the nearest module. A mapping file that cannot be read is told by whoever opens it. */
export function checkModule(config: Config, what: 'MODULE' | '--module', name: string): void {
  const modules = moduleNames(config)
  if (modules.includes(name) || settingFaults(config).length > 0) return
  throw new CommandError(
    `${what} ${harmless(name)}: there is no such module; did you mean ${nearest(name, modules)}? There are ${modules.join(', ')}.`,
    2,
  )
}

/** Throws CommandError (2) for what no record and no campaign can be called. */
export function checkId(what: 'ID' | '--campaign', id: string): void {
  if (!isId(id)) throw new CommandError(`${what} ${harmless(id)}: ${idFault}`, 2)
}
