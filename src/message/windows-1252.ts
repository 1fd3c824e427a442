// Windows-1252 (WHATWG Encoding §9.1) to text. Node's own decoder reads Latin-1 instead, until it was used for a stream
// once (nodejs/node#56542): what a mail says would depend on the mails before it.

/** The characters of the bytes 0x80 to 0x9f; those that are not assigned stay what they are. */
const high = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'

export function decodeWindows1252(bytes: Buffer): string {
  return bytes.toString('latin1').replace(/[\x80-\x9f]/g, unit => high[unit.charCodeAt(0) - 0x80] ?? unit)
}
