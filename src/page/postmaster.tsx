// The mail to postmaster and abuse, which people wrote and nobody but people reads.

import { absent } from '../http/problem.ts'
import type { KeptMail } from '../model/role-mail.ts'
import { Pager } from './forms.tsx'
import { queryOf } from './given.ts'
import { Heading } from './layout.tsx'
import type { Routes } from './site.ts'
import { Table, type TableColumn } from './table.tsx'
import { Lines, Time, visible, Words } from './words.tsx'

export const postmasterPath = '/settings/postmaster'
const pageSize = 100
/** Characters of a mail that a page shows. */
const most = 50_000

export const postmaster: Routes = (app, { ports: { roleMails } }, send) => {
  app.get(postmasterPath, async (request, reply) => {
    const { after } = queryOf(request)
    const { items, next } = await roleMails.list({ after, limit: pageSize })
    const content = (
      <>
        <Heading title="Mail to postmaster and abuse" />
        <p>
          Other mail servers’ operators write here: complaints, questions, warnings.{' '}
          <code>rebound postmaster remove ID</code> deletes.
        </p>
        <Table
          label="Mail to postmaster and abuse"
          columns={columns}
          items={items}
          keyOf={({ id }) => id}
          empty="There is none. That is good news."
        />
        <Pager path={postmasterPath} query={{ after }} next={next} />
      </>
    )
    return send(request, reply, { title: 'Postmaster', section: 'settings', content })
  })

  app.get<{ Params: { id: string } }>(`${postmasterPath}/:id`, async (request, reply) => {
    const { id } = request.params
    const mail = await roleMails.read(id)
    if (mail === null) throw absent(`mail ${id}`)
    const text = mail.toString()
    const content = (
      <>
        <Heading title="A mail to postmaster or abuse" />
        <p>
          As it came
          {text.length > most ? `: its first ${most.toLocaleString('en')} characters` : ''}. Its id is{' '}
          <code>{visible(id)}</code>.
        </p>
        <Lines text={text.slice(0, most)} />
        <p>
          <a href={postmasterPath}>All of it</a>
        </p>
      </>
    )
    return send(request, reply, { title: 'A mail to postmaster', section: 'settings', content })
  })
}

const columns: readonly TableColumn<KeptMail>[] = [
  {
    title: 'Received',
    cell: ({ id, receivedAt }) => (
      <a href={`${postmasterPath}/${encodeURIComponent(id)}`}>
        <Time at={receivedAt} />
      </a>
    ),
  },
  { title: 'To', kind: 'address', cell: ({ deliveredTo }) => <Words text={deliveredTo.join(' ')} /> },
  { title: 'From', kind: 'address', cell: ({ from }) => <Words text={from} /> },
  { title: 'Subject', kind: 'long', cell: ({ subject }) => <Words text={subject} /> },
]
