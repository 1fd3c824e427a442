// The settings in force, without secrets, and how the server is.

import type { KeyState, ListedKey } from '../model/signing-key.ts'
import { doctorPath } from './doctor.tsx'
import { forgetPath } from './forget.tsx'
import { Heading } from './layout.tsx'
import { postmasterPath } from './postmaster.tsx'
import type { Routes, Site } from './site.ts'
import { Table, type TableColumn } from './table.tsx'
import { tryPath } from './try-it.tsx'
import { webhooksPath } from './webhooks.tsx'
import { Time, visible, Words } from './words.tsx'

export const settings: Routes = (app, site, send) => {
  app.get('/settings', async (request, reply) => {
    const notReady = await site.ports.health.notReady()
    const content = (
      <>
        <Heading title="Settings and health" />
        <section class="card" aria-label="Health">
          <p>
            {notReady === null ? (
              <>
                <span class="mark good">ready</span> Mail is taken and recorded.
              </>
            ) : (
              <>
                <span class="mark hard">not ready</span> {visible(notReady)}
              </>
            )}
          </p>
          <dl>
            <dt>Version</dt>
            <dd>
              Rebound {site.version} on Node {process.versions.node}
            </dd>
            <dt>Database</dt>
            <dd>{visible(site.databaseName)}</dd>
            <dt>Modules</dt>
            <dd>{visible(site.ports.modules.join(', '))}</dd>
            <dt>For machines</dt>
            <dd>
              <a href="/metrics">/metrics</a>, <a href="/readyz">/readyz</a>,{' '}
              <a href="/openapi.json">/openapi.json</a>
            </dd>
          </dl>
        </section>
        <div class="row">
          <a class="button" href={doctorPath}>
            Ask the doctor
          </a>
          <a class="button" href={tryPath}>
            Try it
          </a>
          <a class="button" href={webhooksPath}>
            Webhooks
          </a>
          <a class="button" href={postmasterPath}>
            Mail to postmaster
          </a>
          <a class="button" href={forgetPath}>
            Forget an address
          </a>
        </div>
        <h2>Signing keys</h2>
        <Table
          label="Signing keys"
          columns={keyColumns}
          items={await site.ports.keys()}
          keyOf={({ id }) => id}
          empty="None has signed yet."
        />
        <h2>Settings in force</h2>
        <Table
          label="Settings"
          columns={columns}
          items={site.settings}
          keyOf={({ name }) => name}
          empty="There are none."
        />
      </>
    )
    return send(request, reply, { title: 'Settings', section: 'settings', content })
  })
}

const keyWords: Readonly<Record<KeyState, string>> = {
  signs: 'signs new return paths',
  verifies: 'still verifies older ones',
  missing: 'missing: paths that it signed are refused',
  expired: 'nothing that it signed is valid any more',
}

const keyColumns: readonly TableColumn<ListedKey>[] = [
  { title: 'Key', cell: ({ id }) => <code>{id}</code> },
  { title: 'What it does', kind: 'long', cell: ({ state }) => keyWords[state] },
  { title: 'First used', cell: ({ firstUsedAt }) => <Time at={firstUsedAt} none="not yet" /> },
  { title: 'Signed last', cell: ({ lastSignedAt }) => <Time at={lastSignedAt} /> },
  { title: 'Its paths are valid until', cell: ({ validUntil }) => <Time at={validUntil} /> },
]

type Setting = Site['settings'][number]

const columns: readonly TableColumn<Setting>[] = [
  { title: 'Name', cell: ({ name }) => <code>{name}</code> },
  { title: 'Value', kind: 'address', cell: ({ value }) => <Words text={value} none="not set" /> },
  { title: 'What it does', kind: 'long', cell: ({ help }) => help.replaceAll('`', '') },
]
