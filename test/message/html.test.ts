// HTML to lines: what people see as one line end is one, and what they see as an empty line is one.

import { expect, it } from 'vitest'
import { htmlToText } from '../../src/message/html.ts'

it.each([
  ['rows of a table', '<table><tr><td>one</td></tr>\n<tr><td>two</td></tr></table>', 'one\ntwo'],
  [
    'a table in a table',
    '<table><tr><td><table><tr><td>one</td></tr></table></td></tr></table>two',
    'one\ntwo',
  ],
  ['an empty row', '<tr><td>one</td></tr><tr><td>&nbsp;</td></tr><tr><td>two</td></tr>', 'one\n\ntwo'],
  ['blocks', '<div>one</div>\n<div>two</div>', 'one\ntwo'],
  ['an empty line between blocks', '<div>one</div><div><br></div><div>two</div>', 'one\n\ntwo'],
  ['paragraphs', '<p>one</p>\n<p>two<br>\nthree</p>', 'one\n\ntwo\nthree'],
  ['a line set in', '<div>one</div><div>&nbsp;&nbsp;two</div>', 'one\n  two'],
])('%s', (_, html, expected) => expect(htmlToText(html)).toBe(expected))
