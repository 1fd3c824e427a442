// The damages a report may take on its way: lines in, bytes out.

import type { DamagedName } from './scenarios.ts'
import type { SentMail, Written } from './situation.ts'

const hugeBytes = 20 * 1024 * 1024

/** CRLF after every line, UTF-8: the undamaged form. */
export function wire(lines: readonly string[]): Buffer {
  return Buffer.from(`${lines.join('\r\n')}\r\n`, 'utf8')
}

/** Changes the lines above the first empty one. */
function inHeader(lines: readonly string[], change: (line: string) => string): string[] {
  const end = lines.indexOf('')
  return lines.map((line, index) => (index < end ? change(line) : line))
}

/** Bytes of one `DamagedName`. `mail` is the returned mail, to know where the report ends and the copy begins. */
export const damages: Record<DamagedName, (written: Written, mail: SentMail) => Buffer> = {
  truncated: ({ lines }, mail) => {
    // In the middle of the copy's Message-ID: the report itself is whole.
    const whole = wire(lines)
    return whole.subarray(0, whole.lastIndexOf(mail.messageId) + 8)
  },
  'wrong-boundary': ({ lines }) => wire(inHeader(lines, line => line.replace(/(boundary="?)/i, '$1x-'))),
  'lf-only': ({ lines }) => Buffer.from(`${lines.join('\n')}\n`, 'utf8'),
  'eight-bit-headers': ({ lines }) => {
    // Latin-1 é, ü, ß: no valid UTF-8, and against RFC 5322 §2.2 in any case.
    const raw = inHeader(lines, line =>
      line.replace(/^Subject: /, '$&\xe9\xfc\xdf ').replace(/^To: <?([^>]*)>?$/, 'To: "Retour \xe0" <$1>'),
    )
    return Buffer.from(`${raw.join('\r\n')}\r\n`, 'latin1')
  },
  huge: ({ lines }, mail) => {
    const line = 'All work and no mail makes the queue a long one. Please read on, there is more.\r\n'
    const whole = wire(lines)
    // Before the last line of the copy's body, so that closing boundaries stay in place.
    const at = whole.lastIndexOf(mail.body.at(-1) ?? '')
    return Buffer.concat([
      whole.subarray(0, at),
      Buffer.alloc(hugeBytes, line),
      Buffer.from('\r\n'),
      whole.subarray(at),
    ])
  },
}

/** Forms that nodemailer would repair on the way; `send.ts` writes them to the socket as they are. */
export const sentVerbatim: ReadonlySet<string> = new Set<DamagedName>(['lf-only'])
