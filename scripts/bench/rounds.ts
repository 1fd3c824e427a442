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

/** Runs both in turn and prints rates and the median of the rounds' ratios. */
export async function compare(
  what: string,
  unit: string,
  rounds: number,
  reference: { readonly name: string; readonly run: () => Promise<Round> },
  ours: { readonly name: string; readonly run: () => Promise<Round> },
): Promise<number> {
  await reference.run()
  await ours.run()
  const references: number[] = []
  const rates: number[] = []
  for (let round = 0; round < rounds; round++) {
    references.push(rate(await reference.run()))
    rates.push(rate(await ours.run()))
  }
  const ratio = median(rates.map((each, index) => each / (references[index] ?? Number.NaN)))
  const figure = (value: number): string => Math.round(value).toLocaleString('en').padStart(9)
  console.log(`  ${what}`)
  console.log(`    ${reference.name.padEnd(38)} ${figure(median(references))} ${unit}`)
  console.log(`    ${ours.name.padEnd(38)} ${figure(median(rates))} ${unit}   ×${ratio.toFixed(2)}`)
  return ratio
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
