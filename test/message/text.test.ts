// HTML, transfer encodings, and a charset that the platform gets wrong.

import { describe, expect, it } from 'vitest'
import { htmlToText } from '../../src/message/html.ts'
import { decodeText } from '../../src/message/text.ts'
import { decodeTransfer } from '../../src/message/transfer.ts'

describe('HTML to text', () => {
  it.each([
    ['<p>One</p><p>two</p>', 'One\n\ntwo'],
    ['a<br>b<BR/>c', 'a\nb\nc'],
    ['<td>a</td><td>b</td>', 'a b'],
    [
      'a &lt;b@example.org&gt; &amp;&nbsp;c &#228; &#xe4; &unknown; &#0;',
      'a <b@example.org> & c ä ä &unknown;',
    ],
    ['mail to <ana@example.org> failed', 'mail to <ana@example.org> failed'],
    ['<style>p{color:red}</style>x<SCRIPT>y</SCRIPT>z', 'xz'],
    ['<style>never closed', 'never closed'],
    ['a<!-- hidden -->b<!-- open', 'ab'],
    ['3 < 4 and 5 > 4', '3 < 4 and 5 > 4'],
    ['İ<b>x</b>İ<style>y</style>', 'İxİ'],
    ['cut in a tag <a href="x', 'cut in a tag'],
    ['', ''],
  ])('%s', (html, text) => expect(htmlToText(html)).toBe(text))

  it.each(['<a', '<style>', '<!--', '&', '<td', '<a@'])('ends for 100,000 times %s', piece => {
    expect(htmlToText(piece.repeat(100_000)).length).toBeLessThan(1_000_000)
  })
})

describe('transfer encodings', () => {
  const check = (encoding: string, raw: string, expected: string): void =>
    expect(decodeTransfer(Buffer.from(raw, 'latin1'), encoding).toString('latin1')).toBe(expected)

  it.each([
    ['base64', 'YQ==\nYg==', 'ab'],
    ['base64', 'a b: c', 'a b: c'],
    ['quoted-printable', 'a=3Db=\nc= \t\nd', 'a=bcd'],
    ['quoted-printable', 'a=zz=', 'a=zz'],
    ['quoted-printable', 'a=3', 'a=3'],
    ['x-unknown', 'a=3D', 'a=3D'],
    ['7bit', 'a', 'a'],
  ])('%s of %j', check)
})

describe('Windows-1252', () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, at) => at))
  // As a stream, the platform decodes it right on every version of Node.
  const platform = new TextDecoder('windows-1252')
  const expected = platform.decode(bytes, { stream: true }) + platform.decode()

  it('is decoded as the standard has it', () => {
    expect(decodeText(bytes, 'windows-1252')).toBe(expected)
    expect(decodeText(Buffer.concat([bytes, bytes]), 'ISO-8859-1')).toBe(expected + expected)
  })

  it('says the same before and after a long text', () => {
    const short = Buffer.from([0x82, 0x93, 0xe4])
    const before = decodeText(short, null)
    decodeText(Buffer.alloc(5_000, 0x93), null)
    expect([before, decodeText(short, null)]).toEqual(['‚“ä', '‚“ä'])
  })
})
