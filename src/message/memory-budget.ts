// One number bounds what all mails in flight keep in memory.

import type { MailMemory, MemoryBudget } from '../model/mail-memory.ts'

/** A mail costs this much before its first byte is kept: session, block, objects. */
const MAIL_BYTES = 16 * 1024

/** A budget of so many bytes. The last quarter is for mails under way: new ones should wait. */
export function createMemoryBudget(maxBytes: number): MemoryBudget {
  let kept = 0
  return {
    isTight: () => kept >= maxBytes * 0.75,
    bytes: () => kept,
    open: () => {
      let own = MAIL_BYTES
      let exhausted = false
      kept += own
      const giveBack = (): void => {
        kept -= own
        own = 0
      }
      return {
        take: bytes => {
          if (!exhausted && kept + bytes > maxBytes) {
            exhausted = true
            // From here on nothing of it is kept, so that the others may go on.
            giveBack()
          }
          if (exhausted) return false
          own += bytes
          kept += bytes
          return true
        },
        isExhausted: () => exhausted,
        close: giveBack,
      }
    },
  }
}

/** For who reads one mail at a time: the limits of the mail itself are enough. */
export const ownMemory: MailMemory = { take: () => true, isExhausted: () => false, close: () => {} }
