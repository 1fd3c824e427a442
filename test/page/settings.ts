// What the pages of tests are told.

import type { PageSettings } from '../../src/page/site.ts'

export const pageSettings: PageSettings = {
  recordUrl: 'https://crm.example/{module}/{id}',
  version: '1.2.3',
  databaseName: 'SQLite /data/rebound.sqlite',
  settings: [{ name: 'REBOUND_DOMAINS', value: 'bounces.crm.example', help: 'domains of your return paths' }],
}
