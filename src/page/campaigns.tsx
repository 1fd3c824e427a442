// The campaigns with their rates, and two of them side by side.

import type { VNode } from 'preact'
import { absent } from '../http/problem.ts'
import type { Campaign } from '../model/campaign.ts'
import { isId } from '../model/validity.ts'
import { aSearch, Faults, faultsOf } from './filter-faults.tsx'
import { Field, Pager } from './forms.tsx'
import { queryOf } from './given.ts'
import { Heading } from './layout.tsx'
import type { Routes } from './site.ts'
import { Table, type TableColumn } from './table.tsx'
import { CampaignLink, Count, percent, Words } from './words.tsx'

const path = '/campaigns'
const pageSize = 50

export const campaigns: Routes = (app, { ports }, send) => {
  app.get(path, async (request, reply) => {
    const { q, after } = queryOf(request)
    const faults = faultsOf({ q }, { q: aSearch })
    const isFaulty = faults.length > 0
    const { items, next } = isFaulty
      ? { items: [], next: null }
      : await ports.campaigns.list({ q: q?.trim(), after, limit: pageSize })
    const content = (
      <>
        <Heading title="Campaigns" />
        <search aria-label="Search campaigns">
          <form method="get" action={path} class="filters">
            <Field label="Name or id" name="q" type="search" value={q} />
            <button type="submit" class="main">
              Search
            </button>
          </form>
        </search>
        <Faults faults={faults} />
        {isFaulty ? null : <CampaignTable items={items} />}
        <Pager path={path} query={{ q, after }} next={next} />
        <h2>Compare two</h2>
        <form method="get" action="/campaigns/compare" class="filters">
          <Field label="One campaign" name="a" required />
          <Field label="Another" name="b" required />
          <button type="submit">Compare</button>
        </form>
      </>
    )
    return send(request, reply, {
      title: 'Campaigns',
      section: 'campaigns',
      content,
      status: isFaulty ? 400 : 200,
    })
  })

  app.get('/campaigns/compare', async (request, reply) => {
    const given = queryOf(request)
    const pair: Campaign[] = []
    for (const id of [given.a ?? '', given.b ?? '']) {
      const found = isId(id) ? await ports.campaigns.get(id) : null
      if (found === null) throw absent(`campaign ${id}`)
      pair.push(found)
    }
    const content = (
      <>
        <Heading title="Two campaigns" />
        <CampaignTable items={pair} />
        <p>
          <a href={path}>All campaigns</a>
        </p>
      </>
    )
    return send(request, reply, { title: 'Two campaigns', section: 'campaigns', content })
  })
}

/** A count with its rate of the mails sent. */
function Rated({ value, sent }: { readonly value: number; readonly sent: number }): VNode {
  return (
    <>
      <Count value={value} /> {sent > 0 ? <small class="faint">{percent(value / sent)}</small> : null}
    </>
  )
}

const rated = (title: string, value: (item: Campaign) => number): TableColumn<Campaign> => ({
  title,
  kind: 'number',
  cell: item => <Rated value={value(item)} sent={item.sent} />,
})

const columns: readonly TableColumn<Campaign>[] = [
  { title: 'Campaign', cell: item => <CampaignLink id={item.id} /> },
  { title: 'Name', kind: 'long', cell: item => <Words text={item.name} /> },
  { title: 'Sent', kind: 'number', cell: item => item.sent.toLocaleString('en') },
  rated('Hard', item => item.hardBounces),
  rated('Soft', item => item.softBounces),
  rated('of them blocked', item => item.blockedBounces),
  rated('Complaints', item => item.complaints),
]

function CampaignTable({ items }: { readonly items: readonly Campaign[] }): VNode {
  return (
    <Table
      label="Campaigns"
      columns={columns}
      items={items}
      keyOf={item => item.id}
      empty="No campaign. They appear with the first return path minted for one, or when their sends are told."
    />
  )
}
