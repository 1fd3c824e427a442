// Incidents: signs of a fault on our own side, the removals that wait for them, and what a person decides.

import type { FastifyRequest } from 'fastify'
import type { VNode } from 'preact'
import { actorOf } from '../http/access.ts'
import { absent, HttpProblem } from '../http/problem.ts'
import type { BounceQuery } from '../model/bounces.ts'
import { type Incident, type IncidentDecision, incidentDecisions } from '../model/incident.ts'
import { unprintable } from '../model/validity.ts'
import { Field, Pager } from './forms.tsx'
import { formOf, queryOf, wordIn } from './given.ts'
import { History } from './history.tsx'
import { Heading } from './layout.tsx'
import { callerOf, type Routes, type Site } from './site.ts'
import { Table, type TableColumn } from './table.tsx'
import { counted, Notice, Time, visible, Words } from './words.tsx'

const signWords = {
  host: 'One host refuses everybody',
  campaign: 'Too much of a campaign comes back hard',
  provider: 'A provider blocks far more than usual',
} as const

const decisionWords: Readonly<Record<IncidentDecision, string>> = {
  apply: 'removals were made',
  drop: 'bounces were undone',
}

/** Events shown of one incident at a time. */
const shown = 25

export const incidents: Routes = (app, site, send) => {
  const { incidents: held } = site.ports
  if (held === undefined) return

  app.get('/incidents', async (request, reply) => {
    const all = queryOf(request).all === 'yes'
    const content = (
      <>
        <Heading title="Incidents">
          <a class="button" href="/incidents/undo">
            Undo many bounces…
          </a>
        </Heading>
        <p>
          While bounces tell of a fault on the sending side, records are flagged and no address is removed.
          The removals wait here for a person.
        </p>
        <nav class="views" aria-label="Views">
          <a href="/incidents" {...(all ? {} : { 'aria-current': 'page' as const })}>
            Open
          </a>
          <a href="/incidents?all=yes" {...(all ? { 'aria-current': 'page' as const } : {})}>
            All
          </a>
        </nav>
        <Table
          label="Incidents"
          columns={columns}
          items={await held.list({ all })}
          keyOf={({ id }) => id}
          empty={all ? 'There was none.' : 'There is none: no address waits to be removed.'}
        />
      </>
    )
    return send(request, reply, { title: 'Incidents', section: 'incidents', content })
  })

  app.get<{ Params: { id: string } }>('/incidents/:id', async (request, reply) => {
    const incident = await incidentOf(site, request.params.id)
    const given = queryOf(request)
    const { items, next } = await site.ports.bounces.newest({
      ...eventsOf(incident),
      after: given.after,
      limit: shown,
    })
    const path = `/incidents/${encodeURIComponent(incident.id)}`
    const mayDecide = !callerOf(request).isReader && incident.held > 0 && incident.decision === null
    const content = (
      <>
        <Heading title={`Incident ${incident.id}`} />
        {given.done === undefined ? null : (
          <Notice kind="done">{outcomeWords(given.done, given.kept)}</Notice>
        )}
        <Facts incident={incident} />
        {mayDecide ? <Decide incident={incident} /> : null}
        <h2>Its bounces</h2>
        <p class="faint">
          Those whose removal it held, and what has become of them. Undone is what was on our side; removed is
          an address that was dead.
        </p>
        <History items={items} empty="None of its bounces is stored any more." />
        {items.length < shown && next !== null ? (
          <Notice kind="hint">Only a part was searched so far: the next page looks further back.</Notice>
        ) : null}
        <Pager path={path} query={{ after: given.after }} next={next} />
      </>
    )
    return send(request, reply, { title: `Incident ${incident.id}`, section: 'incidents', content })
  })

  app.post<{ Params: { id: string } }>('/incidents/:id', async (request, reply) => {
    const { id } = request.params
    const { decision, reason } = decisionIn(request)
    const decided = await held.decide(id, decision, { actor: actorOf(request), reason })
    if (decided.kind === 'absent') throw absent(`incident ${id}`)
    if (decided.kind === 'conflict') throw new HttpProblem(409, decided.why)
    const path = `/incidents/${encodeURIComponent(id)}?done=${decided.done}&kept=${decided.kept}`
    return reply.redirect(path, 303)
  })
}

