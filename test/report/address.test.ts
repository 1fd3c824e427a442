// Addresses as reports and sentences write them.

import { describe, expect, it } from 'vitest'
import { addressesInText, originalAddress, recipientAddress } from '../../src/report/machine/typed-address.ts'
import { headOf } from '../../src/report/notice/heads.ts'

describe('a recipient field', () => {
  it.each([
    ['rfc822; ana@example.org', 'ana@example.org'],
    ['RFC822;<ana@example.org>', 'ana@example.org'],
    ['ana@example.org', 'ana@example.org'],
    ['rfc822; ana@example.org (Ana)', 'ana@example.org'],
    ['rfc822; "ana x"@example.org', '"ana x"@example.org'],
    ['rfc822;rfc822;ana@example.org', 'ana@example.org'],
    ['unknown; ana@example.org', 'ana@example.org'],
    ['utf-8; j\\x{F6}rg@example.org', 'jörg@example.org'],
    ['rfc822; ana@[192.0.2.5]', 'ana@[192.0.2.5]'],
    ['rfc822; ana@example.org.', 'ana@example.org'],
    ['LOCAL; root', 'root'],
    ['x400; /C=US/A=MCI/', null],
    ['rfc822; |/usr/bin/filter', null],
    ['rfc822; @example.org', null],
    // no such domain can be, and that is why it failed
    ['rfc822; ana@example..org', 'ana@example..org'],
    ['rfc822; ana@-example.org', 'ana@-example.org'],
    ['rfc822; ana@exa!mple.org', 'ana@exa!mple.org'],
    ['unknown; ana@exa!mple.org', null],
    ['rfc822;', null],
    ['', null],
  ])('%s', (field, address) => expect(recipientAddress(field)).toBe(address))

  it.each([
    ['rfc822;ana+2Bnews@example.org', 'ana+news@example.org'],
    ['rfc822;ana+42@example.org', 'ana+42@example.org'],
    ['rfc822;a+3Db@example.org', 'a=b@example.org'],
    ['rfc822;ana+2Bnews+40example.org', 'ana+news@example.org'],
    ['rfc822;root+x', 'root+x'],
  ])('xtext: %s', (field, address) => expect(originalAddress(field)).toBe(address))
})

describe('addresses in a sentence', () => {
  it.each([
    ['to <ana@example.org>, ben@example.com.', ['ana@example.org', 'ben@example.com']],
    ['"ana@example.org" (ana@EXAMPLE.org)', ['ana@example.org']],
    ["o'neil@example.org's mail", ["o'neil@example.org"]],
    ['an@b @ a@ @b <@c>', ['an@b']],
    ['mailto:ana@example.org?subject=x', ['ana@example.org']],
    ['jörg@bücher.example', ['jörg@bücher.example']],
    ['no address', []],
  ])('%s', (text, addresses) => expect(addressesInText(text)).toEqual(addresses))
})

describe('a line that begins with a recipient', () => {
  it.each([
    ['<ana@example.org>:', ['ana@example.org'], '', true],
    ['  * ana@example.org', ['ana@example.org'], '', true],
    ['ana@example.org: host said 550', ['ana@example.org'], 'host said 550', true],
    ['ana@example.org... User unknown', ['ana@example.org'], 'User unknown', true],
    ['"Ana" <ana@example.org> (full)', ['ana@example.org'], '(full)', true],
    ['Recipient: [SMTP:ana@example.org]', ['ana@example.org'], '', true],
    ['ana@example.org<mailto:ana@example.org>', ['ana@example.org'], '', true],
    ['ana@example.org, ben@example.com', ['ana@example.org', 'ben@example.com'], '', true],
    ['> ana@example.org', ['ana@example.org'], '', true],
    ['ana@example.org was not found', ['ana@example.org'], 'was not found', false],
  ])('%s', (line, addresses, rest, marked) => expect(headOf(line)).toEqual({ addresses, rest, marked }))

  it.each([
    'write to ana@example.org',
    '<no address>',
    '> <<< 550 <ana@example.org>',
    '@',
    'From: ana@example.org',
  ])('not %s', line => expect(headOf(line)).toBe(null))
})
