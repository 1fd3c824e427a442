// The bounced records: the CRM's custom view of them, filtered by what is in the address bar, exported, reset in bulk.

import type { VNode } from 'preact'
import { actorOf } from '../http/access.ts'
import type { BulkReset, ListedRecord } from '../model/record.ts'
import { Faults } from './filter-faults.tsx'
import { Act, Hidden, Pager, urlOf } from './forms.tsx'
import { formOf, queryOf } from './given.ts'
import { Heading } from './layout.tsx'
import {
  exportQuery,
  type Filters,
  filtersIn,
  RecordFilter,
  readFilters,
  recordFilterNames,
} from './record-filters.tsx'
import { type BuiltIn, Views } from './saved-views.tsx'
import { callerOf, type Routes } from './site.ts'
import { Table, type TableColumn } from './table.tsx'
import { Address, Cause, Notice, RecordLink, Time, TypeMark, Words } from './words.tsx'

const path = '/records'
const pageSize = 50

const builtIn: readonly BuiltIn[] = [
  { title: 'All bounced', filters: {} },
  { title: 'Hard', filters: { type: 'hard' } },
  { title: 'Soft', filters: { type: 'soft' } },
  { title: 'Mailbox full', filters: { category: 'mailbox-full' } },
  { title: 'Blocked', filters: { category: 'blocked' } },
  { title: 'Complained', filters: { flag: 'complained' } },
]

export const bouncedRecords: Routes = (app, { ports }, send) => {
  const { modules, recordList } = ports
  if (recordList === undefined) return

  app.get(path, async (request, reply) => {
    const given = queryOf(request)
    const { query, faults } = readFilters(given, modules)
    const filters = filtersIn(given)
    const views = (
      <>
        <Views
          list="records"
          filters={filters}
          builtIn={builtIn}
          saved={await ports.views.list('records')}
          maySave={query !== null && !callerOf(request).isReader}
        />
        <RecordFilter path={path} filters={filters} modules={modules} />
      </>
    )
    const page = { title: 'Bounced records', section: 'records' as const }
    if (query === null) {
      const content = (
        <>
          <Heading title="Bounced records" />
          {views}
          <Faults faults={faults} />
        </>
      )
      return send(request, reply, { ...page, content, status: 400 })
    }
    const { items, next } = await recordList({ ...query, after: given.after, limit: pageSize })
    const content = (
      <>
        <Heading title="Bounced records">
          <a class="button" href={urlOf('/v1/records', { ...exportQuery(filters), format: 'csv' })}>
            CSV
          </a>
        </Heading>
        {views}
        {given.done === undefined ? null : <Notice kind="done">{doneWords(given.done)}</Notice>}
        <Table
          label="Bounced records"
          columns={columns}
          items={items}
          keyOf={item => `${item.module} ${item.id}`}
          empty={
            Object.keys(filters).length === 0
              ? 'No record is flagged as bounced. Once mail comes back, those it was sent to stand here.'
              : 'No record meets these conditions. Leave some out, or look at all that bounced.'
          }
        />
        <Pager path={path} query={{ ...filters, after: given.after }} next={next} />
        {callerOf(request).isReader || items.length === 0 || filters.flag !== undefined ? null : (
          <Act action="/records/reset" values={filters} class="quiet">
            Reset all of these…
          </Act>
        )}
      </>
    )
    return send(request, reply, { ...page, content })
  })

  app.post('/records/reset', async (request, reply) => {
    const form = formOf(request)
    const { query, faults } = readFilters(form, modules)
    const filters = filtersIn(form)
    const page = { title: 'Reset records', section: 'records' as const }
    if (query === null) {
      const content = (
        <>
          <Heading title="Reset records" />
          <Faults faults={faults} />
          <a class="button" href={urlOf(path, filters)}>
            Back
          </a>
        </>
      )
      return send(request, reply, { ...page, content, status: 400 })
    }
    const isSure = form.sure === 'yes'
    const { bounced: _flagged, ...conditions } = query
    const reset = await ports.resetRecords(conditions, { actor: actorOf(request), dryRun: !isSure })
    if (isSure)
      return reply.redirect(
        urlOf(path, { ...filters, done: `${reset.count}${reset.hasMore ? '+' : ''}` }),
        303,
      )
    const content = <Confirm filters={filters} reset={reset} />
    return send(request, reply, { ...page, content })
  })
}

function doneWords(done: string): string {
  const [, count = '0', more] = /^(\d{1,6})(\+?)$/.exec(done) ?? []
  const words = count === '1' ? '1 record is reset.' : `${count} records are reset.`
  return more ? `${words} There are more: reset again.` : words
}

const columns: readonly TableColumn<ListedRecord>[] = [
  { title: 'Record', kind: 'address', cell: item => <RecordLink module={item.module} id={item.id} /> },
  { title: 'E-mail', kind: 'address', cell: item => <Address text={item.email} /> },
  { title: 'Bounced address', kind: 'address', cell: item => <Address text={item.bouncedAddress} /> },
  { title: 'Last bounce', cell: item => <Time at={item.lastBounceAt} /> },
  {
    title: 'Type and cause',
    kind: 'long',
    cell: item => (
      <>
        <TypeMark type={item.lastType} category={item.lastCategory} />{' '}
        {item.lastCategory === null ? null : <Cause category={item.lastCategory} />}
      </>
    ),
  },
  { title: 'Hard', kind: 'number', cell: item => item.hardBounces.toLocaleString('en') },
  { title: 'Soft', kind: 'number', cell: item => item.softBounces.toLocaleString('en') },
  { title: 'Complaints', kind: 'number', cell: item => item.complaints.toLocaleString('en') },
]

function Confirm({ filters, reset }: { readonly filters: Filters; readonly reset: BulkReset }): VNode {
  const count = `${reset.hasMore ? 'more than ' : ''}${reset.count}`
  return (
    <>
      <Heading title="Reset records" />
      <p>
        <strong>{count}</strong> {reset.count === 1 && !reset.hasMore ? 'record is' : 'records are'} flagged
        as bounced and meet{reset.count === 1 && !reset.hasMore ? 's' : ''} these conditions:
      </p>
      <ul>
        {recordFilterNames.map(name =>
          filters[name] === undefined ? null : (
            <li key={name}>
              {name}: <Words text={filters[name] ?? null} />
            </li>
          ),
        )}
        {Object.keys(filters).length === 0 ? <li>none: all of them</li> : null}
      </ul>
      <p>
        Resetting clears the flag and starts the counts again. Addresses that were removed stay removed;
        histories and campaigns do not change. The audit names you.
      </p>
      <div class="row">
        {reset.count === 0 ? null : (
          <form method="post" action="/records/reset" class="act">
            <Hidden values={{ ...filters, sure: 'yes' }} />
            <button type="submit" class="danger">
              Reset {count}
            </button>
          </form>
        )}
        <a class="button" href={urlOf(path, filters)}>
          Back
        </a>
      </div>
    </>
  )
}