function decisionIn(request: FastifyRequest): {
  readonly decision: IncidentDecision
  readonly reason: string
} {
  const { decision: word, reason = '' } = formOf(request)
  const decision = wordIn(word, incidentDecisions)
  const isReason = reason.trim() !== '' && [...reason].length <= 500 && !unprintable.test(reason)
  if (decision === undefined || !isReason)
    throw new HttpProblem(400, 'Choose what to do, and say why in one line of at most 500 characters.')
  return { decision, reason: reason.trim() }
}

/** So far before its beginning and after its end an incident may hold events. */
const reachMs = 3_600_000

/** Its events; the span of time makes them soon found. */
function eventsOf({ id, openedAt, endedAt }: Incident): Omit<BounceQuery, 'after' | 'limit'> {
  return {
    incidentId: id,
    kind: 'bounce',
    from: new Date(openedAt.getTime() - reachMs),
    to: endedAt === null ? undefined : new Date(endedAt.getTime() + reachMs),
  }
}

async function incidentOf({ ports }: Site, id: string): Promise<Incident> {
  const found = (await ports.incidents?.get(id)) ?? null
  if (found === null) throw absent(`incident ${id}`)
  return found
}

function outcomeWords(done: string, kept = '0'): string {
  const count = (text: string): number => (/^\d{1,7}$/.test(text) ? Number(text) : 0)
  const rest = count(kept) === 0 ? '' : ` ${count(kept)} are left: their record has another address by now.`
  return `Done for ${counted(count(done), 'bounce')}.${rest}`
}

const columns: readonly TableColumn<Incident>[] = [
  {
    title: 'Incident',
    kind: 'address',
    cell: incident => (
      <a href={`/incidents/${encodeURIComponent(incident.id)}`}>
        {signWords[incident.sign]}: <Words text={incident.subject} />
      </a>
    ),
  },
  { title: 'Since', cell: ({ openedAt }) => <Time at={openedAt} /> },
  { title: 'Last seen', cell: ({ lastSignAt }) => <Time at={lastSignAt} /> },
  { title: 'Over', cell: ({ endedAt }) => <Time at={endedAt} none="not yet" /> },
  { title: 'Records', kind: 'number', cell: ({ records }) => records.toLocaleString('en') },
  { title: 'Held', kind: 'number', cell: ({ held }) => held.toLocaleString('en') },
  {
    title: 'Decided',
    cell: ({ decision }) => (decision === null ? <span class="none">not yet</span> : decisionWords[decision]),
  },
]

function Facts({ incident }: { readonly incident: Incident }): VNode {
  return (
    <section class="card" aria-label="What happened">
      <p>
        <strong>{signWords[incident.sign]}</strong>: <Words text={incident.subject} />
      </p>
      <dl>
        <dt>Since</dt>
        <dd>
          <Time at={incident.openedAt} />
        </dd>
        <dt>Last seen</dt>
        <dd>
          <Time at={incident.lastSignAt} />
        </dd>
        <dt>Over</dt>
        <dd>
          <Time at={incident.endedAt} none="not yet" />
        </dd>
        <dt>Seen at</dt>
        <dd>
          {incident.records.toLocaleString('en')} records at {incident.domains.toLocaleString('en')} domains
        </dd>
        <dt>Removals that wait</dt>
        <dd>{incident.held.toLocaleString('en')}</dd>
        {incident.decision === null ? null : (
          <>
            <dt>Decided</dt>
            <dd>
              {decisionWords[incident.decision]}, by {visible(incident.decidedBy ?? '')}:{' '}
              <Words text={incident.reason} />
            </dd>
          </>
        )}
      </dl>
    </section>
  )
}

function Decide({ incident }: { readonly incident: Incident }): VNode {
  return (
    <>
      <h2>Decide</h2>
      <form method="post" action={`/incidents/${encodeURIComponent(incident.id)}`} class="stack card">
        <Field label="Why" name="reason" required maxLength={500} hint="It stands in the audit." />
        <div class="row">
          <button type="submit" name="decision" value="drop" class="main">
            Undo {counted(incident.held, 'bounce')}
          </button>
          <button type="submit" name="decision" value="apply" class="danger">
            Remove {counted(incident.held, 'address', 'addresses')}
          </button>
        </div>
        <small class="faint">
          Undo if the fault was on our side. Remove if the addresses are dead; the same is no sign for a day
          then.
        </small>
      </form>
    </>
  )
}
