// Every migration in order, by the name that is kept in the database: no extension, so that a checkout (`.ts`)
// and an installation (`.js`) agree on what has run.

import type { Knex } from 'knex'
import * as bounces from './01-bounces.ts'
import * as records from './02-records.ts'
import * as campaigns from './03-campaigns.ts'
import * as rules from './04-rules.ts'
import * as returnPaths from './05-return-paths.ts'
import * as audit from './06-audit.ts'
import * as evidence from './07-evidence.ts'
import * as outbox from './08-outbox.ts'
import * as views from './09-views.ts'
import * as crmTables from './10-crm-tables.ts'
import * as webhooks from './11-webhooks.ts'
import * as recording from './12-recording.ts'
import * as toldCounts from './13-told-counts.ts'
import * as promotion from './14-promotion.ts'
import * as searches from './15-searches.ts'
import * as growth from './16-growth.ts'
import * as advice from './17-advice.ts'
import * as replies from './18-replies.ts'
import * as incidents from './19-incidents.ts'
import * as mailboxes from './20-mailboxes.ts'
import * as nodeClocks from './21-node-clocks.ts'
import * as mints from './22-mints.ts'
import * as closedCampaigns from './23-closed-campaigns.ts'
import * as incidentWebhooks from './24-incident-webhooks.ts'
import * as complaints from './25-complaints.ts'
import * as days from './26-days.ts'
import * as roleMail from './27-role-mail.ts'
import * as spread from './28-spread.ts'
import * as savedViews from './29-views.ts'
import * as lookups from './30-lookups.ts'

const migrations: ReadonlyMap<string, Pick<Knex.Migration, 'up'>> = new Map([
  ['01-bounces', bounces],
  ['02-records', records],
  ['03-campaigns', campaigns],
  ['04-rules', rules],
  ['05-return-paths', returnPaths],
  ['06-audit', audit],
  ['07-evidence', evidence],
  ['08-outbox', outbox],
  ['09-views', views],
  ['10-crm-tables', crmTables],
  ['11-webhooks', webhooks],
  ['12-recording', recording],
  ['13-told-counts', toldCounts],
  ['14-promotion', promotion],
  ['15-searches', searches],
  ['16-growth', growth],
  ['17-advice', advice],
  ['18-replies', replies],
  ['19-incidents', incidents],
  ['20-mailboxes', mailboxes],
  ['21-node-clocks', nodeClocks],
  ['22-mints', mints],
  ['23-closed-campaigns', closedCampaigns],
  ['24-incident-webhooks', incidentWebhooks],
  ['25-complaints', complaints],
  ['26-days', days],
  ['27-role-mail', roleMail],
  ['28-spread', spread],
  ['29-views', savedViews],
  ['30-lookups', lookups],
])

interface Listed {
  readonly name: string
  /** What Knex's command line prints. */
  readonly file: string
  readonly migration: Pick<Knex.Migration, 'up'>
}

/** Going down would delete what was recorded: mail that nobody sends again, and webhooks that wait. */
async function refuseDown(): Promise<never> {
  throw new Error(
    'Migrations of Rebound only go forward; to go back, restore a backup made before the upgrade',
  )
}

export const migrationSource: Knex.MigrationSource<Listed> = {
  getMigrations: async () => [...migrations].map(([name, migration]) => ({ name, file: name, migration })),
  getMigrationName: ({ name }) => name,
  getMigration: async ({ migration }) => ({ up: migration.up, down: refuseDown }),
}

/** In order. */
export const migrationNames: readonly string[] = [...migrations.keys()]

/** For Knex's own migrator: `rebound_` names, since the CRM's tables may live in the same database. */
export const migrationSettings = {
  tableName: 'rebound_migrations',
  migrationSource,
} as const satisfies Knex.MigratorConfig
