// Webhooks that are not delivered: what the receiver said, trying them again, and dropping what was given up.

import type { PendingWebhook, WebhookState } from '../model/webhook.ts'
import { Act } from './forms.tsx'
import { formOf, queryOf, wordIn } from './given.ts'
import { Heading } from './layout.tsx'
import { callerOf, type Routes } from './site.ts'
import { Table, type TableColumn } from './table.tsx'
import { Notice, Time, Words } from './words.tsx'

export const webhooksPath = '/settings/webhooks'
const shown = 100

const stateWords: Readonly<Record<WebhookState, string>> = {
  waiting: 'waits',
  retrying: 'failed, is tried again',
  'given-up': 'given up',
}

export const webhooks: Routes = (app, { ports }, send) => {
  app.get(webhooksPath, async (request, reply) => {
    const items = await ports.webhooks.list(shown)
    const census = await ports.webhooks.census()
    const mayChange = !callerOf(request).isReader
    const { done } = queryOf(request)
    const content = (
      <>
        <Heading title="Webhooks" />
        {done === undefined ? null : <Notice kind="done">{doneWords(done)}</Notice>}
        <p>
          {countWords(census.waiting, census.most)} still to be delivered to your CRM,{' '}
          {countWords(census.givenUp, census.most)} given up after a day of tries.
        </p>
        {mayChange && census.givenUp > 0 ? (
          <div class="row">
            <Act action={webhooksPath} values={{ act: 'retry' }} class="main">
              Try all again
            </Act>
            <Act action={webhooksPath} values={{ act: 'drop' }} class="danger">
              Drop what was given up
            </Act>
          </div>
        ) : null}
        <Table
          label="Webhooks"
          columns={[...columns, ...(mayChange ? [acts] : [])]}
          items={items}
          keyOf={({ id }) => id}
          empty="All are delivered, or none is to be: REBOUND_WEBHOOK_URL says where they go."
        />
        {items.length === shown ? <p class="faint">The first {shown}.</p> : null}
      </>
    )
    return send(request, reply, { title: 'Webhooks', section: 'settings', content })
  })

  app.post(webhooksPath, async (request, reply) => {
    const { act, id } = formOf(request)
    const action = wordIn(act, ['retry', 'drop'] as const) ?? 'retry'
    const count = await ports.webhooks[action](id ?? null)
    return reply.redirect(`${webhooksPath}?done=${action}-${count}`, 303)
  })
}

const countWords = (count: number, most: number): string =>
  count < most ? count.toLocaleString('en') : `${count.toLocaleString('en')} or more`

function doneWords(done: string): string {
  const [, action, count = '0'] = /^(retry|drop)-(\d{1,9})$/.exec(done) ?? []
  return action === 'drop' ? `${count} dropped.` : `${count} due again: they are sent within a second or so.`
}

const columns: readonly TableColumn<PendingWebhook>[] = [
  {
    title: 'Event',
    cell: ({ bounceId }) => <a href={`/events/${encodeURIComponent(bounceId)}`}>event {bounceId}</a>,
  },
  { title: 'State', kind: 'words', cell: ({ state }) => stateWords[state] },
  { title: 'Since', cell: ({ createdAt }) => <Time at={createdAt} /> },
  { title: 'Tries', kind: 'number', cell: ({ attempts }) => attempts },
  { title: 'Next try', cell: ({ dueAt }) => <Time at={dueAt} none="none" /> },
  { title: 'What went wrong', kind: 'long', cell: ({ lastError }) => <Words text={lastError} /> },
]

const acts: TableColumn<PendingWebhook> = {
  title: 'Act',
  kind: 'words',
  cell: ({ id, bounceId, state }) =>
    state === 'waiting' ? null : (
      <div class="row">
        <Act
          action={webhooksPath}
          values={{ act: 'retry', id }}
          class="quiet"
          label={`Try again the webhook of event ${bounceId}`}
        >
          Try again
        </Act>
        {state === 'given-up' ? (
          <Act
            action={webhooksPath}
            values={{ act: 'drop', id }}
            class="quiet"
            label={`Drop the webhook of event ${bounceId}`}
          >
            Drop
          </Act>
        ) : null}
      </div>
    ),
}
