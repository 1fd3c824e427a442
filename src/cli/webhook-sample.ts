// The event that `rebound webhooks test` sends.

import { exampleBounce, type StoredBounce } from '../model/stored-bounce.ts'

/** A hard bounce of a record that does not exist, at domains that belong to nobody. */
export const sampleBounce = (now: Date): StoredBounce => ({
  ...exampleBounce,
  id: '0',
  receivedAt: now,
  recordedAt: now,
  diagnostic: '550 5.1.1 <ana@example.org>: a test of webhooks, no bounce',
  recordId: 'test',
  campaignId: null,
  subject: 'A test of webhooks',
  originalMessageId: null,
})
