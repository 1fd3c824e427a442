// Makes broken mails of whole ones: bytes, structure, headers and nesting, the same for the same seed.

/** Numbers below n, the same for the same seed. */
export function sequence(seed: number): (n: number) => number {
  let state = seed >>> 0
  return n => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * n)
  }
}

/** What programs trip over: delimiters, half of a structure, floods of what a pattern might look for. */
const pieces = [
  '\r\n',
  '\n\n',
  '\0',
  '=',
  '--',
  '<',
  '>',
  '@',
  ':',
  ';',
  '"',
  '((((',
  '=?',
  '?=',
  '&#',
  '<style>',
  '5.1.1',
  '550 ',
  'Content-Type: multipart/mixed; boundary=a\n\n--a\n',
  'Content-Type: multipart/report\n',
  'Content-Type: message/rfc822\n\n',
  'Content-Transfer-Encoding: base64\n',
  'Content-Type: text/plain; charset=utf-16le\n',
  'Final-Recipient: rfc822;',
  'Action: failed\nStatus: 5.',
  '=?utf-8?B?',
  'a@'.repeat(500),
  '<a@b.example>:\n'.repeat(50),
  '5.'.repeat(500),
  '550-5.1.1 '.repeat(200),
  '>'.repeat(1000),
  ' '.repeat(2000),
  '\t\n'.repeat(300),
  '不明用户'.repeat(1000),
  '550 Absender unbekannt '.repeat(300),
]

/** One mail broken in one to six places; `others` lend what is spliced in. */
export function mutate(mail: Buffer, others: readonly Buffer[], below: (n: number) => number): Buffer {
  let bytes: Buffer = Buffer.from(mail)
  for (let times = below(5); times >= 0; times--) {
    bytes = nestOrSplice(bytes, others, below)
    if (bytes.length > 0) bytes[below(bytes.length)] = below(256)
  }
  return bytes
}

function nestOrSplice(bytes: Buffer, others: readonly Buffer[], below: (n: number) => number): Buffer {
  const at = below(bytes.length + 1)
  const end = at + below(Math.min(bytes.length - at, 400) + 1)
  const other = others[below(others.length)] ?? bytes
  const from = below(other.length)
  switch (below(12)) {
    case 0:
    case 1:
      return bytes.subarray(0, at)
    case 2:
      return nested(bytes, other, below)
    default: {
      const middle = [
        Buffer.alloc(0),
        Buffer.from(pieces[below(pieces.length)] ?? ''),
        Buffer.concat([bytes.subarray(at, end), bytes.subarray(at, end)]),
        other.subarray(from, from + below(1000)),
      ][below(4)] as Buffer
      return Buffer.concat([bytes.subarray(0, at), middle, bytes.subarray(end)])
    }
  }
}

/** A mail inside parts of another, up to thirty deep. */
function nested(bytes: Buffer, other: Buffer, below: (n: number) => number): Buffer {
  const head = other.subarray(0, Math.max(0, other.indexOf('\n\n')))
  let inside: Buffer = bytes
  for (let depth = below(30); depth >= 0 && inside.length < 100_000; depth--) {
    const type = ['message/rfc822', 'multipart/mixed; boundary=n', 'multipart/report; boundary="n"'][below(3)]
    inside = Buffer.concat([
      Buffer.from(`Content-Type: multipart/mixed; boundary=n\n\n--n\nContent-Type: ${type}\n\n`),
      inside,
      Buffer.from('\n--n--\n'),
    ])
  }
  return Buffer.concat([head, Buffer.from('\n'), inside])
}
