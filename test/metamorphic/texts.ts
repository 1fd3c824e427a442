// Changes of a notification's text that leave its words: their encoding, their line ends, what stands around them.

import type { Change } from './change.ts'
import { changeLeaf, changeText } from './leaf.ts'
import { decoded, field, typeOf, utf8, withBytes, withField } from './mail.ts'
import { bouncesInOurMail, disclaimers } from './words.ts'

/** A soft line break after every 23 characters, in the middle of words (RFC 2045 §6.7). */
function softBroken(bytes: string): string {
  return bytes
    .split('\n')
    .map(line => {
      const units = line
        .replace(
          /[=\x80-\xff]|[ \t]$/g,
          char => `=${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
        )
        .match(/=[0-9A-F]{2}|./g)
      const pieces: string[] = []
      for (let at = 0; at < (units?.length ?? 0); at += 23)
        pieces.push((units ?? []).slice(at, at + 23).join(''))
      return pieces.join('=\n')
    })
    .join('\n')
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '@': '&#64;',
  "'": '&#x27;',
  '"': '&quot;',
}
const escaped = (text: string): string => text.replace(/[&<>@'"]/g, char => entities[char] ?? char)

/** Every line a row of a table in a table, as mailers for people write. */
function inTables(text: string): string {
  const rows = text
    .split('\n')
    .map(
      line =>
        `<tr><td style="font:12px Arial">${escaped(line).replace(/^ +/, blanks => '&nbsp;'.repeat(blanks.length)) || '&nbsp;'}</td></tr>`,
    )
  return `<!DOCTYPE html><html><head><style>td{color:#333}</style><title>Notice</title></head><body><table><tr><td><table>\n${rows.join('\n')}\n</table></td></tr></table></body></html>\n`
}

/** Paragraphs of HTML, lines ended by breaks. */
function inParagraphs(text: string): string {
  const paragraphs = text
    .split(/\n[ \t]*\n/)
    .map(paragraph => `<p>${escaped(paragraph).replaceAll('\n', '<br>\n')}</p>`)
  return `<html><body><div>${paragraphs.join('\n')}</div></body></html>\n`
}

const asHtml =
  (write: (text: string) => string): Change['apply'] =>
  mail =>
    changeLeaf(mail, leaf => {
      if (typeOf(leaf) !== 'text/plain') return null
      const type = field(leaf, 'content-type').replace(/text\/plain/i, 'text/html') || 'text/html'
      return withBytes(withField(leaf, 'Content-Type', type), write(decoded(leaf)))
    })

/** Lines as RFC 3676 has them: a blank at the end says that the line goes on. */
function flowed(text: string): string {
  return text
    .split('\n')
    .map(line => line.trimEnd())
    .map(line => (line.length > 72 ? line.replace(/(.{50,70}?) (?=\S)/g, '$1 \n') : line))
    .map(line => line.replace(/^ /gm, '  '))
    .join('\n')
}

const quoted = (text: string): string =>
  text
    .trimEnd()
    .split('\n')
    .map(line => `> ${line}`)
    .join('\n')

export const textChanges: readonly Change[] = [
  ...Object.entries(disclaimers).map(
    ([name, text]): Change => ({
      name: `disclaimer before, ${name}`,
      apply: mail => changeText(mail, words => `${utf8(text)}\n\n${words}`),
    }),
  ),
  {
    name: 'soft breaks within words',
    apply: mail =>
      changeLeaf(mail, leaf => ({
        ...withField(leaf, 'Content-Transfer-Encoding', 'quoted-printable'),
        body: softBroken(decoded(leaf)),
      })),
  },
  { name: 'HTML of nested tables', apply: asHtml(inTables) },
  { name: 'HTML of paragraphs', apply: asHtml(inParagraphs) },
  {
    name: 'format=flowed',
    apply: mail => {
      const changed = changeText(mail, flowed)
      return changed === null
        ? null
        : changeLeaf(changed, leaf =>
            withField(leaf, 'Content-Type', `${field(leaf, 'content-type')}; format=flowed`),
          )
    },
  },
  {
    name: 'blanks at the ends of lines',
    apply: mail => changeText(mail, words => words.replace(/\n/g, '  \n')),
  },
  { name: 'a byte order mark', apply: mail => changeText(mail, words => `\xef\xbb\xbf${words}`) },
  { name: 'empty lines before the text', apply: mail => changeText(mail, words => `\n\n\n${words}`) },
  { name: 'lines set in', apply: mail => changeText(mail, words => words.replace(/^(?=.)/gm, '  ')) },
  {
    name: 'some lines end with CRLF',
    apply: mail => mail,
    send: text =>
      text
        .split('\n')
        .map((line, at) => (at % 3 === 1 ? `${line}\r` : line))
        .join('\n'),
  },
  {
    name: 'typographic apostrophes',
    apply: mail => changeText(mail, words => words.replace(/(?<=\w)'(?=\w)/g, utf8('’'))),
  },
  ...bouncesInOurMail.map(
    (text, at): Change => ({
      name: `our mail quoted below, ${at + 1}`,
      apply: mail => changeText(mail, words => `${words.trimEnd()}\n\n${quoted(utf8(text))}\n`),
    }),
  ),
  {
    name: 'our mail quoted below its announcement',
    apply: mail =>
      changeText(
        mail,
        words =>
          `${words.trimEnd()}\n\n----- Original message -----\n${quoted(utf8(bouncesInOurMail[0] ?? ''))}\n`,
      ),
  },
]
