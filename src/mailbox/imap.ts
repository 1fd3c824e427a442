// Fetching by IMAP: what has been read is deleted or moved only once it is committed; what is not ours stays unread.

import type { ImapFlow } from 'imapflow'
import type { MailFate } from '../model/mailbox.ts'
import { MailboxFault, serverWords } from './fault.ts'
import { groupBytes, groupMails, held, mailBytes } from './group.ts'
import { openPlace, type ReadingPlace } from './reading-place.ts'
import type { MailboxOptions, MailboxSession, RoundSteps } from './session.ts'

/** A server may send the whole of a mail all the same. One that sends more is left: imapflow would hold a gigabyte. */
const literalBytes = 64 * 1024 * 1024

export async function openImap(options: MailboxOptions, broken: AbortSignal): Promise<MailboxSession> {
  const { ImapFlow } = await import('imapflow')
  const secret = await options.secret()
  const client = new ImapFlow({
    host: options.host,
    port: options.port,
    secure: true,
    auth: {
      user: options.user,
      ...(secret.kind === 'token' ? { accessToken: secret.text } : { pass: secret.text }),
    },
    logger: false,
    disableAutoIdle: true,
    maxLiteralSize: literalBytes,
    clientInfo: { name: 'Rebound' },
  })
  let ended: Error | null = null
  let news = false
  let wake: () => void = () => {}
  client.on('error', (error: Error) => {
    ended ??= error
    wake()
  })
  client.on('close', () => {
    ended ??= new Error('the server closed the connection')
    wake()
  })
  client.on('exists', () => {
    news = true
    wake()
  })
  broken.addEventListener('abort', () => client.close(), { once: true })
  try {
    if (broken.aborted) throw new Error('stopped')
    await client.connect()
    await client.mailboxOpen(options.folder)
  } catch (error) {
    client.close()
    throw faultOf(error, options)
  }
  return {
    round: async steps => {
      news = false
      try {
        return await round(client, options, steps)
      } catch (error) {
        throw error instanceof MailboxFault ? error : faultOf(ended ?? error, options)
      }
    },
    wait: async (ms, signal) => {
      if (ended !== null) throw faultOf(ended, options)
      if (news || signal.aborted) return
      // Another command ends it; whether it failed shows in the connection.
      client.idle().catch(() => {})
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, ms)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
        signal.addEventListener('abort', wake, { once: true })
      })
      signal.removeEventListener('abort', wake)
      if (ended !== null) throw faultOf(ended, options)
    },
    close: async () => {
      if (ended === null && client.usable) await client.logout().catch(() => {})
      client.close()
    },
  }
}

async function round(
  client: ImapFlow,
  options: MailboxOptions,
  steps: RoundSteps,
): Promise<'done' | 'again'> {
  const uidValidity = client.mailbox ? String(client.mailbox.uidValidity) : ''
  const before = await steps.memory.read()
  const isSame = before.uidValidity === uidValidity
  if (before.uidValidity !== '' && !isSame)
    steps.warn(
      {},
      'the mailbox was made anew (UIDVALIDITY): it is read from its beginning, and nothing counts twice',
    )
  const lastUid = isSame ? before.lastUid : 0
  const found = (await client.search({ uid: `${lastUid + 1}:*` }, { uid: true })) || []
  // `n:*` names the last mail even if its uid is below n (RFC 3501 §6.4.8).
  const uids = found.filter(uid => uid > lastUid).sort((a, b) => a - b)
  const place = openPlace(uidValidity, lastUid, uids, isSame ? before.seen : [])
  const failures = (uid: number): number => steps.failures(String(uid))
  const waiting = uids.filter(uid => !place.isRead(uid))
  let left = waiting.length
  const takeGroup = async (group: readonly number[]): Promise<boolean> => {
    const fates = await orBroken(group, place, steps, fetchGroup(client, group, steps))
    await settle(client, options, fates, steps)
    place.read(group.filter(uid => fates.get(uid) !== 'again'))
    await steps.memory.write(place.now())
    left -= group.length
    return [...fates.values()].includes('again')
  }
  const fresh = waiting.filter(uid => failures(uid) === 0)
  for (let at = 0; at < fresh.length; at += groupMails) {
    await steps.progress(left)
    const some = fresh.slice(at, at + groupMails)
    for (const group of await orBroken(some, place, steps, groupsOf(client, some))) {
      if (steps.isStopping()) return 'done'
      if (await takeGroup(group)) return 'again'
    }
  }
  // One at which the connection breaks each time is asked for alone, and after the others.
  for (const uid of waiting.filter(failures).sort((a, b) => failures(a) - failures(b))) {
    await steps.progress(left)
    if (steps.isStopping()) return 'done'
    if (await takeGroup([uid])) return 'again'
  }
  if (uids.length > 0 || !isSame) await steps.memory.write(place.now())
  await steps.progress(0)
  return 'done'
}

/**
 * What a fetch gives. Where the connection breaks, it may be one of these mails that the server cannot give (a damaged
 * file): that counts as a failure of each. Those that failed too often stay and are passed over.
 */
async function orBroken<T>(
  uids: readonly number[],
  place: ReadingPlace,
  { failed, memory, warn }: RoundSteps,
  fetching: Promise<T>,
): Promise<T> {
  try {
    return await fetching
  } catch (error) {
    const aside = uids.filter(uid => failed(String(uid)) === 'aside')
    if (aside.length > 0) {
      warn({ uids: aside.join(',') }, 'unreadable mail stays in the mailbox and is passed over')
      place.read(aside)
      await memory.write(place.now())
    }
    throw error
  }
}

