// Holds the lock of a server on an SQLite file until it is killed: node --import tsx hold-server-lock.mjs sqlite:FILE

import { lockForServer } from '../../src/store/database/server-lock.ts'

await lockForServer(process.argv[2], { waitMs: 0 })
process.send('held')
setInterval(() => {}, 1_000)
