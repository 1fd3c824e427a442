// A database full of records that bounced, made by the database itself in seconds.

import type { Store } from '../../src/store/database/open.ts'

/**
 * So many contacts with one bounce each: odd ones hard, even ones soft, a tenth of them in campaign 7, one a minute from
 * 2026-01-01 on. SQLite alone.
 */
export async function crowd(store: Store, count: number): Promise<void> {
  const numbers = 'with recursive n(i) as (select 1 union all select i + 1 from n where i < ?)'
  const address = `'somebody.' || i || '@a-domain-of-usual-length.example'`
  const at = `1767225600000 + i * 60000`
  await store.knex.raw(
    `insert into rebound_contacts (id, email, email_bounced, bounced_address, hard_bounces, soft_bounces, last_bounce_at)
     ${numbers} select printf('%07d', i), iif(i % 2, null, ${address}), 1, iif(i % 2, ${address}, null), i % 2, 1 - i % 2, ${at}
     from n`,
    [count],
  )
  await store.knex.raw(
    `insert into rebound_bounces (fingerprint, received_at, recorded_at, kind, type, category, status, diagnostic, module,
     record_id, campaign_id, linked_by, concern, client_ip, return_path, effect)
     ${numbers} select printf('%08x%064x', 0, i), ${at}, ${at}, 'bounce', iif(i % 2, 'hard', 'soft'),
     iif(i % 2, 'unknown-user', 'mailbox-full'), iif(i % 2, '5.1.1', '5.2.2'), 'a diagnostic of some words', 'contacts',
     printf('%07d', i), iif(i % 10, '8', '7'), 'signed', 'owner', '192.0.2.1', 'b-x@bounces.crm.example', 'flagged'
     from n`,
    [count],
  )
  await store.knex.raw(
    `insert into rebound_campaign_records (campaign_id, module, record_id, type, blocked, event_id)
     select campaign_id, module, record_id, type, 0, id from rebound_bounces`,
  )
}
