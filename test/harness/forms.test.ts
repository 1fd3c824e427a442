// The damaged forms: broken exactly as their name says, and nowhere before the report is told.

import { describe, expect, test } from 'vitest'
import { compose } from '../../src/harness/compose.ts'
import { everyPair } from '../../src/harness/mix.ts'
import type { ScenarioName } from '../../src/harness/scenarios.ts'

const context = { returnPath: 'b-abc@bounces.crm.example', at: new Date('2026-03-04T05:06:07Z'), seed: '1' }
const of = (form: ScenarioName) => everyPair().filter(pair => pair.scenario === form)
const raw = (writer: string, form: string): Buffer => compose(writer, form, context).raw

describe.each(of('truncated'))('$writer truncated', ({ writer }) => {
  test('ends inside the returned mail, after the address and the codes', () => {
    const text = raw(writer, 'truncated').toString()
    const { expected } = compose(writer, 'truncated', context)
    expect(text).toMatch(/Message-ID: <[0-9a-f]{7}$/)
    expect(text).toContain('ana@example.org')
    if (expected.status !== null) expect(text).toContain(expected.status)
    expect(text).not.toMatch(/--\r\n$/)
  })
})

describe.each(of('wrong-boundary'))('$writer wrong-boundary', ({ writer }) => {
  test('no line begins with the delimiter that the header names', () => {
    const text = raw(writer, 'wrong-boundary').toString()
    const named = /boundary="?([^"\r\n;]+)/i.exec(text)?.[1] ?? ''
    expect(named).toMatch(/^x-./)
    expect(text).not.toContain(`\r\n--${named}`)
    expect(text).toContain(`\r\n--${named.slice(2)}`)
  })
})

describe.each(of('lf-only'))('$writer lf-only', ({ writer }) => {
  test('has no CR and must be sent byte for byte', () => {
    const composed = compose(writer, 'lf-only', context)
    expect(composed.raw.includes('\r')).toBe(false)
    expect(composed.raw.includes('\n\n')).toBe(true)
    expect(composed.verbatim).toBe(true)
  })
})

describe.each(of('eight-bit-headers'))('$writer eight-bit-headers', ({ writer }) => {
  test('has Latin-1 in Subject and To, and is no UTF-8', () => {
    const bytes = raw(writer, 'eight-bit-headers')
    const header = bytes.subarray(0, bytes.indexOf('\r\n\r\n')).toString('latin1')
    expect(header).toMatch(/^Subject: \xe9\xfc\xdf /m)
    expect(header).toMatch(/^To: "Retour \xe0" <b-abc@bounces\.crm\.example>\r?$/m)
    expect(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes)).toThrow()
  })
})

describe.each(of('huge'))('$writer huge', ({ writer }) => {
  test('is over 20 MB, all of it in the returned mail', () => {
    const bytes = raw(writer, 'huge')
    expect(bytes.length).toBeGreaterThan(20 * 1024 * 1024)
    expect(bytes.subarray(0, 10_000).toString()).toContain('ana@example.org')
    expect(bytes.subarray(-2000).toString()).toContain('Customer Care')
  })
})
