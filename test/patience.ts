// How long a test waits before it calls something hung: limits are for an idle machine, and a busy one gets more.

/** Limits are multiplied by this; a passing test never waits it out. REBOUND_TEST_PATIENCE sets another factor. */
const factor = Number(process.env.REBOUND_TEST_PATIENCE ?? '6')
if (!(factor >= 1)) throw new Error('REBOUND_TEST_PATIENCE must be a number of at least 1, such as 6')

/** Milliseconds that suffice on an idle machine, as the limit on any machine. */
export const within = (idleMs: number): number => idleMs * factor