/** Uids in groups that may be held in memory at once. */
async function groupsOf(client: ImapFlow, uids: readonly number[]): Promise<readonly number[][]> {
  const sizes = new Map<number, number>()
  for (const { uid, size } of await client.fetchAll(uids.join(','), { uid: true, size: true }, { uid: true }))
    sizes.set(uid, Math.min(size ?? mailBytes, mailBytes))
  const groups: number[][] = []
  let bytes = 0
  for (const uid of uids) {
    bytes += sizes.get(uid) ?? 0
    if (groups.length === 0 || bytes > groupBytes) {
      groups.push([])
      bytes = sizes.get(uid) ?? 0
    }
    groups.at(-1)?.push(uid)
  }
  return groups
}

/** The fate of each; a mail that has gone meanwhile has none. */
async function fetchGroup(
  client: ImapFlow,
  uids: readonly number[],
  { take }: RoundSteps,
): Promise<ReadonlyMap<number, MailFate>> {
  const source = { start: 0, maxLength: mailBytes }
  const messages = await client.fetchAll(
    uids.join(','),
    { uid: true, internalDate: true, source },
    { uid: true },
  )
  const fates = await Promise.all(
    messages.map(async ({ uid, internalDate, source }): Promise<[number, MailFate]> => {
      const bytes = source === undefined ? null : held(source)
      return [uid, await take({ uid: String(uid), receivedAt: dateOf(internalDate), bytes })]
    }),
  )
  return new Map(fates)
}

function dateOf(value: Date | string | undefined): Date | null {
  const date = new Date(value ?? Number.NaN)
  return Number.isNaN(date.getTime()) ? null : date
}

/** Recorded mail goes, the rest stays or is moved. What cannot be moved stays, and is not read again. */
async function settle(
  client: ImapFlow,
  options: MailboxOptions,
  fates: ReadonlyMap<number, MailFate>,
  { warn }: RoundSteps,
): Promise<void> {
  const of = (fate: MailFate): string =>
    [...fates].flatMap(([uid, its]) => (its === fate ? [uid] : [])).join(',')
  const recorded = of('recorded')
  const left = of('left')
  const aside = of('aside')
  if (recorded !== '') {
    const isGone = await (options.doneFolder === null
      ? remove(client, recorded)
      : move(client, recorded, options.doneFolder))
    if (!isGone)
      warn({ uids: recorded }, 'recorded mail could not be deleted or moved: it stays in the mailbox')
  }
  if (left !== '' && options.otherFolder !== null && !(await move(client, left, options.otherFolder)))
    warn({ uids: left, folder: options.otherFolder }, 'mail could not be moved: it stays in the mailbox')
  if (aside !== '' && !(await move(client, aside, options.asideFolder)))
    warn(
      { uids: aside, folder: options.asideFolder },
      'unreadable mail could not be moved aside: it stays in the mailbox and is passed over',
    )
}

/** Without UIDPLUS (RFC 4315), EXPUNGE would take what others have marked too: then ours is marked only. */
async function remove(client: ImapFlow, uids: string): Promise<boolean> {
  if (client.capabilities.has('UIDPLUS')) return await client.messageDelete(uids, { uid: true })
  return await client.messageFlagsAdd(uids, ['\\Deleted'], { uid: true })
}

async function move(client: ImapFlow, uids: string, folder: string): Promise<boolean> {
  // Without either, moving would be a copy and an EXPUNGE.
  if (!client.capabilities.has('MOVE') && !client.capabilities.has('UIDPLUS')) return false
  const moved = await client.messageMove(uids, folder, { uid: true }).catch(() => false)
  if (moved !== false) return true
  if (!client.usable) return false
  // It may only be missing; a quota or a right that is missing shows again.
  await client.mailboxCreate(folder).catch(() => {})
  return (await client.messageMove(uids, folder, { uid: true }).catch(() => false)) !== false
}

function faultOf(error: unknown, { host, port, folder, user }: MailboxOptions): MailboxFault {
  const {
    message,
    code,
    authenticationFailed,
    mailboxMissing,
    responseStatus,
    responseText,
    serverResponseCode,
  } = error as Partial<{
    message: string
    code: string
    authenticationFailed: boolean
    mailboxMissing: boolean
    responseStatus: string
    responseText: string
    serverResponseCode: string
  }>
  const words = serverWords(responseText || message || code || String(error))
  // RFC 5530: the server's own trouble, whatever the password.
  if (authenticationFailed && serverResponseCode !== 'UNAVAILABLE')
    return new MailboxFault(
      'refused',
      `${host} does not let ${user} in (${words}): set the right REBOUND_MAILBOX_PASSWORD, or a token command that prints a valid token`,
      error,
    )
  if (mailboxMissing || (responseStatus === 'NO' && /mailbox|folder/i.test(words)))
    return new MailboxFault(
      'folder',
      `${host} has no folder "${folder}" for ${user} (${words}): make it, or name another in REBOUND_MAILBOX`,
      error,
    )
  if (responseStatus === 'NO' || responseStatus === 'BAD')
    return new MailboxFault('protocol', `${host} refuses what we ask: ${words}`, error)
  return new MailboxFault(
    'unreachable',
    `no connection to ${host}:${port} (${code ?? ''} ${words}): is the server up, and its certificate one that Node trusts (NODE_EXTRA_CA_CERTS)?`,
    error,
  )
}
