// One record: its flag as a checkbox, its addresses, what came back, who changed what, and undoing.

import type { VNode } from 'preact'
import { actorOf } from '../http/access.ts'
import { absent } from '../http/problem.ts'
import type { AuditRow } from '../model/audit.ts'
import type { CrmRecord, ListedRecord } from '../model/record.ts'
import { isId } from '../model/validity.ts'
import { forgetPath } from './forget.tsx'
import { Hidden, Pager, urlOf } from './forms.tsx'
import { formOf, type Given, ownPath, queryOf } from './given.ts'
import { History } from './history.tsx'
import { Heading } from './layout.tsx'
import { callerOf, type Routes, type Site } from './site.ts'
import { counted, Notice, RecordLink, recordPath, Time, visible, Words } from './words.tsx'

const historySize = 25
const auditSize = 20
const othersShown = 20

interface Named {
  readonly module: string
  readonly id: string
}

/** What was done, and of an undo how many other records got their address back with it (REBOUND_SPREAD). */
export function doneWords({ done, others = '' }: Given): string | null {
  if (done === 'reset') return 'The record is no longer flagged as bounced, and its counts start again.'
  if (done !== 'undone') return null
  const count = /^[1-9]\d{0,6}$/.test(others) ? Number(others) : 0
  const more =
    count === 0
      ? ''
      : ` ${counted(count, 'other record that lost this address with it has it back too', 'other records that lost this address with it have it back too')}.`
  return `It is undone: it has left the counts, and the address is back if it had been removed.${more}`
}

export const record: Routes = (app, site, send) => {
  const { ports } = site

  app.get<{ Params: Named }>('/records/:module/:id', async (request, reply) => {
    const { module, id } = request.params
    const given = queryOf(request)
    const found = await findRecord(site, request.params)
    const isKnown = ports.modules.includes(module) && isId(id)
    const history = isKnown
      ? await ports.records.history(module, id, { after: given.after, limit: historySize })
      : { items: [], next: null }
    if (found === null && history.items.length === 0) throw absentRecord(request.params)
    const changes = await ports.audit({ module, recordId: id, limit: auditSize })
    const others = await othersWith(site, found)
    const mayChange = !callerOf(request).isReader
    const notice = doneWords(given)
    const content = (
      <>
        <Heading title={`${visible(module)} ${visible(id)}`}>
          {site.recordUrl === null ? null : (
            <a class="button" href={linkInto(site.recordUrl, request.params)} rel="noreferrer">
              Open in the CRM
            </a>
          )}
        </Heading>
        {notice === null ? null : <Notice kind="done">{notice}</Notice>}
        {found === null ? (
          <Notice kind="hint">
            Nothing is kept of the record itself: no mail to it has bounced, or the CRM has none of this id.
            This came back for it.
          </Notice>
        ) : (
          <Information record={found} mayChange={mayChange} />
        )}
        <h2>History</h2>
        <History items={history.items} isOfOne back={mayChange ? recordPath(request.params) : undefined} />
        <Pager path={recordPath(request.params)} query={{ after: given.after }} next={history.next} />
        <Others others={others} address={addressOf(found) ?? ''} />
        <Changes changes={changes.items} />
        {mayChange ? <Erasing address={addressOf(found)} /> : null}
      </>
    )
    return send(request, reply, { title: `${visible(module)} ${visible(id)}`, section: 'records', content })
  })

  app.post<{ Params: Named }>('/records/:module/:id', async (request, reply) => {
    const { module, id } = request.params
    const form = formOf(request)
    const found = await recordIn(site, request.params)
    // The box stays as it was: there is nothing to do.
    if (form.bounced !== undefined) return reply.redirect(recordPath(found), 303)
    await ports.records.change(module, id, { emailBounced: false }, { actor: actorOf(request) })
    return reply.redirect(`${recordPath(found)}?done=reset`, 303)
  })

  const { undo } = ports
  if (undo === undefined) return
  app.post<{ Params: { id: string } }>('/events/:id/undo', async (request, reply) => {
    const { id } = request.params
    const back = ownPath(formOf(request).back, `/events/${encodeURIComponent(id)}`)
    const undone = await undo(id, { actor: actorOf(request) })
    if (undone.kind === 'absent') throw absent(`event ${id}`)
    if (undone.kind === 'undone') {
      const others = undone.others ? `${undone.others}` : undefined
      return reply.redirect(urlOf(back, { done: 'undone', others }), 303)
    }
    const content = (
      <>
        <Heading title="Not undone" />
        <Notice kind="fault">{visible(undone.why)}</Notice>
        <p>
          <a href={back}>Back</a>
        </p>
      </>
    )
    return send(request, reply, { title: 'Not undone', section: 'records', content, status: 409 })
  })
}

async function findRecord({ ports }: Site, { module, id }: Named): Promise<CrmRecord | null> {
  return ports.modules.includes(module) && isId(id) ? await ports.records.get(module, id) : null
}

