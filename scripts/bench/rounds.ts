// Alternating rounds of a reference and of ours, and the medians of what they reached.

export interface Round {
  /** Things done. */
  readonly done: number
  readonly seconds: number
}

export const rate = ({ done, seconds }: Round): number => done / seconds

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

export interface Side {
  readonly name: string
  readonly run: () => Promise<Round>
}

/** Runs all in turn and prints rates and, beside the reference, the median of the rounds' ratios. */
export async function compare(
  what: string,
  unit: string,
  rounds: number,
  reference: Side,
  ...others: readonly Side[]
): Promise<void> {
  const sides = [reference, ...others].map(side => ({ ...side, rates: [] as number[] }))
  for (const { run } of sides) await run()
  for (let round = 0; round < rounds; round++)
    for (const { run, rates } of sides) rates.push(rate(await run()))
  const figure = (value: number): string => Math.round(value).toLocaleString('en').padStart(9)
  console.log(`  ${what}`)
  for (const [index, { name, rates }] of sides.entries()) {
    const ratios = rates.map((each, at) => each / (sides[0]?.rates[at] ?? Number.NaN))
    const ratio = index === 0 ? '' : `   ×${median(ratios).toFixed(2)}`
    console.log(`    ${name.padEnd(38)} ${figure(median(rates))} ${unit}${ratio}`)
  }
}

/** One pass over all inputs, repeated until at least `minSeconds` have gone by. */
export async function timed<T>(
  inputs: readonly T[],
  work: (input: T) => Promise<unknown> | unknown,
  minSeconds = 0.5,
): Promise<Round> {
  const started = performance.now()
  let done = 0
  do {
    for (const input of inputs) await work(input)
    done += inputs.length
  } while (performance.now() - started < minSeconds * 1000)
  return { done, seconds: (performance.now() - started) / 1000 }
}
