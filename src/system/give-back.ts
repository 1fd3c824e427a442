// Memory of bytes that nobody reads any more, given back at once. Left to the collector, what a flood of big mails went
// through stayed until there was some other reason to collect: each 64 KB cost it but a small object.

import { MessageChannel } from 'node:worker_threads'

/** Nobody listens: what is sent to it belongs to nobody. */
const { port1: nowhere, port2: otherEnd } = new MessageChannel()
otherEnd.close()
nowhere.close()

/** Less is left to the collector. */
const worthwhileBytes = 16 * 1024

const owned = new WeakSet<Uint8Array>()

/** Says that nobody else has a view of their buffer. */
export function own(bytes: Uint8Array): void {
  if (bytes.length >= worthwhileBytes) owned.add(bytes)
}

/** Leaves bytes that are owned with a length of 0, and all others as they are. */
export function giveBack(bytes: Uint8Array): void {
  if (owned.has(bytes)) nowhere.postMessage(null, [bytes.buffer as ArrayBuffer])
}
