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
const searchLabel = 'Name or id'

export const campaigns: Routes = (app, { ports }, send) => {
  app.get(path, async (request, reply) => {
    const { q, after } = queryOf(request)
    const faults = faultsOf({ q }, { q: aSearch }, { q: searchLabel })
    const isFaulty = faults.length > 0
    const { items, next } = isFaulty
      ? { items: [], next: null }
      : await ports.campaigns.list({ q: q?.trim(), after, limit: pageSize })
    const content = (
      <>
        <Heading title="Campaigns" />
        <search aria-label="Search campaigns">
          <form method="get" action={path} class="filters">
            <Field label={searchLabel} name="q" type="search" value={q} />
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
          <Field label="One campaign" name="a" required placeholder="its id" />
          <Field label="Another" name="b" required placeholder="its id" />
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
        <Heading title="Two campaigns compared" />
        <Compared pair={pair} />
        <p>
          <a href={path}>All campaigns</a>
        </p>
      </>
    )
    return send(request, reply, { title: 'Two campaigns compared', section: 'campaigns', content })
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
  rated('Soft, blocked', item => item.blockedBounces),
  rated('Complaints', item => item.complaints),
]

interface Measure {
  readonly title: string
  readonly of: (item: Campaign) => VNode
}

const ratedOf = (title: string, value: (item: Campaign) => number): Measure => ({
  title,
  of: item => <Rated value={value(item)} sent={item.sent} />,
})

const measures: readonly Measure[] = [
  { title: 'Campaign', of: item => <CampaignLink id={item.id} /> },
  { title: 'Name', of: item => <Words text={item.name} /> },
  { title: 'Sent', of: item => <Count value={item.sent} /> },
  ratedOf('Hard bounces', item => item.hardBounces),
  ratedOf('Soft bounces', item => item.softBounces),
  ratedOf('Soft, blocked', item => item.blockedBounces),
  ratedOf('Complaints', item => item.complaints),
]

/** A column each, so that what is compared stands side by side, on a phone too. */
function Compared({ pair }: { readonly pair: readonly Campaign[] }): VNode {
  const column = (item: Campaign, at: number): TableColumn<Measure> => ({
    title: at === 0 ? 'One' : 'Another',
    kind: 'number',
    cell: ({ of }) => of(item),
  })
  return (
    <Table
      label="Two campaigns"
      columns={[{ title: 'What', cell: ({ title }) => title }, ...pair.map(column)]}
      items={measures}
      keyOf={({ title }) => title}
      isSlim
      empty=""
    />
  )
}

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
