// The events that were stored without their text, or without effects too, and giving each what it lacks.

import { absent } from '../http/problem.ts'
import type { StrippedBounce } from '../model/stripped-bounce.ts'
import { Act } from './forms.tsx'
import { queryOf } from './given.ts'
import { Heading } from './layout.tsx'
import { callerOf, type Routes } from './site.ts'
import { Table, type TableColumn } from './table.tsx'
import { Notice, RecordLink, Time, Words } from './words.tsx'

export const strippedPath = '/events/stripped'

const lacks: Readonly<Record<StrippedBounce['detail'], string>> = {
  bare: 'its text',
  inert: 'its text and its effects',
}

export const stripped: Routes = (app, { ports }, send) => {
  app.get(strippedPath, async (request, reply) => {
    const items = await ports.stripped()
    const mayChange = !callerOf(request).isReader
    const { done } = queryOf(request)
    const content = (
      <>
        <Heading title="Events without their text" />
        {done === 'applied' ? <Notice kind="done">It has its effects, and leaves this list.</Notice> : null}
        <p>
          The database refused what strangers had written in these mails, so they were stored without it. One
          that also lacks its effects changed neither record nor campaign: apply it once the cause is gone.
          Applying one that lacks its text alone takes it off this list.
        </p>
        <Table
          label="Events without their text"
          columns={mayChange ? [...columns, apply] : columns}
          items={items}
          keyOf={({ id }) => id}
          empty="Every event is stored whole."
        />
      </>
    )
    return send(request, reply, { title: 'Events without their text', section: 'events', content })
  })

  app.post<{ Params: { id: string } }>('/events/:id/apply', async (request, reply) => {
    const { id } = request.params
    const applied = await ports.applyStripped(id)
    if (applied.kind === 'absent') throw absent(`event ${id}`)
    return reply.redirect(`${strippedPath}?done=applied`, 303)
  })
}

const columns: readonly TableColumn<StrippedBounce>[] = [
  { title: 'Event', cell: ({ id }) => <a href={`/events/${id}`}>event {id}</a> },
  { title: 'Stored', cell: ({ strippedAt }) => <Time at={strippedAt} /> },
  {
    title: 'Record',
    kind: 'words',
    cell: ({ bounce }) => <RecordLink module={bounce.module} id={bounce.recordId} />,
  },
  { title: 'Lacks', kind: 'words', cell: ({ detail }) => lacks[detail] },
  { title: 'The database said', kind: 'long', cell: ({ code }) => <Words text={code} /> },
]

const apply: TableColumn<StrippedBounce> = {
  title: 'Apply',
  cell: ({ id }) => (
    <Act action={`/events/${id}/apply`} class="quiet" label={`Apply event ${id}`}>
      Apply
    </Act>
  ),
}
