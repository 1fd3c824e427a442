// Saved views: the filters of a list under a name, beside those that every list has; saved, renamed and deleted by forms.

import type { VNode } from 'preact'
import { actorOf } from '../http/access.ts'
import { absent } from '../http/problem.ts'
import { FieldError } from '../model/field-error.ts'
import {
  filtersFault,
  isViewName,
  mostNameCharacters,
  nameFault,
  type SavedView,
  type ViewFilters,
  type ViewList,
  viewFilters,
  viewLists,
} from '../model/saved-view.ts'
import { Act, Field, Hidden, urlOf } from './forms.tsx'
import { formOf, type Given, wordIn } from './given.ts'
import { Heading } from './layout.tsx'
import type { Routes } from './site.ts'
import { capital, Notice, visible } from './words.tsx'

const path = '/views'

export interface BuiltIn {
  readonly title: string
  readonly filters: ViewFilters
}

interface ViewsProps {
  readonly list: ViewList
  /** As they stand in the address bar. */
  readonly filters: Given
  readonly builtIn: readonly BuiltIn[]
  readonly saved: readonly SavedView[]
  /** Can these filters be read, and may this reader save them? */
  readonly maySave: boolean
}

/** What the filters show has a link, a name that can be changed, or a form that gives it one. */
export function Views({ list, filters, builtIn, saved, maySave }: ViewsProps): VNode {
  const isShown = (other: Given): boolean =>
    viewFilters[list].every(name => (filters[name] ?? '') === (other[name] ?? ''))
  const current = saved.find(view => isShown(view.filters))
  const isBuiltIn = builtIn.some(view => isShown(view.filters))
  const link = (key: string, title: string, target: ViewFilters): VNode => (
    <a
      key={key}
      href={urlOf(`/${list}`, target)}
      {...(isShown(target) ? { 'aria-current': 'page' as const } : {})}
    >
      <bdi>{title}</bdi>
    </a>
  )
  return (
    <>
      <nav class="views" aria-label="Views">
        {builtIn.map(({ title, filters: own }) => link(title, title, own))}
        {saved.map(view => link(`saved ${view.id}`, visible(view.name), view.filters))}
      </nav>
      {maySave && current !== undefined ? <Change view={current} /> : null}
      {maySave && current === undefined && !isBuiltIn ? <Save list={list} filters={filters} /> : null}
    </>
  )
}

function Save({ list, filters }: { readonly list: ViewList; readonly filters: Given }): VNode {
  return (
    <details class="save">
      <summary>Save as a view</summary>
      <form method="post" action={path} class="filters">
        <Hidden values={{ list, ...filtersOf(list, filters) }} />
        <Field
          label="Name of the view"
          name="name"
          required
          maxLength={mostNameCharacters}
          hint="All who use these pages see it."
        />
        <button type="submit" class="main">
          Save
        </button>
      </form>
    </details>
  )
}

function Change({ view }: { readonly view: SavedView }): VNode {
  return (
    <details class="save">
      <summary>Rename or delete this view</summary>
      <form method="post" action={`${path}/${view.id}`} class="filters">
        <Field
          label="Name of the view"
          name="name"
          value={view.name}
          required
          maxLength={mostNameCharacters}
          hint={`Saved by ${visible(view.savedBy)}.`}
        />
        <button type="submit" class="main">
          Rename
        </button>
      </form>
      <Act action={`${path}/${view.id}/remove`} class="danger">
        Delete this view
      </Act>
    </details>
  )
}

const filtersOf = (list: ViewList, given: Given): ViewFilters =>
  Object.fromEntries(
    viewFilters[list].flatMap(name => {
      const value = given[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )

export const savedViews: Routes = (app, { ports }, send) => {
  const refused = (
    request: Parameters<typeof send>[0],
    reply: Parameters<typeof send>[1],
    { list, filters, fault }: Refused,
  ) =>
    send(request, reply, {
      title: 'Not saved',
      section: list,
      status: 400,
      content: (
        <>
          <Heading title="Not saved" />
          <Notice kind="fault">{visible(fault)}</Notice>
          <p>
            <a href={urlOf(`/${list}`, filters)}>Back</a>
          </p>
        </>
      ),
    })

  app.post(path, async (request, reply) => {
    const form = formOf(request)
    const list = wordIn(form.list, viewLists) ?? 'records'
    const filters = filtersOf(list, form)
    const { name = '' } = form
    const fault = faultOf(name, filtersFault(list, filters))
    if (fault !== null) return refused(request, reply, { list, filters, fault })
    try {
      await ports.views.add({ list, name, filters }, { actor: actorOf(request) })
    } catch (error) {
      if (!(error instanceof FieldError)) throw error
      return refused(request, reply, { list, filters, fault: sentenceOf(error) })
    }
    return reply.redirect(urlOf(`/${list}`, filters), 303)
  })

  app.post<{ Params: { id: string } }>(`${path}/:id`, async (request, reply) => {
    const view = await viewIn(ports, request.params.id)
    const { name = '' } = formOf(request)
    const fault = faultOf(name, null)
    if (fault !== null) return refused(request, reply, { ...view, fault })
    try {
      await ports.views.change(view.id, { name }, { actor: actorOf(request) })
    } catch (error) {
      if (!(error instanceof FieldError)) throw error
      return refused(request, reply, { ...view, fault: sentenceOf(error) })
    }
    return reply.redirect(urlOf(`/${view.list}`, view.filters), 303)
  })

  app.post<{ Params: { id: string } }>(`${path}/:id/remove`, async (request, reply) => {
    const view = await viewIn(ports, request.params.id)
    await ports.views.remove(view.id, { actor: actorOf(request) })
    return reply.redirect(urlOf(`/${view.list}`, view.filters), 303)
  })
}

interface Refused {
  readonly list: ViewList
  readonly filters: ViewFilters
  readonly fault: string
}

function faultOf(name: string, filters: string | null): string | null {
  if (!isViewName(name)) return `The name ${nameFault}.`
  return filters === null ? null : `The filter ${filters}.`
}

const sentenceOf = ({ field, message }: FieldError): string => `${capital(field)} ${message}.`

async function viewIn(
  { views }: { readonly views: { readonly list: () => Promise<readonly SavedView[]> } },
  id: string,
): Promise<SavedView> {
  const found = (await views.list()).find(view => view.id === id)
  if (found === undefined) throw absent(`view ${id}`)
  return found
}
