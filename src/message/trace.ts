// What the header of a delivered mail says of its delivery: to whom it went, from whom, and when.

import type { Header } from '../model/message.ts'
import { addressesIn, all, first } from './header.ts'

/** A mail has few addresses of its own; more are an attempt to cause lookups. */
const maxAddresses = 20

/** Fields in which a delivering program writes whom it delivers to, the surest first. Google's is for catch-all mailboxes. */
const deliveryFields = ['delivered-to', 'x-original-to', 'x-gm-original-to', 'envelope-to'] as const

/**
 * The addresses that the mail may have been delivered to, the surest first and each once, at most twenty: Delivered-To,
 * X-Original-To, Envelope-To, Received (RFC 5321 §4.4, `for`), To. Anybody may have written them: they prove nothing.
 */
export function deliveryAddresses(header: Header): readonly string[] {
  const found = [
    ...deliveryFields.flatMap(name => all(header, name).flatMap(addressesIn)),
    ...all(header, 'received').flatMap(receivedFor),
    ...all(header, 'to').flatMap(addressesIn),
  ]
  return [...new Set(found)].slice(0, maxAddresses)
}

/** `for <ana@example.org>;`, the angle brackets optional. */
function receivedFor(value: string): readonly string[] {
  const at = value.search(/\sfor\s/i)
  if (at < 0) return []
  const rest = value.slice(at + 5).trimStart()
  const end = rest.search(/[\s;]/)
  return addressesIn(end < 0 ? rest : rest.slice(0, end))
}

/** The envelope sender as the last delivery wrote it (RFC 5321 §4.4): null is the null sender, undefined if nobody says. */
export function envelopeSender(header: Header): string | null | undefined {
  const value = first(header, 'return-path')
  if (value === null) return undefined
  return value.replace(/^</, '').replace(/>$/, '').trim() || null
}

/** Clocks that never were set say 1970. */
const firstMs = Date.UTC(2000, 0, 1)

/** When the last host took the mail: the date of the topmost Received field; null if there is none that can be true. */
export function lastReceived(header: Header): Date | null {
  const value = first(header, 'received')
  if (value === null) return null
  const date = new Date(value.slice(value.lastIndexOf(';') + 1))
  return date.getTime() >= firstMs ? date : null
}
