// Our listener with reading and recording switched off: signed return paths are recognised, mail is read to its end,
// counted and logged, and nothing comes of it. It is the build that runs, as with users.

import { pathsOptions } from './targets.ts'

type Built<T> = Promise<T>
const built = async <T>(module: string): Built<T> =>
  (await import(new URL(`../../dist/src/${module}.js`, import.meta.url).href)) as T
const { createListener } = await built<typeof import('../../src/smtp/listener.ts')>('smtp/listener')
const { createReturnPaths } =
  await built<typeof import('../../src/return-path/codec.ts')>('return-path/codec')
const { createMetrics } = await built<typeof import('../../src/metrics/metrics.ts')>('metrics/metrics')
const { createLog } = await built<typeof import('../../src/system/log.ts')>('system/log')
const { createMemoryBudget } =
  await built<typeof import('../../src/message/memory-budget.ts')>('message/memory-budget')
const { deferrals, rejections } = await built<typeof import('../../src/smtp/replies.ts')>('smtp/replies')

const log = createLog('info')
const paths = createReturnPaths(pathsOptions())
const metrics = createMetrics({
  version: 'bench',
  vocabulary: {
    providers: [],
    rejections: Object.keys(rejections),
    deferrals: Object.keys(deferrals),
    databaseErrors: [],
    areas: [],
  },
  providerOf: () => 'other',
  onError: error => log.error({ err: error }, 'not counted'),
})
const listener = createListener(
  {
    host: '127.0.0.1',
    port: 0,
    hostName: 'bench.example',
    tls: null,
    limits: { maxConnectionsPerIp: 1000, maxConnectionsPerNetwork: 1000 },
  },
  {
    readAddress: address => paths.resolve(address, new Date(), async () => null),
    receive: async (_, { bytes }) => {
      for await (const _chunk of bytes);
      return { kind: 'accepted', recorded: [] }
    },
    roleMail: { isFull: async () => false, keep: async () => 'kept' },
    memory: createMemoryBudget(1e9),
    log,
    metrics,
  },
)
const { port } = await listener.start()
console.log(`port ${port}`)
process.on('SIGTERM', () => {
  process.exit(0)
})
