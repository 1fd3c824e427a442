// Every operation of the API but the probes, in the order of its description.

import type { Ports } from './ports.ts'
import { addresses } from './routes/addresses.ts'
import { attention } from './routes/attention.ts'
import { audit } from './routes/audit.ts'
import { bounces } from './routes/bounces.ts'
import { campaigns } from './routes/campaigns.ts'
import { categories } from './routes/categories.ts'
import { classify } from './routes/classify.ts'
import { incidents } from './routes/incidents.ts'
import { postmaster } from './routes/postmaster.ts'
import { recordList } from './routes/record-list.ts'
import { records } from './routes/records.ts'
import { replies } from './routes/replies.ts'
import { returnPaths } from './routes/return-paths.ts'
import { rules } from './routes/rules.ts'
import { summary } from './routes/summary.ts'
import { tryOut } from './routes/try-out.ts'
import { undoMany } from './routes/undo-many.ts'
import { upkeep } from './routes/upkeep.ts'
import { views } from './routes/views.ts'
import { webhooks } from './routes/webhooks.ts'
import type { Api, ZodTypes } from './schema.ts'

/** @param maxMessageBytes how large a mail to classify may be */
export async function operations(api: Api, ports: Ports, maxMessageBytes: number): Promise<void> {
  returnPaths(api, ports)
  records(api, ports)
  campaigns(api, ports)
  recordList(api, ports)
  bounces(api, ports)
  undoMany(api, ports)
  incidents(api, ports)
  audit(api, ports)
  replies(api, ports)
  summary(api, ports)
  attention(api, ports)
  addresses(api, ports)
  categories(api)
  webhooks(api, ports)
  views(api, ports)
  postmaster(api, ports)
  upkeep(api, ports)
  tryOut(api, ports)
  rules(api, ports)
  await api.register((inner, _options, done) => {
    classify(inner.withTypeProvider<ZodTypes>(), ports, maxMessageBytes)
    done()
  })
}
