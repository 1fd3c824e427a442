// The brake on removals at work: looks at what was recorded lately, opens and ends incidents, and holds what they concern.

import { blamedHost } from '../crm/blamed-host.ts'
import {
  concerns,
  isBadCampaign,
  lastsMs,
  openWindow,
  type Sighting,
  type Sign,
  windowMs,
} from '../crm/brake.ts'
import { providerOfDomain, providerOfHost } from '../knowledge/providers.ts'
import { groupOf, isCategory } from '../model/categories.ts'
import { dayMs } from '../model/day.ts'
import type { BounceEvent } from '../model/event.ts'
import type { Incidents } from '../model/incident.ts'
import { databaseTime } from '../store/database/clock.ts'
import { persist } from '../store/database/failures.ts'
import type { Store } from '../store/database/open.ts'
import { type IncidentRow, rowsOf } from '../store/database/tables.ts'
import { createCampaigns } from '../store/tables/campaigns.ts'
import {
  countHeld,
  decidedSince,
  endIncidents,
  noteSign,
  openIncidents,
  reachMs,
} from '../store/tables/incidents.ts'
import {
  readSightings,
  removalsSince,
  type SightingReader,
  type SightingRow,
} from '../store/tables/sightings.ts'
import { holdRemoval } from '../store/upkeep/hold.ts'
import { startLoop } from '../system/loop.ts'
import { incidentNotices, type NoticeParts } from './incident-notices.ts'
import { usualBlocks } from './usual-blocks.ts'

export interface Brake {
  /** The incident for which this bounce may not remove an address now; null: it may. Asks nobody. */
  readonly heldBy: (event: BounceEvent, campaignId: string | null) => number | null
  /** Looks now; for tests, and callers that cannot wait. */
  readonly look: () => Promise<void>
  readonly close: () => Promise<void>
}

const everyMs = 2_000
/** Other servers hear of an incident so much later at the most: what they removed meanwhile is held too. */
const stragglersMs = 30_000
/** After people said that the removals are right, the same is no sign for so long. */
const quietMs = dayMs
const actor = 'brake'

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase()
const providerOfAddress = (address: string) => providerOfDomain(domainOf(address))

export interface BrakeParts extends NoticeParts {
  readonly incidents: Pick<Incidents, 'decide'>
}

export function startBrake(store: Store, { incidents, announcer, metrics, log }: BrakeParts): Brake {
  const campaigns = createCampaigns(store)
  const usual = usualBlocks(store, providerOfAddress)
  const notices = incidentNotices(store, { announcer, metrics, log })
  let open: readonly IncidentRow[] = []
  let exempt: ReadonlySet<string> = new Set()
  let reader: SightingReader | null = null
  let isFirst = true
  const window = openWindow({
    isProviders: host => providerOfHost(host) !== null,
    usualBlocks: usual.of,
  })

  const isSign = async (sign: Sign): Promise<boolean> => {
    if (sign.sign !== 'campaign') return true
    const campaign = await campaigns.get(sign.subject)
    return campaign !== null && isBadCampaign({ sent: campaign.sent, hard: campaign.hardBounces })
  }

  /** Gives back what was removed for the same sign since an hour before the incident. */
  const reachBack = async (incident: IncidentRow, now: number): Promise<void> => {
    const isFresh = isFirst || now - Number(incident.opened_at) < stragglersMs
    const since = isFresh ? Number(incident.opened_at) - reachMs : now - stragglersMs
    let held = 0
    for await (const rows of removalsSince(store, incident, since))
      for (const row of rows) {
        const sighting = sightingOf(row)
        if (exempt.has(sighting.campaign ?? '') || !concerns(incident, sighting)) continue
        const by = { incidentId: Number(incident.id), actor: `${actor} ${incident.id}` }
        if ((await holdRemoval(store, Number(row.id), by)) === 'done') held++
      }
    if (held > 0)
      log.warn({ incident: Number(incident.id), held }, 'addresses that were removed lately were given back')
  }

  /** A server that heard of a decision late may have held something more. */
  const settleStragglers = async (rows: readonly IncidentRow[]): Promise<void> => {
    for (const row of rows) {
      const { id, decision, decided_by: by, reason } = row
      if (decision === null || (await countHeld(store, row)) === 0) continue
      await incidents.decide(String(id), decision, { actor: by ?? actor, reason: reason ?? '' })
    }
  }

  const turn = async (signal?: AbortSignal): Promise<void> => {
    const now = await persist(() => databaseTime(store))
    reader ??= readSightings(store, now - windowMs)
    await usual.learn(now)
    exempt = await exemptCampaigns(store)
    for (const row of await reader.next()) if (!exempt.has(row.campaign_id ?? '')) window.add(sightingOf(row))
    const decided = await decidedSince(store, now - windowMs)
    for (const row of decided) window.settled(row, Number(row.decided_at))
    for (const sign of window.signs(now)) {
      if (!(await isSign(sign))) continue
      const incident = await noteSign(store, sign, { at: now, quietMs })
      if (incident !== null) notices.opened(incident)
    }
    const lasting = await openIncidents(store)
    for (const incident of await endIncidents(store, lasting, { before: now - lastsMs, at: now }))
      await notices.ended(incident)
    open = lasting.filter(row => Number(row.last_sign_at) >= now - lastsMs)
    for (const incident of open) if (!signal?.aborted) await reachBack(incident, now)
    await settleStragglers(decided.filter(row => Number(row.decided_at) > now - stragglersMs))
    await notices.count(now, open.length > 0)
    await notices.tell(now)
    isFirst = false
  }
  const loop = startLoop({
    turn,
    firstMs: 0,
    waitMs: () => everyMs,
    onError: error => log.warn({ err: error }, 'the brake on removals could not look; it looks again'),
  })

  return {
    heldBy: (event, campaignId) => {
      if (open.length === 0 || exempt.has(campaignId ?? '')) return null
      const { recipient, verdict } = event
      const address = recipient.originalAddress ?? recipient.address
      const facts = {
        host: blamedHost(recipient),
        campaign: campaignId,
        provider: address === null ? 'other' : providerOfAddress(address),
        isHard: verdict?.type === 'hard',
      }
      const found = open.find(incident => concerns(incident, facts))
      return found === undefined ? null : Number(found.id)
    },
    look: loop.now,
    close: loop.close,
  }
}

function sightingOf(row: SightingRow): Sighting {
  const address = row.address ?? row.reported_address
  const domain = address?.includes('@') ? domainOf(address) : null
  return {
    at: Number(row.recorded_at),
    returnPath: row.return_path,
    record: `${row.module}\0${row.record_id}`,
    domain,
    provider: domain === null ? 'other' : providerOfDomain(domain),
    host: blamedHost({ remoteMta: row.remote_mta, diagnostic: row.diagnostic }),
    campaign: row.campaign_id,
    isHard: row.type === 'hard',
    isBlock: row.type === 'soft' && isCategory(row.category) && groupOf(row.category) === 'blocked',
  }
}

/** Campaigns that the brake leaves alone, such as those of a test harness. */
async function exemptCampaigns(store: Store): Promise<ReadonlySet<string>> {
  const rows = await persist(
    async () => await rowsOf(store, 'rebound_campaigns').select('id').where({ brake: 0 }),
  )
  return new Set(rows.map(({ id }) => id))
}
