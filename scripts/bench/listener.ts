// What SMTP alone costs: our listener with nothing behind it beside a bare smtp-server, in short rounds by turns. Both
// get the same mail at the same rate, half of what ours takes: at full speed the one with the faster server has the
// busier clients, and what wakes a client up is counted against its server.

import { median } from './rounds.ts'
import { round, startLoad } from './server.ts'
import { mintedAddresses, startListener, startSink } from './targets.ts'

const rounds = 5
const messages = 4_000
const warmUp = 6_000
const order = { connections: 20, startTls: false }

/** Prints CPU a message of both and the median of the rounds' ratios. */
export async function benchListener(): Promise<void> {
  const addresses = mintedAddresses(warmUp + rounds * messages)
  const load = await startLoad()
  const sink = { target: await startSink(addresses), sent: 0 }
  const ours = { target: await startListener(addresses), sent: 0 }
  const cost = async (of: typeof sink, rate: number): Promise<number> => {
    const before = of.target.child.cpuSeconds()
    await round(load, of, { ...order, messages, rate })
    return ((of.target.child.cpuSeconds() - before) / messages) * 1e6
  }
  try {
    await round(load, sink, { ...order, messages: warmUp, rate: null })
    const { seconds } = await round(load, ours, { ...order, messages: warmUp, rate: null })
    const rate = warmUp / seconds / 2
    const costs: { readonly sink: number; readonly ours: number }[] = []
    for (let at = 0; at < rounds; at++)
      costs.push({ sink: await cost(sink, rate), ours: await cost(ours, rate) })
    const ratio = median(costs.map(each => each.sink / each.ours))
    console.log(
      `  at ${Math.round(rate)} a second: bare smtp-server ${Math.round(median(costs.map(each => each.sink)))} µs of CPU a message, our listener alone ${Math.round(median(costs.map(each => each.ours)))} µs: ×${ratio.toFixed(2)} of the sink`,
    )
  } finally {
    await load.stop()
    await sink.target.stop()
    await ours.target.stop()
  }
}
