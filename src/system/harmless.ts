// Strangers' text as a terminal may show it.

/** C0, DEL, C1 and the bidirectional controls: what could move the cursor or reorder what is read. */
const unsafe = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** Text from a mail as it may be shown on a terminal: control characters as `\x1b`, `\u202e`. */
export function harmless(text: string): string {
  return text.replace(unsafe, character => {
    const code = character.charCodeAt(0)
    if (character === '\t') return ' '
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`
  })
}
