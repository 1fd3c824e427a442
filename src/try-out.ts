// Sends a mail of the harness to this server's own SMTP port, and finds out which event it became.

import type { Mint } from './model/mint.ts'
import type { Records } from './model/record.ts'
import { type TryOut, tryAddress, tryRecord } from './model/try-out.ts'

export interface TryOutParts {
  readonly mint: Mint
  readonly records: Pick<Records, 'put' | 'history'>
  /** Where SMTP listens; null: it does not. */
  readonly smtp: () => { readonly host: string; readonly port: number } | null
}

/** Events of the record among which this one is: others may try it at the same time. */
const latest = 20

/** The harness is loaded when it is used: a server seldom is tried out. */
export function tryOutOf({ mint, records, smtp }: TryOutParts): TryOut {
  return {
    choices: async () => {
      const { scenariosOf, writerNames } = await import('./harness/compose.ts')
      return writerNames.map(writer => ({ writer, scenarios: scenariosOf(writer) }))
    },
    send: async (writer, scenario, by) => {
      const [{ compose }, { send }, { UnknownNameError }] = await Promise.all([
        import('./harness/compose.ts'),
        import('./harness/send.ts'),
        import('./harness/names.ts'),
      ])
      const listening = smtp()
      if (listening === null) return { kind: 'unknown', why: 'This server listens for no SMTP.' }
      try {
        // As if nothing had ever come back for it.
        const { module, id } = tryRecord
        await records.put(module, id, { email: tryAddress, emailBounced: false }, by)
        const [minted] = await mint([{ module, id, to: tryAddress }], { count: false })
        const returnPath = minted?.address ?? ''
        const at = new Date()
        const mail = compose(writer, scenario, { returnPath, recipient: tryAddress, at, seed: returnPath })
        const sent = await send(mail, { host: reachable(listening.host), port: listening.port })
        // It was recorded before the server said 250.
        const { items } = await records.history(module, id, { limit: latest })
        const event = items.find(item => item.returnPath === returnPath)
        const { response, acknowledged } = sent
        return { kind: 'sent', response, isTaken: acknowledged, bounceId: event?.id ?? null }
      } catch (error) {
        if (error instanceof UnknownNameError) return { kind: 'unknown', why: error.message }
        throw error
      }
    },
  }
}

/** Who listens everywhere is found here. */
function reachable(host: string): string {
  if (host === '::') return '::1'
  return host === '0.0.0.0' ? '127.0.0.1' : host
}
