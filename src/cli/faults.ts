// What stops a start, as one text for the person who started it.

/** All faults of a start in one text. */
export function startFaults(faults: readonly string[]): string {
  const one = faults.length === 1
  return `Rebound cannot start: ${one ? 'one thing' : `${faults.length} things`} to mend\n${faults.map(fault => `  ${fault}`).join('\n')}`
}
