// What came back, the newest first, and one event with the way to its verdict.

import type { VNode } from 'preact'
import { absent } from '../http/problem.ts'
import type { Advice } from '../model/categories.ts'
import type { StoredBounce } from '../model/stored-bounce.ts'
import { unprintable } from '../model/validity.ts'
import type { StoredExplanation } from '../model/verdict.ts'
import { conditionsIn, Filter, filterFaults, filterNames } from './event-filters.tsx'
import { Faults } from './filter-faults.tsx'
import { Act, Pager, urlOf } from './forms.tsx'
import { queryOf } from './given.ts'
import { canUndo, effectIn, History, kindIn } from './history.tsx'
import { Ladder } from './ladder.tsx'
import { Heading } from './layout.tsx'
import { type BuiltIn, Views } from './saved-views.tsx'
import { callerOf, type Routes } from './site.ts'
import { tryPath } from './try-it.tsx'
import { CampaignLink, Cause, Lines, Notice, RecordLink, Time, TypeMark, Words } from './words.tsx'

const path = '/events'
const pageSize = 50

const builtIn: readonly BuiltIn[] = [
  { title: 'All', filters: {} },
  { title: 'Bounces', filters: { kind: 'bounce' } },
  { title: 'Complaints', filters: { kind: 'complaint' } },
]

export const events: Routes = (app, site, send) => {
  const { ports } = site

  app.get(path, async (request, reply) => {
    const given = queryOf(request)
    const filters = Object.fromEntries(filterNames.map(name => [name, given[name]]))
    const providers = [...ports.providers.keys()]
    const faults = filterFaults(given, providers)
    const filter = (
      <>
        <Views
          list="events"
          filters={filters}
          builtIn={builtIn}
          saved={await ports.views.list('events')}
          maySave={faults.length === 0 && !callerOf(request).isReader}
        />
        <Filter path={path} filters={filters} providers={providers} />
      </>
    )
    if (faults.length > 0) {
      const content = (
        <>
          <Heading title="Events" />
          {filter}
          <Faults faults={faults} />
        </>
      )
      return send(request, reply, { title: 'Events', section: 'events', content, status: 400 })
    }
    const query = { ...conditionsIn(given, ports.providers), after: given.after, limit: pageSize }
    const { items, next } = await ports.bounces.newest(query)
    const content = (
      <>
        <Heading title="Events">
          <a class="button" href={urlOf('/v1/bounces', { ...filters, order: 'newest', format: 'csv' })}>
            CSV
          </a>
        </Heading>
        {filter}
        <History items={items} />
        {items.length < pageSize && next !== null ? (
          <Notice kind="hint">Only a part was searched so far: the next page looks further back.</Notice>
        ) : null}
        <Pager path={path} query={{ ...filters, after: given.after }} next={next} />
      </>
    )
    return send(request, reply, { title: 'Events', section: 'events', content })
  })

  app.get<{ Params: { id: string } }>('/events/:id', async (request, reply) => {
    const { id } = request.params
    const event = await ports.bounces.get(id)
    if (event === null) throw absent(`event ${id}`)
    const explained = await ports.explain(event)
    const { done } = queryOf(request)
    const mayChange = !callerOf(request).isReader
    const content = (
      <>
        <Heading title={`Event ${event.id}`}>
          {mayChange && canUndo(event) ? (
            <Act action={`${path}/${event.id}/undo`} class="danger">
              Undo
            </Act>
          ) : null}
        </Heading>
        {done?.startsWith('undone') ? <Notice kind="done">It is undone.</Notice> : null}
        {done === 'tried' ? (
          <Notice kind="done">
            It came back and was recorded: this is how it was read. <a href={tryPath}>Try another</a>
          </Notice>
        ) : null}
        <Facts event={event} />
        <h2>Why</h2>
        <Why event={event} explained={explained} mayChange={mayChange} />
      </>
    )
    return send(request, reply, { title: `Event ${event.id}`, section: 'events', content })
  })
}

const adviceWords: Readonly<Record<Advice, string>> = {
  remove: 'Do not mail this address again.',
  wait: 'Nothing: it may pass by itself.',
  'fix-sending': 'Mend how mail is sent: address, authentication, reputation.',
  'fix-content': 'Change the content of the mail.',
  'ask-recipient': 'Ask the recipient for another address, or to let the mail in.',
}

