// The results of one campaign: counts and rates, by cause, provider and hour, and its records.

import type { VNode } from 'preact'
import { absent } from '../http/problem.ts'
import type { Campaign } from '../model/campaign.ts'
import { isId } from '../model/validity.ts'
import { Columns, SumTable } from './charts.tsx'
import { urlOf } from './forms.tsx'
import { History } from './history.tsx'
import { Heading } from './layout.tsx'
import type { Routes } from './site.ts'
import { percent, visible } from './words.tsx'

const latest = 10
/** Hours that a chart shows. */
const mostHours = 96

export const campaign: Routes = (app, { ports }, send) => {
  app.get<{ Params: { id: string } }>('/campaigns/:id', async (request, reply) => {
    const { id } = request.params
    const found = isId(id) ? await ports.campaigns.get(id) : null
    if (found === null) throw absent(`campaign ${id}: none of its mail was minted or bounced yet`)
    const span = { from: new Date(0), to: new Date(), campaignId: id }
    const hours = await ports.summarise({ ...span, by: 'hour' })
    const causes = await ports.summarise({ ...span, by: 'category' })
    const byProvider = await ports.summarise({ ...span, by: 'provider' })
    const { items } = await ports.bounces.newest({ campaignId: id, limit: latest })
    const title = found.name === null ? `Campaign ${visible(id)}` : visible(found.name)
    const content = (
      <>
        <Heading title={title}>
          <div class="row">
            <a class="button" href={urlOf('/records', { campaign: id })}>
              Its bounced records
            </a>
            <a class="button" href={urlOf('/v1/bounces', { campaign: id, format: 'csv' })}>
              CSV
            </a>
          </div>
        </Heading>
        {found.name === null ? null : (
          <p class="faint">
            Campaign <code>{visible(id)}</code>
          </p>
        )}
        <Results campaign={found} />
        <h2>By hour</h2>
        {hours.items.length === 0 ? (
          <p class="empty">Nothing came back.</p>
        ) : (
          <Columns items={hours.items.slice(0, mostHours)} label="Bounces by hour (UTC)" />
        )}
        <div class="columns">
          <section>
            <h2>By cause</h2>
            <SumTable
              items={causes.items}
              heading="Cause"
              label="Bounces by cause"
              link={category => urlOf('/events', { campaign: id, category })}
            />
          </section>
          <section>
            <h2>By provider</h2>
            <SumTable items={byProvider.items} heading="Provider" label="Bounces by provider" />
          </section>
        </div>
        <h2>Latest</h2>
        <History items={items} empty="Nothing came back yet." />
        <p>
          <a href={urlOf('/events', { campaign: id })}>All events of this campaign</a>
        </p>
      </>
    )
    return send(request, reply, { title, section: 'campaigns', content })
  })
}

function Results({ campaign }: { readonly campaign: Campaign }): VNode {
  const { sent, hardBounces, softBounces, blockedBounces, complaints } = campaign
  const rate = (value: number): string => (sent > 0 ? percent(value / sent) : '')
  const figures = [
    { title: 'Sent', value: sent, note: '' },
    { title: 'Hard bounces', value: hardBounces, note: rate(hardBounces) },
    { title: 'Soft bounces', value: softBounces, note: rate(softBounces) },
    { title: 'Soft, blocked', value: blockedBounces, note: rate(blockedBounces) },
    { title: 'Complaints', value: complaints, note: rate(complaints) },
  ]
  return (
    <section aria-label="Results">
      <Figures figures={figures} />
      <p class="faint">Each record counts once, at its worst. Later resets do not change a campaign.</p>
    </section>
  )
}

interface Figure {
  readonly title: string
  readonly value: number
  readonly note?: string
  readonly href?: string
}

/** A row of numbers with what they are. */
export function Figures({ figures }: { readonly figures: readonly Figure[] }): VNode {
  return (
    <div class="cards">
      {figures.map(({ title, value, note = '', href }) => (
        <div key={title} class="card">
          {href === undefined ? <span>{title}</span> : <a href={href}>{title}</a>}
          <span class="figure">{value.toLocaleString('en')}</span>
          <span class="faint">{note}</span>
        </div>
      ))}
    </div>
  )
}
