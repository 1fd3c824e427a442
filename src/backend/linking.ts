// Which record each report belongs to: the links of `return-path`, with the database behind them.

import { composeEvents } from '../crm/compose.ts'
import type { Envelope } from '../model/envelope.ts'
import type { BounceEvent } from '../model/event.ts'
import type { Report } from '../model/report.ts'
import type { SendRef } from '../model/return-path.ts'
import type { Judgement } from '../model/verdict.ts'
import { linkOf, linkToAddress } from '../return-path/link.ts'
import type { Config } from '../settings/config.ts'
import type { Base } from './open.ts'

/** The events of a judged message, each linked to its record. Rejects only when the database does. */
export type LinkedEvents = (
  envelope: Envelope,
  report: Report,
  judgement: Judgement,
) => Promise<readonly BounceEvent[]>

export function linkedEvents(
  { bounces, records, returnPaths, storedPaths }: Base,
  { linkAddress }: Pick<Config, 'linkAddress'>,
): LinkedEvents {
  /** The current owner of the address: a claim, whose check then says which of several recipients is meant. */
  const lookupAddress = async (address: string): Promise<SendRef | null> => {
    const found = await records.findByAddress(address)
    if (found === null) return null
    const addressCheck = returnPaths.checkOf(address)
    return { module: found.module, recordId: found.id, campaign: null, mailId: null, addressCheck }
  }
  return async (envelope, report, judgement) => {
    const events = await composeEvents(envelope, report, judgement, {
      matches: returnPaths.messageMatches(),
      wasTaken: ({ send }, returnPath) => bounces.wasTaken(send, returnPath),
      link: (path, original) =>
        linkOf(path, original, {
          now: envelope.receivedAt,
          resolveReference: returnPaths.resolveReference,
          lookupStored: storedPaths.find,
          lookupMessageId: storedPaths.findByMessageId,
          lookupAddress,
        }),
      linkAddress: linkAddress === 'yes' ? address => linkToAddress(address, lookupAddress) : undefined,
    })
    // Of a mailbox, only what belongs to a record is recorded: it may be a person's.
    const isUnaddressed = envelope.recipients.some(({ kind }) => kind === 'unaddressed')
    return isUnaddressed ? events.filter(({ link }) => link !== null) : events
  }
}
