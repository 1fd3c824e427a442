// The last thirty days at a glance, and what needs a person.

import type { VNode } from 'preact'
import type { Attention } from '../model/attention.ts'
import { dayMs, dayOf, dayStart } from '../model/day.ts'
import type { Incident } from '../model/incident.ts'
import { Figures } from './campaign.tsx'
import { Columns, SentColumns, SumTable } from './charts.tsx'
import { doctorPath } from './doctor.tsx'
import { urlOf } from './forms.tsx'
import { History } from './history.tsx'
import { Heading } from './layout.tsx'
import { postmasterPath } from './postmaster.tsx'
import type { Routes } from './site.ts'
import { strippedPath } from './stripped.tsx'
import { tryPath } from './try-it.tsx'
import { webhooksPath } from './webhooks.tsx'
import { counted, percent, Time, visible } from './words.tsx'

const days = 30
const latest = 10

export const overview: Routes = (app, { ports }, send) => {
  app.get('/', async (request, reply) => {
    const to = dayStart(dayOf(new Date()) + 1)
    const span = { from: new Date(to.getTime() - days * dayMs), to }
    const byDay = await ports.summarise({ ...span, by: 'day' })
    const byProvider = await ports.summarise({ ...span, by: 'provider' })
    const byCause = await ports.summarise({ ...span, by: 'category' })
    const { items } = await ports.bounces.newest({ limit: latest })
    const { total } = byDay
    const content = (
      <>
        <Heading title="Overview" />
        <Needs
          attention={await ports.attention()}
          incidents={(await ports.incidents?.list({ all: false })) ?? []}
          notReady={await ports.health.notReady()}
        />
        <h2>The last {days} days</h2>
        <Figures
          figures={[
            { title: 'Sent', value: total.sent ?? 0, note: 'as minted or told' },
            {
              title: 'Hard bounces',
              value: total.hard,
              href: '/events?type=hard',
              note: share(total.hard, total.sent),
            },
            { title: 'Soft bounces', value: total.soft, href: '/events?type=soft' },
            { title: 'Soft, blocked', value: total.blocked, note: 'the sender is at fault' },
            { title: 'Complaints', value: total.complaints, href: '/events?kind=complaint' },
            { title: 'Delays', value: total.delayed, href: '/events?kind=delayed' },
            { title: 'Other reports', value: total.other, note: 'answers, receipts, deliveries' },
          ]}
        />
        <div class="columns">
          <Columns items={byDay.items} label="Bounces by day (UTC)" />
          {total.sent ? <SentColumns items={byDay.items} label="Mails sent by day (UTC)" /> : null}
        </div>
        <div class="columns">
          <section>
            <h2>By provider</h2>
            <SumTable items={byProvider.items} heading="Provider" label="Bounces by provider" />
          </section>
          <section>
            <h2>By cause</h2>
            <SumTable
              items={byCause.items}
              heading="Cause"
              label="Bounces by cause"
              link={category => urlOf('/events', { category })}
            />
          </section>
        </div>
        <h2>Latest</h2>
        <History items={items} empty="Nothing came back yet." />
        {items.length === 0 ? (
          <p>
            <a href={tryPath}>Try it</a>: send a test mail, and see what becomes of it. Or look whether
            everything <a href={doctorPath}>is set up</a>.
          </p>
        ) : null}
      </>
    )
    return send(request, reply, { title: 'Overview', section: 'overview', content })
  })
}

/** Days before which a certificate is to be renewed. */
const certificateDays = 14

const share = (count: number, of: number | null): string =>
  of ? `${percent(count / of)} of what was sent` : ''

function Needs(props: {
  readonly attention: Attention
  readonly incidents: readonly Incident[]
  readonly notReady: string | null
}): VNode {
  const { attention, incidents, notReady } = props
  const held = incidents.reduce((sum, incident) => sum + incident.held, 0)
  const { webhooksGivenUp, strippedBounces, rolesUnread, certificateExpires } = attention
  const isExpiring =
    certificateExpires !== null && certificateExpires.getTime() < Date.now() + certificateDays * dayMs
  const needs: readonly Need[] = [
    ...(notReady === null ? [] : [{ text: `Mail is deferred: ${visible(notReady)}`, href: doctorPath }]),
    ...needOf(webhooksGivenUp, 'webhook was given up', 'webhooks were given up', webhooksPath),
    ...needOf(
      strippedBounces,
      'event was stored without its text',
      'events were stored without their text',
      strippedPath,
    ),
    ...needOf(
      rolesUnread,
      'mail to postmaster or abuse is unread',
      'mails to postmaster or abuse are unread',
      postmasterPath,
    ),
  ]
  return (
    <section class="card" aria-labelledby="needs">
      <h2 id="needs">What needs a person</h2>
      {incidents.length === 0 ? null : (
        <p>
          <span class="mark hard">incident</span>{' '}
          <a href="/incidents">
            {incidents.length} open, {counted(held, 'removal waits', 'removals wait')}
          </a>
        </p>
      )}
      {isExpiring ? (
        <p>
          <span class="mark hard">certificate</span> Renew the certificate of STARTTLS: it expires{' '}
          <Time at={certificateExpires} />.
        </p>
      ) : null}
      {needs.length === 0 && incidents.length === 0 && !isExpiring ? (
        <p>
          <span class="mark good">nothing</span> Mail is taken and recorded.
        </p>
      ) : (
        <ul class="changes">
          {needs.map(({ text, href }) => (
            <li key={text}>
              <a href={href}>{text}</a>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

interface Need {
  readonly text: string
  /** Where it is to be done. */
  readonly href: string
}

function needOf(count: number, one: string, many: string, href: string): readonly Need[] {
  return count === 0 ? [] : [{ text: counted(count, one, many), href }]
}
