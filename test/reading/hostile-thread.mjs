// As `thread.mjs`, of the thread that mails can harm.

import { register } from 'tsx/esm/api'

register()
await import('./hostile-thread.ts')
