// Text of `format=flowed` (RFC 3676): lines that go on are one, and what was put before a line to protect it is gone.

import { expect, it } from 'vitest'
import { unflowed } from '../../src/message/text.ts'

it.each([
  [
    'a line that goes on',
    'The mail to \nana@example.org \nfailed.\nBye',
    'The mail to ana@example.org failed.\nBye',
  ],
  ['a blank put before a line', ' From here\n  set in', 'From here\n set in'],
  ['the rule above a signature', 'Bye \n-- \nAna', 'Bye \n-- \nAna'],
  ['quoted lines', '> one \n> two\n>> three', '> one two\n>> three'],
  ['lines quoted to another depth', '> one \n>> two', '> one \n>> two'],
  ['blanks alone', 'one\n  \ntwo', 'one\n \ntwo'],
])('%s', (_, text, expected) => expect(unflowed(text, false)).toBe(expected))

it('drops the blank where the writer says so', () =>
  expect(unflowed('配信 \nできません', true)).toBe('配信できません'))
