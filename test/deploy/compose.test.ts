// compose.yaml without a container engine: what the Compose Specification says of it, and whether its parts name each other.
// Grafana itself is started by no test.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from '../end-to-end/server.ts'
import { compose, mountsOf, readYaml } from './compose-file.ts'
import { dashboard } from './dashboard.ts'

const text = readFileSync(join(root, 'compose.yaml'), 'utf8')
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rebound-compose-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What is wrong with a compose file. Port 25 is for the whole world. */
function faultsOf(file: string): string {
  const words = [file, '--quiet', '--disable-rule', 'no-unbound-port-interfaces']
  const { stdout, stderr, status } = spawnSync(join(root, 'node_modules/.bin/dclint'), words, {
    encoding: 'utf8',
  })
  return status === 0 ? '' : `${stdout}${stderr}`
}

describe('the schema of the Compose Specification', () => {
  test('knows everything in the file', () => expect(faultsOf(join(root, 'compose.yaml'))).toBe(''))

  test.each([
    ['a misspelled key', text.replace('read_only:', 'read_onyl:'), /invalid-schema/],
    ['a volume of the wrong type', text.replace('- rebound:/data', '- 7'), /invalid-schema/],
    ['a port exported twice', text.replace("'127.0.0.1:9090:9090'", "'127.0.0.1:3000:9090'"), /exported/],
  ])('%s is noticed', (name, broken, fault) => {
    const file = join(folder, `${name.replaceAll(' ', '-')}.yaml`)
    writeFileSync(file, broken)
    expect(faultsOf(file)).toMatch(fault)
  })
})

test('every volume and every secret that a service uses is declared', () => {
  for (const [name, service] of Object.entries(compose.services)) {
    const volumes = mountsOf(name).flatMap(({ from, isFile }) => (isFile ? [] : [from]))
    for (const volume of volumes) expect(Object.keys(compose.volumes)).toContain(volume)
    for (const secret of service.secrets ?? []) expect(Object.keys(compose.secrets)).toContain(secret)
  }
})

describe('the profile monitoring', () => {
  const isMonitoring = ({ profiles = [] }: { readonly profiles?: readonly string[] }) =>
    profiles.includes('monitoring')

  test('is Prometheus and Grafana, each on loopback alone', () => {
    const services = Object.entries(compose.services).filter(([, service]) => isMonitoring(service))
    expect(services.map(([name]) => name)).toEqual(['prometheus', 'grafana'])
    for (const [, { ports = [] }] of services)
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/)
  })

  test('Prometheus scrapes the service and its port, with the token, by the rules that are mounted', () => {
    const config = readYaml('deploy/prometheus/prometheus.yml') as {
      readonly rule_files: readonly string[]
      readonly scrape_configs: readonly {
        readonly static_configs: readonly { readonly targets: readonly string[] }[]
        readonly authorization: { readonly credentials_file: string }
      }[]
    }
    const mounted = mountsOf('prometheus').map(({ to }) => to)
    expect(mounted).toContain('/etc/prometheus/prometheus.yml')
    for (const rules of config.rule_files) expect(mounted).toContain(rules)
    const [scrape] = config.scrape_configs
    const [host, port] = scrape?.static_configs[0]?.targets[0]?.split(':') ?? []
    expect(Object.keys(compose.services)).toContain(host)
    expect(compose.services[host ?? '']?.ports?.join()).toContain(`:-${port}}`)
    const [secret = ''] = compose.services.prometheus?.secrets ?? []
    expect(scrape?.authorization.credentials_file).toBe(`/run/secrets/${secret}`)
    expect(compose.secrets[secret]?.environment).toBe('REBOUND_API_TOKEN')
  })

  test('Grafana finds its source and the dashboard where they are mounted', () => {
    const folderOf = (kind: string): string => `deploy/grafana/provisioning/${kind}`
    expect(mountsOf('grafana')).toContainEqual({
      from: 'deploy/grafana/provisioning',
      to: '/etc/grafana/provisioning',
      isFile: true,
    })
    const { datasources } = readYaml(`${folderOf('datasources')}/prometheus.yml`) as {
      readonly datasources: readonly { readonly type: string; readonly url: string }[]
    }
    expect(datasources).toMatchObject([{ type: 'prometheus', isDefault: true }])
    const { hostname, port } = new URL(datasources[0]?.url ?? '')
    expect(compose.services[hostname]?.ports?.join()).toContain(`:${port}`)
    const { providers } = readYaml(`${folderOf('dashboards')}/rebound.yml`) as {
      readonly providers: readonly { readonly options: { readonly path: string } }[]
    }
    const dashboards = mountsOf('grafana').filter(({ from }) => from === 'deploy/grafana/rebound.json')
    expect(dashboards.map(({ to }) => dirname(to))).toEqual([providers[0]?.options.path])
    // It chooses a source of this type by itself; its panels name the variable.
    expect(dashboard.templating.list[0]).toMatchObject({ name: 'datasource', query: 'prometheus' })
  })
})
