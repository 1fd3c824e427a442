// Whose refusal it is, and what that provider means by it.

import {
  type ProviderName,
  type ProviderRow,
  providerOfDomain,
  providerOfHost,
  providers,
} from '../knowledge/providers.ts'
import type { Stage } from '../knowledge/stages.ts'
import type { StatusCode } from '../knowledge/status-codes.ts'
import type { RecipientReport, Report } from '../model/report.ts'
import type { CauseMatch } from './candidates.ts'
import { rowText, type TextMatches } from './text-matches.ts'

/** Who refused: by remote MTA (else the reporting one), by the words of the refusal, by the address. */
export function recognise(
  report: Report,
  recipient: RecipientReport,
  texts: readonly TextMatches[],
): ReadonlySet<ProviderName> {
  const recognised = new Set<ProviderName>(texts.flatMap(({ marks }) => marks))
  const host = recipient.remoteMta ?? report.reportingMta
  const byHost = host === null ? null : providerOfHost(host)
  if (byHost !== null) recognised.add(byHost)
  const domain = recipient.address?.split('@').at(-1)
  if (domain !== undefined) recognised.add(providerOfDomain(domain))
  return recognised
}

export function readProvider(
  recognised: ReadonlySet<ProviderName>,
  status: StatusCode | null,
  replyCode: number | null,
  stage: Stage | null,
  texts: readonly TextMatches[],
): (CauseMatch & { readonly row: ProviderRow }) | null {
  const code = status === null ? '' : `${status.class}.${status.subject}.${status.detail}`
  for (const { name, rows } of providers) {
    if (!recognised.has(name)) continue
    for (const row of rows) {
      if (!isOfCodes(row, code, replyCode) || (stage !== null && row.notAt === stage)) continue
      if (row.texts === undefined) return { id: row.id, category: row.category, text: '', row }
      for (const words of texts) {
        const text = rowText(words, row)
        if (text !== null) return { id: row.id, category: row.category, text, row }
      }
    }
  }
  return null
}

function isOfCodes(row: ProviderRow, status: string, replyCode: number | null): boolean {
  if (row.status !== undefined && !row.status.includes(status)) return false
  return row.replyCode === undefined || row.replyCode.includes(replyCode ?? 0)
}
