// The mail to postmaster and abuse: how much is kept, and what earlier versions kept in the data directory.

import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Metrics } from '../metrics/metrics.ts'
import { networkKey } from '../model/network.ts'
import { maxRoleMailBytes, type RoleMail, type RoleMailbox } from '../model/role-mail.ts'
import type { Config } from '../settings/config.ts'
import type { Store } from '../store/database/open.ts'
import { createRoleMail, type RoleMailLimits, type RoleMailTable } from '../store/tables/role-mail.ts'
import type { Log } from '../system/log.ts'
import { type Loop, startLoop } from '../system/loop.ts'

const limits: RoleMailLimits = { maxMessages: 1000, maxBytes: 64 * 1024 * 1024 }

const countEveryMs = 30_000
/** Strangers ask at will: the database is asked no more often. */
const fullForMs = 1_000

/** Where the listeners bring it. */
export function roleMailbox(
  store: Store,
  { roleMailPerDay }: Pick<Config, 'roleMailPerDay'>,
  isTrusted: (ip: string) => boolean,
): RoleMailbox {
  const table = createRoleMail(store)
  let asked: { readonly at: number; readonly answer: Promise<boolean> } | null = null
  return {
    isFull: () => {
      if (asked === null || performance.now() - asked.at >= fullForMs)
        asked = { at: performance.now(), answer: table.isFull(limits) }
      return asked.answer
    },
    keep: mail =>
      table.keep(
        mail,
        limits,
        isTrusted(mail.ip) ? null : { network: networkKey(mail.ip), maxPerDay: roleMailPerDay },
      ),
  }
}

/** Shows in the metrics how much there is: commands and other servers change it too. */
export function countRoleMail(
  store: Store,
  metrics: Pick<Metrics, 'postmaster'>,
  log: Pick<Log, 'warn'>,
): Loop {
  const table = createRoleMail(store)
  return startLoop({
    turn: async () => metrics.postmaster({ ...(await table.count()), limit: limits.maxMessages }),
    firstMs: 0,
    waitMs: () => countEveryMs,
    onError: error => log.warn({ err: error }, 'the mail to postmaster and abuse could not be counted'),
  })
}

/** Brings the Maildir of earlier versions into the database, mail by mail; what is stored is deleted there. */
export function adoptMaildir(
  store: Store,
  config: Pick<Config, 'dataDir'>,
  log: Pick<Log, 'info' | 'warn'>,
): Loop {
  const table = createRoleMail(store)
  const directory = join(config.dataDir, 'mail')
  return startLoop({
    turn: async signal => {
      let adopted = 0
      for (const folder of ['new', 'cur'] as const)
        for (const name of await namesIn(join(directory, folder))) {
          if (signal.aborted) return
          const path = join(directory, folder, name)
          await adopt(table, path, folder === 'cur')
          await rm(path, { force: true })
          adopted++
        }
      if (adopted > 0)
        log.info({ mails: adopted, directory }, 'mail to postmaster and abuse was moved into the database')
    },
    firstMs: 0,
    waitMs: () => countEveryMs,
    onError: error =>
      log.warn(
        { err: error, directory },
        'mail to postmaster and abuse could not be moved into the database',
      ),
  })
}

async function namesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  return names.filter(name => !name.startsWith('.'))
}

/** The name of a Maildir file begins with the second of its delivery. */
async function adopt(table: RoleMailTable, path: string, isSeen: boolean): Promise<void> {
  const raw = await readFile(path)
  const seconds = Number.parseInt(path.slice(path.lastIndexOf('/') + 1), 10)
  const receivedAt = Number.isNaN(seconds) ? (await stat(path)).mtime : new Date(seconds * 1000)
  const mail: RoleMail = { receivedAt, ip: '', bytes: raw.length, raw: raw.subarray(0, maxRoleMailBytes) }
  await table.adopt(mail, { isSeen })
}