async function recordIn(site: Site, named: Named): Promise<CrmRecord> {
  const found = await findRecord(site, named)
  if (found === null) throw absentRecord(named)
  return found
}

const absentRecord = ({ module, id }: Named) =>
  absent(`record ${id} in ${module}: nothing of it bounced yet, or the CRM has none`)

const addressOf = (found: CrmRecord | null): string | null => found && (found.email ?? found.bouncedAddress)

async function othersWith({ ports }: Site, found: CrmRecord | null): Promise<readonly ListedRecord[]> {
  const address = addressOf(found)
  if (found === null || address === null || ports.recordList === undefined) return []
  const { items } = await ports.recordList({ address, limit: othersShown + 2 })
  return items.filter(item => item.module !== found.module || item.id !== found.id)
}

function linkInto(template: string, { module, id }: Named): string {
  return template
    .replaceAll('{module}', encodeURIComponent(module))
    .replaceAll('{id}', encodeURIComponent(id))
}

function Information({
  record,
  mayChange,
}: {
  readonly record: CrmRecord
  readonly mayChange: boolean
}): VNode {
  const canReset = mayChange && (record.emailBounced || record.hardBounces + record.softBounces > 0)
  return (
    <section class="card" aria-labelledby="information">
      <h2 id="information">Bounce information</h2>
      <form method="post" action={recordPath(record)} class="flag">
        <Hidden values={{ was: record.emailBounced ? 'yes' : undefined }} />
        <label>
          <input
            type="checkbox"
            name="bounced"
            value="yes"
            checked={record.emailBounced}
            disabled={!canReset}
          />
          E-mail bounced
        </label>
        {canReset ? (
          <>
            <button type="submit">Save</button>
            <small class="faint">
              Uncheck and save, and mail may be sent again: the counts below start anew.
            </small>
          </>
        ) : null}
      </form>
      <dl>
        <dt>E-mail</dt>
        <dd>
          <Words text={record.email} none="none" />
        </dd>
        <dt>Bounced address</dt>
        <dd>
          <Words text={record.bouncedAddress} none="none" />
        </dd>
        <dt>Hard bounces</dt>
        <dd>{record.hardBounces}</dd>
        <dt>Soft bounces</dt>
        <dd>{record.softBounces}</dd>
        <dt>Last bounce</dt>
        <dd>
          <Time at={record.lastBounceAt} none="never" />
        </dd>
        <dt>Counted since</dt>
        <dd>
          <Time at={record.resetAt} none="the beginning" />
        </dd>
        <dt>Spam complaints</dt>
        <dd>
          {record.complaints}
          {record.lastComplaintAt === null ? null : (
            <>
              , the last <Time at={record.lastComplaintAt} />
            </>
          )}
        </dd>
        <dt>Seen alive</dt>
        <dd>
          <Time at={record.aliveAt} none="–" />
        </dd>
      </dl>
    </section>
  )
}

function Others(props: { readonly others: readonly ListedRecord[]; readonly address: string }): VNode | null {
  const { others, address } = props
  if (others.length === 0) return null
  return (
    <>
      <h2>Other records with this address</h2>
      <ul>
        {others.slice(0, othersShown).map(other => (
          <li key={`${other.module} ${other.id}`}>
            <RecordLink module={other.module} id={other.id} />
            {other.emailBounced ? ', flagged as bounced' : ''}
          </li>
        ))}
      </ul>
      {others.length > othersShown ? (
        <p>
          <a href={urlOf('/records', { address, flag: 'all' })}>All of them</a>
        </p>
      ) : null}
    </>
  )
}

function Erasing({ address }: { readonly address: string | null }): VNode | null {
  if (address === null) return null
  return (
    <p>
      <a href={urlOf(forgetPath, { address })}>Erase this address everywhere…</a>{' '}
      <small class="faint">As its owner may ask for. It is counted first.</small>
    </p>
  )
}

const actionWords: Readonly<Record<string, string>> = {
  reset: 'reset the record',
  undo: 'undid a bounce',
  promote: 'made it hard after repeated soft bounces',
  share: 'took the address from this record, too',
  hold: 'gave the address back until an incident is decided',
  'apply-held': 'removed the address after all',
  forget: 'erased the address',
  alive: 'said that the address works',
}

function Changes({ changes }: { readonly changes: readonly AuditRow[] }): VNode {
  return (
    <>
      <h2>Who changed what</h2>
      {changes.length === 0 ? (
        <p class="empty">Nobody changed anything by hand.</p>
      ) : (
        <ul class="changes">
          {changes.map(change => (
            <li key={change.id}>
              <Time at={change.at} /> – <Words text={change.actor} />{' '}
              {actionWords[change.action] ?? change.action}
              {change.bounceId === null ? null : (
                <>
                  {' '}
                  (<a href={`/events/${change.bounceId}`}>event {change.bounceId}</a>)
                </>
              )}
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
