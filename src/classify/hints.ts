// What a refusal says of the way on: when to come back, which block list, which page.

import { blockLists } from '../knowledge/block-lists.ts'
import { folded } from '../knowledge/folding.ts'
import { registrableDomain } from '../knowledge/providers.ts'
import { groupOf } from '../model/categories.ts'
import type { RecipientReport } from '../model/report.ts'
import { noHints, type RefusalHints, type Verdict, type Wait } from '../model/verdict.ts'
import { retryAfterIn } from './retry-after.ts'

const maxSearchedChars = 4096

/**
 * @param verdict null when it did not fail
 * @param senders whose mail it was: a page of theirs explains nothing
 */
export function hintsOf(
  { action, diagnostic, explanation }: RecipientReport,
  verdict: Verdict | null,
  senders: readonly string[],
): RefusalHints {
  if (verdict === null && action !== 'delayed') return noHints
  const words = diagnostic?.slice(0, maxSearchedChars) ?? unsigned(explanation.slice(0, maxSearchedChars))
  const isBlocked = verdict !== null && groupOf(verdict.category) === 'blocked'
  return {
    retryAfter: waitOf(diagnostic, verdict)?.seconds ?? null,
    blocklist: isBlocked ? blocklistIn(words.toLowerCase()) : null,
    helpUrl: helpUrlIn(words, senders),
  }
}

/** When the server asked to come back; null of an address that is gone. */
export function waitOf(diagnostic: string | null, verdict: Verdict | null): Wait | null {
  if (diagnostic === null || verdict?.type === 'hard') return null
  // Around the server's own words stands how long the reporter tried.
  return retryAfterIn(folded(diagnostic.slice(0, maxSearchedChars)))
}

/** What a virus scanner or a lawyer adds below a rule explains nothing. */
function unsigned(notice: string): string {
  return notice.slice(0, /\n(?:-- ?|_{5,80}.{0,200})(?:\n|$)/.exec(notice)?.index)
}

const host = /(?<![\w.@-])(?:[a-z0-9-]{1,40}\.){1,5}[a-z]{2,24}(?![\w@-])/g
const listed =
  /(?:\b(?:blocked|blacklisted|blocklisted|block-listed|rejected|denied|refused|listed|found|filtered) using|(?<!not )\b(?:listed|blacklisted|blocklisted|block-listed|found) (?:in|on|at|by)|\b(?:dnsbl|rbl|block ?list|blacklist):?)(?: the| our| dnsbl| rbl)?[ :"'(]{1,3}$/

/** The zone that was asked, else the domain of a list that is named; null where none is. */
function blocklistIn(words: string): string | null {
  let named: string | null = null
  for (const { 0: name, index } of words.matchAll(host)) {
    const domain = registrableDomain(name)
    const isInUrl = /:\/\/$/.test(words.slice(Math.max(0, index - 3), index))
    const known = blockLists.find(list => list.domain === domain)
    if (known && !isInUrl && !name.startsWith('www.')) return name
    if (known) named ??= known.domain
    else if (!isInUrl && listed.test(words.slice(Math.max(0, index - 40), index))) return name
  }
  return named ?? blockLists.find(list => list.names.some(name => isWord(words, name)))?.domain ?? null
}

function isWord(words: string, name: string): boolean {
  const at = words.indexOf(name)
  const around = [words.charAt(at - 1), words.charAt(at + name.length)]
  return at >= 0 && !around.some(character => /[\w@-]/.test(character))
}

// RFC 3986 §2: a URL is ASCII.
const link = /\bhttps?:\/\/([a-z0-9.-]{1,72})[!#-&*-;=?-Z\\^-z|~]{0,2000}/gi
/** A longer one is left out: cut, it would lead elsewhere. */
const longestUrl = 320

/** The first page that is not the sender's own: a filter may quote what it found in the mail. */
function helpUrlIn(words: string, senders: readonly string[]): string | null {
  const own = senders.map(sender => registrableDomain(sender.slice(sender.lastIndexOf('@') + 1)))
  for (const [url, name = ''] of words.matchAll(link)) {
    if (url.length > longestUrl) continue
    const domain = registrableDomain(name.toLowerCase())
    if (domain === null || !own.includes(domain)) return url.replace(/[.,;:!?]{1,8}$/, '')
  }
  return null
}
