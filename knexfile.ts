// For Knex's own command line: `npm run knex -- migrate:status`. The server migrates by itself when it starts.

import { migrationSettings } from './migrations/list.ts'
import { knexSettings } from './src/store/database/open.ts'

const { dialect: _, ...settings } = knexSettings({
  url: process.env.DATABASE_URL ?? 'sqlite:./data/rebound.sqlite',
})

export default { ...settings, migrations: migrationSettings }
