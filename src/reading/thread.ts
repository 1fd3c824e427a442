// The reader's thread.

import { parentPort, workerData } from 'node:worker_threads'
import { obeyOrders } from './obey.ts'
import { Progress } from './progress.ts'

if (parentPort === null) throw new Error('this file is started as a thread')
obeyOrders(parentPort, new Progress(workerData as SharedArrayBuffer))
