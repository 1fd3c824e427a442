// The mail to postmaster and abuse: where it is stored, for the server that keeps it and the commands that read it.

import { join } from 'node:path'
import { isMentioned, spellingsOf } from '../crm/spellings.ts'
import type { Config } from '../settings/config.ts'
import { type KeptMail, listKeptMail, readKeptMail, removeKeptMail } from './kept-mail.ts'

export const mailDirectory = (config: Config): string => join(config.dataDir, 'mail')

export interface RoleMail {
  readonly list: () => Promise<readonly KeptMail[]>
  /** The raw mail; null when there is none of that id. */
  readonly read: (id: string) => Promise<Buffer | null>
  /** Deletes every mail that holds the address in any spelling. @returns how many, or how many it would be */
  readonly forget: (address: string, options: { readonly dryRun: boolean }) => Promise<number>
}

export function roleMail(config: Config): RoleMail {
  const directory = mailDirectory(config)
  const read: RoleMail['read'] = id => readKeptMail(directory, id)
  return {
    list: () => listKeptMail(directory),
    read,
    forget: async (address, { dryRun }) => {
      const spellings = spellingsOf(address)
      let found = 0
      for (const { id } of await listKeptMail(directory)) {
        const mail = await read(id)
        if (mail === null || !isMentioned(textsOf(mail), spellings)) continue
        found++
        if (!dryRun) await removeKeptMail(directory, id)
      }
      return found
    },
  }
}

/**
 * Every text that a raw mail may hold, however deep: as it stands, quoted-printable taken off (RFC 2045 §6.7), each
 * run of base64 lines and each encoded word (RFC 2047) decoded. No MIME: a broken mail must give up its address too.
 */
function textsOf(mail: Buffer): readonly string[] {
  const raw = mail.toString('utf8')
  const bytes = mail.toString('latin1')
  const plain = bytes
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
  const decode = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8')
  const bodies = bytes.match(/(?:^[A-Za-z0-9+/]{4,}={0,2}[ \t]*\r?\n?)+/gm) ?? []
  const words = [...bytes.matchAll(/=\?[^?\s]{1,40}\?b\?([A-Za-z0-9+/=]+)\?=/gi)]
  return [
    raw,
    Buffer.from(plain, 'latin1').toString('utf8'),
    ...bodies.map(decode),
    words.map(word => decode(word[1] ?? '')).join(''),
  ]
}
