// Erasing a person's address everywhere, as they may ask for: counted first, then done.

import type { VNode } from 'preact'
import { actorOf } from '../http/access.ts'
import { HttpProblem } from '../http/problem.ts'
import type { ForgottenAddress } from '../model/forgotten.ts'
import { isAddress } from '../model/validity.ts'
import { Field, Hidden } from './forms.tsx'
import { formOf, queryOf } from './given.ts'
import { Heading } from './layout.tsx'
import { callerOf, type Routes } from './site.ts'
import { Table, type TableColumn } from './table.tsx'
import { Notice, Words } from './words.tsx'

export const forgetPath = '/forget'

const places = [
  ['records', 'Records that have it: it is emptied'],
  ['bounces', 'Rows of the history: a code stands in its place'],
  ['campaigns', 'Names of campaigns'],
  ['evidence', 'Texts kept for rule previews: deleted'],
  ['returnPaths', 'Stored return paths and Message-IDs: deleted'],
  ['outbox', 'Webhooks that wait'],
  ['replies', 'People’s answers: deleted'],
  ['rules', 'Rules that name it: deleted'],
  ['views', 'Saved views that name it: deleted'],
  ['audit', 'The audit'],
  ['mails', 'Mails to postmaster and abuse: deleted'],
] as const satisfies readonly (readonly [keyof ForgottenAddress, string])[]

export const forget: Routes = (app, { ports }, send) => {
  const sheet = (content: VNode, status = 200) =>
    ({ title: 'Forget an address', section: 'records', content, status }) as const

  app.get(forgetPath, async (request, reply) => {
    const { address } = queryOf(request)
    if (address === undefined) return send(request, reply, sheet(<Ask />))
    const wanted = addressIn(address)
    const counted = await ports.forget(wanted, { actor: actorOf(request), dryRun: true })
    const content = (
      <>
        <Heading title="Forget an address" />
        <p>
          <strong>
            <Words text={wanted} />
          </strong>{' '}
          would be erased here. Counts of records and campaigns stay; nobody can bring the address back.
        </p>
        <Places forgotten={counted} />
        {callerOf(request).isReader ? null : (
          <form method="post" action={forgetPath} class="row">
            <Hidden values={{ address: wanted }} />
            <button type="submit" class="danger">
              Erase it for good
            </button>
            <a class="button" href="/records">
              Leave it
            </a>
          </form>
        )}
      </>
    )
    return send(request, reply, sheet(content))
  })

  app.post(forgetPath, async (request, reply) => {
    const wanted = addressIn(formOf(request).address ?? '')
    const forgotten = await ports.forget(wanted, { actor: actorOf(request), dryRun: false })
    const content = (
      <>
        <Heading title="ForgottenPlace" />
        <Notice kind="done">
          The address is erased. Reports of mail that is still under way may bring it back: stop mailing it,
          and do this again in some weeks.
        </Notice>
        {forgotten.isWiped === false ? (
          <Notice kind="fault">
            The database was busy, and its file still holds remains: do this again when it is quiet.
          </Notice>
        ) : null}
        <Places forgotten={forgotten} />
        <p>
          <a href="/records">To the bounced records</a>
        </p>
      </>
    )
    return send(request, reply, sheet(content))
  })
}

function addressIn(text: string): string {
  const address = text.trim()
  if (isAddress(address)) return address
  throw new HttpProblem(400, 'Write a whole address, such as ana@example.org.')
}

function Ask(): VNode {
  return (
    <>
      <Heading title="Forget an address" />
      <p>
        Erases an address from everything that is kept here, as its owner may ask for. First it is counted
        where it stands, which looks through all texts and takes a while; nothing changes before you say so.
      </p>
      <form method="get" action={forgetPath} class="filters">
        <Field label="Address" name="address" required placeholder="ana@example.org" />
        <button type="submit" class="main">
          Count first
        </button>
      </form>
    </>
  )
}

type ForgottenPlace = (typeof places)[number]

function Places({ forgotten }: { readonly forgotten: ForgottenAddress }): VNode {
  const columns: readonly TableColumn<ForgottenPlace>[] = [
    { title: 'Where', kind: 'long', cell: ([, words]) => words },
    { title: 'How many', kind: 'number', cell: ([key]) => forgotten[key].toLocaleString('en') },
  ]
  const found = places.filter(([key]) => forgotten[key] > 0)
  return (
    <Table
      label="Where it is"
      columns={columns}
      items={found}
      keyOf={([key]) => key}
      isSlim
      empty="It is nowhere."
    />
  )
}
