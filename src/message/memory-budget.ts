// One number bounds what all mails in flight keep in memory.

import type { MailMemory, MemoryBudget } from '../model/mail-memory.ts'

/** A mail costs this much before its first byte is kept: session, block, objects. */
const mailBytes = 16 * 1024

/** Of the whole budget, and of a site's share: the rest is for mails under way. */
const tight = 0.75
/** One site alone leaves room for the others. */
const siteShare = 0.5
/** And many together leave this to those who hold next to nothing: ordinary mail beside a flood. */
const reserve = 0.1
const smallShare = 0.02

/** In place of a site, for all that may hold more than one. */
const unbounded = ''

/**
 * A budget of so many bytes, of which one site may hold half. `siteOf` says which site an address belongs to: null for
 * one that may hold all. From three quarters on, new mails should wait, but for those of sites that hold next to nothing:
 * a tenth is theirs, whatever the others hold.
 */
export function createMemoryBudget(
  maxBytes: number,
  siteOf: (ip: string) => string | null = () => null,
): MemoryBudget {
  const maxSiteBytes = maxBytes * siteShare
  const maxReserveBytes = maxBytes * reserve
  const sites = new Map<string, number>()
  let kept = 0
  /** What sites that hold next to nothing took of their tenth. */
  let reserved = 0
  const ofSite = (site: string): number => sites.get(site) ?? 0
  const hasRoom = (site: string, bytes: number): boolean =>
    kept + bytes <= maxBytes - maxReserveBytes && (site === unbounded || ofSite(site) + bytes <= maxSiteBytes)
  const hasReserve = (site: string, bytes: number): boolean =>
    ofSite(site) < maxBytes * smallShare && reserved + bytes <= maxReserveBytes
  const keyOf = (ip: string): string => siteOf(ip) ?? unbounded
  const add = (site: string, bytes: number): void => {
    kept += bytes
    const left = ofSite(site) + bytes
    if (left > 0) sites.set(site, left)
    else sites.delete(site)
  }
  return {
    isTight: ip => {
      if (kept >= maxBytes * tight) return !hasReserve(keyOf(ip), mailBytes)
      // Below that no site can hold as much: nothing is looked up while there is plenty.
      if (kept < maxSiteBytes * tight) return false
      const site = keyOf(ip)
      return site !== unbounded && ofSite(site) >= maxSiteBytes * tight
    },
    bytes: () => kept,
    open: ip => {
      const site = keyOf(ip)
      /** Held, taken, and of what was taken, the part that is of the tenth. */
      const own = { held: 0, taken: 0, reserved: 0 }
      let exhausted = false
      let isClosed = false
      const hold = (bytes: number): void => {
        if (isClosed) return
        own.held += bytes
        add(site, bytes)
      }
      const letGo = (): void => {
        add(site, -own.taken)
        reserved -= own.reserved
        own.taken = 0
        own.reserved = 0
      }
      hold(mailBytes)
      return {
        hold,
        take: bytes => {
          if (isClosed || exhausted) return false
          if (hasRoom(site, bytes)) own.taken += bytes
          else if (hasReserve(site, bytes)) {
            own.taken += bytes
            own.reserved += bytes
            reserved += bytes
          } else {
            exhausted = true
            // From here on nothing of it is kept, so that the others may go on.
            letGo()
            return false
          }
          add(site, bytes)
          return true
        },
        isExhausted: () => exhausted,
        close: () => {
          letGo()
          add(site, -own.held)
          own.held = 0
          isClosed = true
        },
      }
    },
  }
}

/** For who reads one mail at a time: the limits of the mail itself are enough. */
export const ownMemory: MailMemory = {
  take: () => true,
  hold: () => {},
  isExhausted: () => false,
  close: () => {},
}
