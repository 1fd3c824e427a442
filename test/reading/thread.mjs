// The reader's thread out of the sources: a thread takes no loader from the one that starts it.

import { register } from 'tsx/esm/api'

register()
await import('../../src/reading/thread.ts')
