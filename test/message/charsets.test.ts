// Charsets are a closed table: what it says is what the platform says, and no stranger's label asks the platform.

import { describe, expect, it, vi } from 'vitest'
import { charsetLabels, decoderOf, encodingOf } from '../../src/message/charsets.ts'
import { decodeWords } from '../../src/message/encoded-word.ts'
import { cleanLine, cleanText, decodeText } from '../../src/message/text.ts'

/** What the platform calls it; null where it does not know the label. */
function platformName(label: string): string | null {
  try {
    return new TextDecoder(label).encoding
  } catch {
    return null
  }
}

describe('the table of charsets', () => {
  it('names each encoding as the platform does, and has a decoder for it', () => {
    expect(charsetLabels.length).toBeGreaterThan(200)
    for (const label of charsetLabels) {
      const encoding = encodingOf(label)
      expect([label, platformName(label) ?? encoding]).toEqual([label, encoding])
      expect([label, decoderOf(encoding ?? '')]).not.toEqual([label, null])
    }
  })

  it('does not ask the platform for a label that is not in it', () => {
    const decode = vi.spyOn(TextDecoder.prototype, 'decode')
    const words = Array.from({ length: 500 }, (_, n) => `=?x-none-${n}?Q?caf=C3=A9?= and`).join(' ')
    expect(decodeWords(words)).toBe(Array.from({ length: 500 }, () => 'café and').join(' '))
    expect(decode).not.toHaveBeenCalled()
    decode.mockRestore()
  })

  it('is left for another where most bytes are not in the charset', () => {
    const western = 'é '.repeat(3000)
    expect(decodeText(Buffer.from(western, 'latin1'), 'gb18030')).toBe(western)
    // A few broken ones are no reason.
    const text = '配信できませんでした。'.repeat(200)
    const bytes = Buffer.concat([Buffer.from([0xff]), Buffer.from(text, 'utf16le')])
    expect(decodeText(bytes, 'utf-16le').length).toBeGreaterThan(1000)
    expect(decodeText(Buffer.from('after', 'latin1'), 'gb18030')).toBe('after')
  })

  it('decodes in pieces what it decodes at once', () => {
    const bytes = Buffer.from('\xc4\xe3\xba\xc3'.repeat(2000), 'latin1')
    for (const cut of [0, 1, 3]) {
      const text = decodeText(bytes.subarray(0, bytes.length - cut), 'gbk')
      expect(text.slice(0, 3990)).toBe('你好'.repeat(1995))
    }
  })
})

describe('text to show', () => {
  it.each([
    ['C0', 'a\x00\x1b[31mb\x7f', 'a[31mb'],
    ['C1', 'a\x9b31mb\x80', 'a31mb'],
    ['direction', 'a\u202eb\u2066c\u200f\u061c', 'abc'],
    ['no width', 'a\u200bb\ufeff', 'ab'],
    ['line ends of other kinds', 'a\u2028b\x85c', 'a\nb\nc'],
    ['joiners, which words need', 'می\u200cخواهم', 'می\u200cخواهم'],
    ['tab and line feed', 'a\tb\nc', 'a\tb\nc'],
  ])('has no control characters: %s', (_, raw, clean) => expect(cleanText(raw)).toBe(clean))

  it('fits on a line', () => expect(cleanLine(' a\nb\tc\u2028d ')).toBe('a b c d'))
})
