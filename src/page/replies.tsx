// What people answered to mails: the newest first, and one of them whole.

import { absent } from '../http/problem.ts'
import type { PersonReply } from '../model/person-reply.ts'
import { Pager } from './forms.tsx'
import { queryOf } from './given.ts'
import { Heading } from './layout.tsx'
import type { Routes } from './site.ts'
import { Table, type TableColumn } from './table.tsx'
import { CampaignLink, Lines, RecordLink, Time, Words } from './words.tsx'

const path = '/replies'
const pageSize = 50
/** Of a text, as much as tells what it is about. */
const beginning = 160

export const replies: Routes = (app, { ports }, send) => {
  app.get(path, async (request, reply) => {
    const { after } = queryOf(request)
    const { items, next } = await ports.replies.list({ after, limit: pageSize })
    const content = (
      <>
        <Heading title="Answers" />
        <p>
          What people wrote back instead of a mail program: somebody should read it. Answers are kept for some
          days, without attachments.
        </p>
        <Table
          label="Answers"
          columns={columns}
          items={items}
          keyOf={({ id }) => id}
          empty="Nobody has answered. When somebody replies to a mail’s return path, it stands here."
        />
        <Pager path={path} query={{ after }} next={next} />
      </>
    )
    return send(request, reply, { title: 'Answers', section: 'replies', content })
  })

  app.get<{ Params: { id: string } }>(`${path}/:id`, async (request, reply) => {
    const { id } = request.params
    const found = await ports.replies.get(id)
    if (found === null) throw absent(`answer ${id}: it may be too old by now`)
    const content = (
      <>
        <Heading title="An answer" />
        <section class="card" aria-label="Who wrote about what">
          <dl>
            <dt>From</dt>
            <dd>
              <Words text={found.from} />
            </dd>
            {found.replyTo === null ? null : (
              <>
                <dt>Answer to</dt>
                <dd>
                  <Words text={found.replyTo} />
                </dd>
              </>
            )}
            <dt>Received</dt>
            <dd>
              <Time at={found.receivedAt} />
            </dd>
            <dt>Subject</dt>
            <dd>
              <Words text={found.subject} />
            </dd>
            <dt>Record</dt>
            <dd>
              <RecordLink module={found.module} id={found.recordId} />
            </dd>
            <dt>Campaign</dt>
            <dd>
              <CampaignLink id={found.campaignId} />
            </dd>
            <dt>Event</dt>
            <dd>
              <a href={`/events/${encodeURIComponent(found.id)}`}>{found.id}</a>
            </dd>
          </dl>
        </section>
        <h2>What it says</h2>
        <Lines text={found.text} />
        <p>
          <a href={path}>All answers</a>
        </p>
      </>
    )
    return send(request, reply, { title: 'An answer', section: 'replies', content })
  })
}

/** Its first words, without the lines that it quotes. */
function beginningOf(text: string): string {
  const own = text.split('\n').filter(line => !line.startsWith('>'))
  return [...own.join(' ').replaceAll(/\s+/g, ' ').trim()].slice(0, beginning).join('')
}

const columns: readonly TableColumn<PersonReply>[] = [
  {
    title: 'Received',
    cell: ({ id, receivedAt }) => (
      <a href={`${path}/${encodeURIComponent(id)}`}>
        <Time at={receivedAt} />
      </a>
    ),
  },
  { title: 'From', kind: 'address', cell: ({ from }) => <Words text={from} /> },
  { title: 'Record', kind: 'address', cell: item => <RecordLink module={item.module} id={item.recordId} /> },
  {
    title: 'Subject, and how it begins',
    kind: 'long',
    cell: ({ subject, text }) => (
      <>
        <Words text={subject} />
        <q class="said">
          <Words text={beginningOf(text)} />
        </q>
      </>
    ),
  },
]
