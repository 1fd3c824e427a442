// Many bounces taken back at once: what would be undone is shown first, and the address bar says which.

import type { VNode } from 'preact'
import { actorOf } from '../http/access.ts'
import { mostUndone } from '../http/routes/undo-many.ts'
import type { UndoneMany, UndoQuery } from '../model/bounces.ts'
import { categoryNames } from '../model/categories.ts'
import type { StoredBounce } from '../model/stored-bounce.ts'
import { timeBound, unprintable } from '../model/validity.ts'
import { bounceTypes } from '../model/verdict.ts'
import { CauseFields, ProviderField } from './bounce-fields.tsx'
import { anId, aTime, Faults, faultsOf, oneOf } from './filter-faults.tsx'
import { Field, Hidden, urlOf } from './forms.tsx'
import { formOf, type Given, queryOf, wordIn } from './given.ts'
import { History } from './history.tsx'
import { Heading } from './layout.tsx'
import { callerOf, type Routes } from './site.ts'
import { Notice } from './words.tsx'

const path = '/incidents/undo'
const title = 'Undo many bounces'
const names = ['from', 'to', 'host', 'provider', 'type', 'category', 'campaign'] as const

/** Bounces shown of those that would be undone. */
const shown = 25

export const undoMany: Routes = (app, { ports }, send) => {
  const { undoMany: undo, providers } = ports
  if (undo === undefined) return
  const providerNames = [...providers.keys()]

  app.get(path, async (request, reply) => {
    const given = queryOf(request)
    const { query, faults } = readConditions(given, providers)
    const events: StoredBounce[] = []
    const isAsked = names.some(name => given[name] !== undefined)
    const found =
      query === null
        ? null
        : await undo(query, { actor: actorOf(request), dryRun: true, most: mostUndone }, event => {
            if (events.length < shown) events.push(event)
          })
    const content = (
      <>
        <Heading title={title} />
        <p>
          For what happened before anybody looked: a mail server of yours that refused everybody, a provider
          that blocked a campaign. Addresses go back to their records, and the bounces leave all counts.
        </p>
        {given.done === undefined ? null : <Notice kind="done">{doneWords(given)}</Notice>}
        <Conditions given={given} providers={providerNames} />
        {isAsked ? <Faults faults={faults} /> : null}
        {found === null ? null : (
          <Found given={given} found={found} events={events} mayUndo={!callerOf(request).isReader} />
        )}
      </>
    )
    const status = isAsked && query === null ? 400 : 200
    return send(request, reply, { title, section: 'incidents', content, status })
  })

  app.post(path, async (request, reply) => {
    const given = formOf(request)
    const { query, faults } = readConditions(given, providers)
    if (query === null) {
      const content = (
        <>
          <Heading title={title} />
          <Faults faults={faults} />
        </>
      )
      return send(request, reply, { title, section: 'incidents', content, status: 400 })
    }
    const { undone, left } = await undo(query, { actor: actorOf(request), dryRun: false, most: mostUndone })
    const values = Object.fromEntries(names.map(name => [name, given[name]]))
    return reply.redirect(urlOf(path, { ...values, done: `${undone}`, left: `${left.length}` }), 303)
  })
}

const aHost = (text: string): string | null =>
  text.length <= 255 && !unprintable.test(text) ? null : 'must be the name of a mail server'

/** What is asked, or what is wrong with it. */
function readConditions(
  given: Given,
  providers: ReadonlyMap<string, readonly string[]>,
): { readonly query: UndoQuery | null; readonly faults: readonly string[] } {
  const faults = faultsOf(given, {
    from: aTime('from'),
    to: aTime('to'),
    host: aHost,
    provider: oneOf([...providers.keys()]),
    type: oneOf(bounceTypes),
    category: oneOf(categoryNames),
    campaign: anId,
  })
  if (given.from === undefined)
    return {
      query: null,
      faults: ['From is missing: write since when, such as 2026-01-31T12:00Z.', ...faults],
    }
  if (faults.length > 0) return { query: null, faults }
  const { from, to = '', host, provider = '', type, category, campaign } = given
  return {
    faults,
    query: {
      from: timeBound(from, 'from') ?? undefined,
      to: timeBound(to, 'to') ?? undefined,
      host: host?.trim(),
      addressLike: providers.get(provider),
      type: wordIn(type, bounceTypes),
      category: wordIn(category, categoryNames),
      campaignId: campaign,
    },
  }
}

function doneWords({ done = '', left = '' }: Given): string {
  const count = (text: string): number => (/^\d{1,7}$/.test(text) ? Number(text) : 0)
  const rest =
    count(left) === 0
      ? ''
      : ` ${count(left)} ${count(left) === 1 ? 'is left as it is: its' : 'are left as they are: their'} record has another address by now.`
  return `${count(done)} ${count(done) === 1 ? 'bounce was' : 'bounces were'} undone.${rest}`
}

function Conditions(props: { readonly given: Given; readonly providers: readonly string[] }): VNode {
  const { given, providers } = props
  return (
    <search aria-label="Which bounces">
      <form method="get" action={path} class="filters">
        <Field label="From (UTC)" name="from" value={given.from} placeholder="2026-01-31T12:00Z" required />
        <Field label="To (UTC)" name="to" value={given.to} placeholder="2026-01-31T14:00Z" />
        <Field label="Refused by host" name="host" value={given.host} placeholder="smtp.crm.example" />
        <ProviderField filters={given} providers={providers} />
        <CauseFields filters={given} />
        <button type="submit" class="main">
          Show what would be undone
        </button>
      </form>
    </search>
  )
}

function Found(props: {
  readonly given: Given
  readonly found: UndoneMany
  readonly events: readonly StoredBounce[]
  readonly mayUndo: boolean
}): VNode {
  const { given, found, events, mayUndo } = props
  const count = `${found.hasMore ? 'more than ' : ''}${found.found.toLocaleString('en')}`
  const isOne = found.found === 1 && !found.hasMore
  return (
    <>
      <h2>What would be undone</h2>
      <p>
        <strong>{count}</strong> {isOne ? 'bounce' : 'bounces'}, {found.removed.toLocaleString('en')} of which
        removed an address.
        {found.hasMore ? ` ${mostUndone.toLocaleString('en')} are undone at a time.` : ''}
      </p>
      {found.found === 0 || !mayUndo ? null : (
        <form method="post" action={path} class="act">
          <Hidden values={Object.fromEntries(names.map(name => [name, given[name]]))} />
          <button type="submit" class="danger">
            Undo{' '}
            {isOne
              ? 'this bounce'
              : `these ${Math.min(found.found, mostUndone).toLocaleString('en')} bounces`}
          </button>
        </form>
      )}
      <History items={events} />
      {found.found > events.length ? <p class="faint">The first {events.length} are shown.</p> : null}
    </>
  )
}