function Facts({ event }: { readonly event: StoredBounce }): VNode {
  return (
    <section class="card" aria-label="What is stored">
      <div class="row">
        <strong>{kindIn(event.kind)}</strong>
        {event.type === null ? null : <TypeMark type={event.type} category={event.category} />}
        {event.category === null ? null : <Cause category={event.category} />}
      </div>
      {event.diagnostic === null ? null : (
        <blockquote class="said">
          <Words text={event.diagnostic} />
        </blockquote>
      )}
      <dl>
        <dt>Record</dt>
        <dd>
          <RecordLink module={event.module} id={event.recordId} />
        </dd>
        <dt>Address it counts for</dt>
        <dd>
          <Words text={event.address} />
        </dd>
        <dt>Address in the report</dt>
        <dd>
          <Words text={event.reportedAddress} />
        </dd>
        <dt>Effect</dt>
        <dd>{effectIn(event)}</dd>
        <dt>Campaign</dt>
        <dd>
          <CampaignLink id={event.campaignId} />
        </dd>
        <dt>Received</dt>
        <dd>
          <Time at={event.receivedAt} />
        </dd>
        <dt>Status, reply code</dt>
        <dd>
          <Words text={event.status} /> {event.replyCode ?? ''}
        </dd>
        <dt>Reported by, about</dt>
        <dd>
          <Words text={event.reportingMta} />
          {event.remoteMta === null ? null : (
            <>
              {' '}
              <span class="faint">about</span> <Words text={event.remoteMta} />
            </>
          )}
        </dd>
        <dt>Delivered by</dt>
        <dd>
          <Words text={event.clientIp} />
        </dd>
        <dt>Subject</dt>
        <dd>
          <Words text={event.subject} />
        </dd>
        {event.advice === null ? null : (
          <>
            <dt>What to do</dt>
            <dd>{adviceWords[event.advice]}</dd>
          </>
        )}
        {event.blocklist === null ? null : (
          <>
            <dt>Block list</dt>
            <dd>
              <Words text={event.blocklist} />
            </dd>
          </>
        )}
        {event.helpUrl === null ? null : (
          <>
            <dt>The server points to</dt>
            <dd>
              <Words text={event.helpUrl} />
            </dd>
          </>
        )}
        <dt>Linked by</dt>
        <dd>{event.linkedBy ?? '–'}</dd>
        <dt>Decided by</dt>
        <dd>
          {event.decidedBy ?? '–'} <Words text={event.decidedRule} none="" />
          {event.decidedText === null ? null : (
            <>
              : “<Words text={event.decidedText} />”
            </>
          )}
        </dd>
      </dl>
    </section>
  )
}

/** What the server said, without its codes and the address: a first draft of a rule's text. */
function ruleText({ diagnostic }: StoredBounce): string {
  const words = (diagnostic ?? '').split('\n', 1)[0] ?? ''
  const said = words
    .replace(/^[\d\s.#-]+/, '')
    .replace(/\S*@\S*/g, '')
    .trim()
  return [...said]
    .filter(sign => !unprintable.test(sign))
    .slice(0, 60)
    .join('')
    .trim()
}

function Why(props: {
  readonly event: StoredBounce
  readonly explained: StoredExplanation | null
  readonly mayChange: boolean
}): VNode {
  const { event, explained } = props
  if (explained === null) return <p class="empty">Nothing is kept of this message any more.</p>
  return (
    <>
      {explained.recipients.length === 0 ? (
        <p>It reports no recipient: there was nothing to judge.</p>
      ) : (
        <p>
          Read as{' '}
          <code>
            <Words text={explained.reader} />
          </code>
          . Each rung of the ladder is asked in turn; the first with an opinion decides. This is how today’s
          rules judge what is kept.
        </p>
      )}
      {explained.recipients.map(recipient => (
        <Ladder key={recipient.address} recipient={recipient} />
      ))}
      <h2>What is kept of the message</h2>
      {props.mayChange ? (
        <p>
          <a
            class="button"
            data-from-selection=""
            href={urlOf('/rules/new', { section: 'body', text: ruleText(event) })}
          >
            New rule from these words
          </a>{' '}
          <small class="faint">Select a phrase first to use it.</small>
        </p>
      ) : null}
      <Lines text={explained.sections.body === '' ? (event.diagnostic ?? '') : explained.sections.body} />
    </>
  )
}
