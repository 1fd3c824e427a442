// The wrappers that gateways and forwarders put around a local part: BATV (prvs=, btv1==, msprvs1=), SRS, plus-tags, quotes.
// Each kind is a row that removes one layer. It splits only at fixed characters, so the time is linear.

import { lowerAscii } from '../model/address.ts'

const maxLayers = 5

/** Removes one layer of its kind from a local part; null if it is not wrapped this way. The case inside is kept. */
type Wrapper = (local: string) => string | null

/** In the order tried: prefixes are unambiguous, a plus-tag may be part of anything. */
const wrappers: readonly Wrapper[] = [quoted, prvs, btv1, msprvs1, srs0, srs1, plusTag]

/** The local part as received, then with one layer after another removed, at most five, outermost first. */
export function unwrapLocal(local: string): readonly string[] {
  const seen = [local]
  let inside: string | null = local
  for (let layer = 0; layer < maxLayers; layer++) {
    inside = unwrapOnce(inside)
    if (inside === null) break
    seen.push(inside)
  }
  return seen
}

function unwrapOnce(local: string): string | null {
  for (const wrapper of wrappers) {
    const inside = wrapper(local)
    if (inside !== null && inside !== '') return inside
  }
  return null
}

/** `"local"`: a quoted string means what it quotes (RFC 5321 §4.1.2). */
function quoted(local: string): string | null {
  if (local.length < 2 || !local.startsWith('"') || !local.endsWith('"')) return null
  return local.slice(1, -1).replace(/\\(.)/g, '$1')
}

/** `prvs=KDDDSSSSSS=local` (draft-levine-smtp-batv), or with tag and local part in the other order. */
function prvs(local: string): string | null {
  const rest = afterPrefix(local, 'prvs=')
  if (rest === null) return null
  const first = rest.indexOf('=')
  if (first >= 0 && isTag(rest.slice(0, first))) return rest.slice(first + 1)
  const last = rest.lastIndexOf('=')
  return last >= 0 && isTag(rest.slice(last + 1)) ? rest.slice(0, last) : null
}

/** `btv1==TAG==local`, Barracuda's. */
function btv1(local: string): string | null {
  return afterSeparator(afterPrefix(local, 'btv1=='), '==')
}

/** `msprvs1=TAG=local`, Momentum's. */
function msprvs1(local: string): string | null {
  return afterSeparator(afterPrefix(local, 'msprvs1='), '=')
}

/** `SRS0=hash=tt=domain=local`; the first separator may be = + or -. */
function srs0(local: string): string | null {
  return srsLocal(afterSrsTag(local, 'srs0'))
}

/** `SRS1=hash=forwarder==hash=tt=domain=local`; the separator after `forwarder=` is the first forwarder's own. */
function srs1(local: string): string | null {
  const rest = afterSeparator(afterSeparator(afterSrsTag(local, 'srs1'), '='), '=')
  return rest !== null && isSrsSeparator(rest[0]) ? srsLocal(rest.slice(1)) : null
}

/** From the last plus: an outer tag must not take an inner wrapper with it. */
function plusTag(local: string): string | null {
  const plus = local.lastIndexOf('+')
  return plus > 0 ? local.slice(0, plus) : null
}

/** `hash=tt=domain=local` without its first three fields. */
function srsLocal(rest: string | null): string | null {
  return afterSeparator(afterSeparator(afterSeparator(rest, '='), '='), '=')
}

function afterSrsTag(local: string, tag: string): string | null {
  const rest = afterPrefix(local, tag)
  return rest !== null && isSrsSeparator(rest[0]) ? rest.slice(1) : null
}

function isSrsSeparator(character: string | undefined): boolean {
  return character === '=' || character === '+' || character === '-'
}

/** What follows a prefix in any case; `prefix` is lower-cased. */
function afterPrefix(local: string, prefix: string): string | null {
  return lowerAscii(local.slice(0, prefix.length)) === prefix ? local.slice(prefix.length) : null
}

/** What follows the first `separator`. */
function afterSeparator(text: string | null, separator: string): string | null {
  const at = text === null ? -1 : text.indexOf(separator)
  return text === null || at < 0 ? null : text.slice(at + separator.length)
}

/** KDDDSSSSSS: key, three digits of day, hash; implementations differ in the length of the hash. */
function isTag(text: string): boolean {
  return /^[0-9a-z][0-9]{3}[0-9a-z]{2,16}$/i.test(text)
}
