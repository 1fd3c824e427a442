// The mail to postmaster and abuse as it is shown: who wrote it and about what, read with mailparser, which is loaded only
// when it is needed.

import type { MailParserOptions, SimpleParserOptions } from 'mailparser'
import type { KeptMail, KeptMails } from '../model/role-mail.ts'
import type { RoleMailRow, RoleMailTable } from '../store/tables/role-mail.ts'

/** Header lines beyond this are ignored. */
const maxHeaderBytes = 16 * 1024

/** Only a header is needed, and a stranger wrote it: nothing is rendered, linked or hashed. */
const headerOnly: SimpleParserOptions & MailParserOptions & { readonly maxHeadSize: number } = {
  skipHtmlToText: true,
  skipTextToHtml: true,
  skipImageLinks: true,
  skipTextLinks: true,
  maxHtmlLengthToParse: 0,
  maxHeadSize: maxHeaderBytes,
}

export function keptMails(table: RoleMailTable): KeptMails {
  return {
    list: async query => {
      const { items, next } = await table.list(query, maxHeaderBytes)
      return { items: await Promise.all(items.map(summaryOf)), next }
    },
    read: table.read,
    remove: table.remove,
    count: table.count,
  }
}

async function summaryOf({ head, ...mail }: RoleMailRow): Promise<KeptMail> {
  const { simpleParser } = await import('mailparser')
  const { headerLines, from, subject } = await simpleParser(headerOf(head), headerOnly)
  return {
    ...mail,
    deliveredTo: fieldsOf(headerLines, 'delivered-to'),
    returnPath: (fieldsOf(headerLines, 'return-path')[0] ?? '').replace(/^<|>$/g, ''),
    from: from?.text ?? '',
    subject: subject ?? '',
  }
}

/** Up to the empty line (RFC 5322 §2.1). */
function headerOf(head: Buffer): Buffer {
  const ends = ['\r\n\r\n', '\n\n'].map(end => head.indexOf(end)).filter(at => at !== -1)
  return Buffer.concat([head.subarray(0, Math.min(head.length, ...ends)), Buffer.from('\r\n\r\n')])
}

/** The values of a trace field that we wrote ourselves, verbatim. */
function fieldsOf(lines: readonly { readonly key: string; readonly line: string }[], key: string): string[] {
  return lines.filter(each => each.key === key).map(({ line }) => line.slice(key.length + 1).trim())
}
