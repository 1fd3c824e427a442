// What came back, the newest first, and one event with the way to its verdict.

import type { ComponentChildren, VNode } from 'preact'
import { absent } from '../http/problem.ts'
import type { Advice } from '../model/categories.ts'
import type { LinkedBy } from '../model/return-path.ts'
import type { StoredBounce } from '../model/stored-bounce.ts'
import { unprintable } from '../model/validity.ts'
import type { StoredExplanation } from '../model/verdict.ts'
import { conditionsIn, EventFilter, eventFilterNames, filterFaults } from './event-filters.tsx'
import { Faults } from './filter-faults.tsx'
import { Act, Pager, urlOf } from './forms.tsx'
import { queryOf } from './given.ts'
import { canUndo, effectIn, History, kindIn } from './history.tsx'
import { Ladder, rungIn } from './ladder.tsx'
import { Heading } from './layout.tsx'
import { doneWords } from './record.tsx'
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
    const filters = Object.fromEntries(eventFilterNames.map(name => [name, given[name]]))
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
        <EventFilter path={path} filters={filters} providers={providers} />
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
    const given = queryOf(request)
    const undone = doneWords(given)
    const mayChange = !callerOf(request).isReader
    const content = (
      <>
        <Heading title={`${kindIn(event.kind)}: event ${event.id}`}>
          {mayChange && canUndo(event) ? (
            <Act action={`${path}/${event.id}/undo`} class="danger">
              Undo
            </Act>
          ) : null}
        </Heading>
        {undone === null ? null : <Notice kind="done">{undone}</Notice>}
        {given.done === 'tried' ? (
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

/** How a report was found to be about its record. */
const linkWords: Readonly<Record<LinkedBy, string>> = {
  signed: 'its signed return path',
  stored: 'its stored return path',
  original: 'the return path of the returned mail',
  'envelope-id': 'the envelope id of the returned mail',
  legacy: 'a return path of the earlier system',
  'message-id': 'the Message-ID of the returned mail',
  address: 'the address alone',
}

function Facts({ event }: { readonly event: StoredBounce }): VNode {
  return (
    <section class="card" aria-label="What is stored">
      {event.type === null && event.category === null ? null : (
        <div class="row">
          <TypeMark type={event.type} category={event.category} />
          <Cause category={event.category} />
        </div>
      )}
      {event.diagnostic === null ? null : (
        <blockquote class="said">
          <Words text={event.diagnostic} />
        </blockquote>
      )}
      <dl>
        <Fact name="Record">
          {event.recordId && <RecordLink module={event.module} id={event.recordId} />}
        </Fact>
        <Fact name="Address it counts for">{event.address && <Words text={event.address} />}</Fact>
        <Fact name="Address in the report">
          {event.reportedAddress && <Words text={event.reportedAddress} />}
        </Fact>
        <Fact name="Effect">{effectIn(event)}</Fact>
        <Fact name="What to do">{event.advice && adviceWords[event.advice]}</Fact>
        <Fact name="Campaign">{event.campaignId && <CampaignLink id={event.campaignId} />}</Fact>
        <Fact name="Received">
          <Time at={event.receivedAt} />
        </Fact>
        <Fact name="Subject">{event.subject && <Words text={event.subject} />}</Fact>
        <Fact name="Status, reply code">
          {[event.status, event.replyCode].some(code => code !== null) && (
            <>
              <Words text={event.status} none="" /> {event.replyCode ?? ''}
            </>
          )}
        </Fact>
        <Fact name="Reported by">{event.reportingMta && <Words text={event.reportingMta} />}</Fact>
        <Fact name="Receiving server">{event.remoteMta && <Words text={event.remoteMta} />}</Fact>
        <Fact name="Delivered to us by">
          <Words text={event.clientIp} />
        </Fact>
        <Fact name="Block list">{event.blocklist && <Words text={event.blocklist} />}</Fact>
        <Fact name="The server points to">{event.helpUrl && <Words text={event.helpUrl} />}</Fact>
        <Fact name="Linked by">{event.linkedBy && linkWords[event.linkedBy]}</Fact>
        <Fact name="Decided by">
          {event.decidedBy && (
            <>
              {rungIn(event.decidedBy)} <Words text={event.decidedRule} none="" />
              {event.decidedText === null ? null : (
                <>
                  : “<Words text={event.decidedText} />”
                </>
              )}
            </>
          )}
        </Fact>
      </dl>
    </section>
  )
}

/** A name and its value; nothing where there is none. */
function Fact({
  name,
  children,
}: {
  readonly name: string
  readonly children: ComponentChildren
}): VNode | null {
  if (children === null || children === false || children === '') return null
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}

/** Who writes a rule about an event wants it judged otherwise. */
const otherThan = ({ type }: StoredBounce): string => (type === 'hard' ? 'soft' : 'hard')

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
            href={urlOf('/rules/new', { section: 'body', text: ruleText(event), type: otherThan(event) })}
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
