// A real Prometheus for a test: on a free port of loopback, with storage of its own.

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { within } from '../patience.ts'

export interface Sample {
  readonly metric: Readonly<Record<string, string>>
  readonly value: number
}

export interface Prometheus {
  /** Asks now; rejects with its words for a query that it does not accept. */
  readonly query: (promql: string) => Promise<readonly Sample[]>
  /** Asks until there is an answer that pleases. */
  readonly until: (
    promql: string,
    pleases: (samples: readonly Sample[]) => boolean,
  ) => Promise<readonly Sample[]>
  readonly rules: () => Promise<readonly Rule[]>
  readonly close: () => Promise<void>
}

export interface Rule {
  readonly name: string
  /** `ok`, `err`, or `unknown` before its first evaluation. */
  readonly health: string
  /** Of alerts: `inactive`, `pending` or `firing`. */
  readonly state?: string
}

const pollMs = 200

/**
 * Starts it with a configuration in YAML.
 * @param files further files beside the configuration, by name
 */
export async function startPrometheus(
  config: string,
  files: Readonly<Record<string, string>> = {},
): Promise<Prometheus> {
  const directory = mkdtempSync(join(tmpdir(), 'rebound-prometheus-'))
  for (const [name, text] of Object.entries({ ...files, 'prometheus.yml': config }))
    writeFileSync(join(directory, name), text)
  return await prometheusIn(directory, { configFile: join(directory, 'prometheus.yml') })
}

/**
 * Starts it in a folder, which is removed in the end.
 * @param before words before its command, such as those that mount something for it alone
 */
export async function prometheusIn(
  directory: string,
  { configFile, before = ['env'] }: { readonly configFile: string; readonly before?: readonly string[] },
): Promise<Prometheus> {
  const [program = 'env', ...words] = before
  const child = spawn(
    program,
    [
      ...words,
      'prometheus',
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      '--web.listen-address=127.0.0.1:0',
    ],
    { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const exited = new Promise<void>(done => child.once('exit', () => done()))
  let said = ''
  const url = await new Promise<string>((found, failed) => {
    child.stderr.on('data', chunk => {
      said += String(chunk)
      const port = /"?Listening on"? address=127\.0\.0\.1:(\d+)/.exec(said)?.[1]
      if (port !== undefined && said.includes('Server is ready')) found(`http://127.0.0.1:${port}`)
    })
    child.once('error', failed)
    void exited.then(() => failed(new Error(`Prometheus did not start:\n${said}`)))
  })
  const query: Prometheus['query'] = async promql => {
    const response = await fetch(`${url}/api/v1/query`, {
      method: 'POST',
      body: new URLSearchParams({ query: promql }),
    })
    const answer = (await response.json()) as {
      readonly error?: string
      readonly data?: {
        readonly resultType: string
        readonly result: readonly { metric: Record<string, string>; value: [number, string] }[]
      }
    }
    if (answer.data === undefined) throw new Error(`${promql}: ${answer.error}`)
    return answer.data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }))
  }
  return {
    query,
    until: async (promql, pleases) => {
      const deadline = Date.now() + within(30_000)
      for (;;) {
        const samples = await query(promql)
        if (pleases(samples)) return samples
        if (Date.now() > deadline) throw new Error(`${promql} answers ${JSON.stringify(samples)}`)
        await pause(pollMs)
      }
    },
    rules: async () => {
      const answer = (await (await fetch(`${url}/api/v1/rules`)).json()) as {
        readonly data: { readonly groups: readonly { readonly rules: readonly Rule[] }[] }
      }
      return answer.data.groups.flatMap(({ rules }) => rules)
    },
    close: async () => {
      child.kill('SIGTERM')
      await exited
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
