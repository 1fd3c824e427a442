// What the API may ask for, made of the parts that answer it.

import { listedKeys } from './backend/keys.ts'
import type { Base } from './backend/open.ts'
import type { Ports } from './http/ports.ts'
import { addressPatterns, providers } from './knowledge/providers.ts'
import { adviceOn } from './model/advice.ts'
import type { Rulebook } from './rules/rulebook.ts'
import type { Config } from './settings/config.ts'
import { summarise } from './view/summary.ts'

/** Health is the server's own. */
export function portsOf(
  base: Base,
  book: Rulebook,
  config: Config,
  certificateExpires: () => Date | null,
): Omit<Ports, 'health'> {
  return {
    modules: base.modules,
    records: base.records,
    campaigns: base.campaigns,
    bounces: base.bounces,
    mint: base.mint,
    undo: base.undo,
    undoMany: base.undoMany,
    incidents: base.incidents,
    recordList: base.list,
    rules: { ...book.rules, restore: book.restore },
    providers: new Map(providers.map(({ name }) => [name, addressPatterns(name)])),
    explain: book.explainStored,
    audit: base.audit,
    replies: base.replies,
    summarise: summarise({
      cellsOf: base.countDay,
      cellsOfCampaign: base.countCampaign,
      sentOf: base.sentOf,
    }),
    attention: async () => ({
      webhooksGivenUp: await base.countGivenUp(),
      strippedBounces: await base.countStripped(),
      rolesUnread: (await base.roleMail.count()).new,
      certificateExpires: certificateExpires(),
    }),
    resetRecords: base.resetAll,
    stripped: base.stripped,
    applyStripped: base.applyStripped,
    forget: base.forget,
    webhooks: base.outbox,
    views: base.views,
    roleMails: base.roleMail,
    examine: joined(async () => {
      const { examine } = await import('./doctor/examine.ts')
      return await examine(config, { now: new Date() })
    }),
    keys: () => listedKeys(base.store, config),
    checkAddresses: async addresses => {
      const bounces = await base.lastBounces(addresses)
      return addresses.map((address, at) => {
        const bounce = bounces[at] ?? null
        return { address, bounce, advice: bounce && adviceOn(bounce) }
      })
    },
    classify: async (bytes, delivery) => {
      // Loaded when a mail is tried out: mail that comes in is read elsewhere.
      const [{ classifiedOf }, { readMessage }, { readReport, readSigns }] = await Promise.all([
        import('./reader.ts'),
        import('./message/parts.ts'),
        import('./report/read.ts'),
      ])
      const message = await readMessage(bytes)
      const report = readReport(message, delivery)
      return {
        classified: classifiedOf(report, await book.judge(report)),
        reader: report.reader,
        signs: readSigns(message, delivery),
        explanation: (await book.explain(report)).recipients,
      }
    },
  }
}

/** Who asks while it is under way gets the same answer: it speaks to other servers. */
function joined<Answer>(work: () => Promise<Answer>): () => Promise<Answer> {
  let running: Promise<Answer> | null = null
  return () => {
    running ??= work().finally(() => {
      running = null
    })
    return running
  }
}
