// HTML and transfer encodings.

import { describe, expect, it } from 'vitest'
import { htmlToText } from '../../src/message/html.ts'
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
