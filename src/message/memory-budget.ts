// One number bounds what all mails in flight keep in memory.

import type { MailMemory, MemoryBudget } from '../model/mail-memory.ts'

/** A mail costs this much before its first byte is kept: session, block, objects. */
const MAIL_BYTES = 16 * 1024

/** Of the whole budget, and of a site's share: the rest is for mails under way. */
const TIGHT = 0.75
/** One site alone leaves room for the others. */
const SITE_SHARE = 0.5

/**
 * A budget of so many bytes, of which one site may hold half. `siteOf` says which site an address belongs to: null for
 * one that may hold all. From three quarters on, new mails should wait.
 */
export function createMemoryBudget(
  maxBytes: number,
  siteOf: (ip: string) => string | null = () => null,
): MemoryBudget {
  const maxSiteBytes = maxBytes * SITE_SHARE
  const sites = new Map<string, number>()
  let kept = 0
  const ofSite = (site: string | null): number => (site === null ? 0 : (sites.get(site) ?? 0))
  const hasRoom = (site: string | null, bytes: number): boolean =>
    kept + bytes <= maxBytes && (site === null || ofSite(site) + bytes <= maxSiteBytes)
  const add = (site: string | null, bytes: number): void => {
    kept += bytes
    if (site === null) return
    const left = ofSite(site) + bytes
    if (left > 0) sites.set(site, left)
    else sites.delete(site)
  }
  return {
    isTight: ip => {
      if (kept >= maxBytes * TIGHT) return true
      // Below that no site can hold as much: nothing is looked up while there is plenty.
      return kept >= maxSiteBytes * TIGHT && ofSite(siteOf(ip)) >= maxSiteBytes * TIGHT
    },
    bytes: () => kept,
    open: ip => {
      const site = siteOf(ip)
      let own = 0
      let exhausted = false
      const change = (bytes: number): void => {
        own += bytes
        add(site, bytes)
      }
      change(MAIL_BYTES)
      return {
        take: bytes => {
          if (!exhausted && !hasRoom(site, bytes)) {
            exhausted = true
            // From here on nothing of it is kept, so that the others may go on.
            change(-own)
          }
          if (exhausted) return false
          change(bytes)
          return true
        },
        isExhausted: () => exhausted,
        close: () => change(-own),
      }
    },
  }
}

/** For who reads one mail at a time: the limits of the mail itself are enough. */
export const ownMemory: MailMemory = { take: () => true, isExhausted: () => false, close: () => {} }
