// What stops a start, as one text for the person who started it.

/** All faults of a start in one text. */
export function startFaults(faults: readonly string[]): string {
  const count = faults.length === 1 ? '1 problem' : `${faults.length} problems`
  return `Rebound cannot start: ${count}\n${faults.map(fault => `  ${fault}`).join('\n')}`
}
