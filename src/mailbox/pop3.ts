// Fetching by POP3: mails are read group by group; those that are committed are marked for deletion, and go when the
// session ends in good order. What stays in the mailbox is remembered by its unique id.

import { createHash } from 'node:crypto'
import type { MailFate } from '../model/mailbox.ts'
import { MailboxFault, serverWords } from './fault.ts'
import { groupBytes, groupMails, held, mailBytes } from './group.ts'
import { Pop3Client, Pop3Refusal } from './pop3-client.ts'
import type { FoundMail, MailboxOptions, MailboxSession, RoundSteps } from './session.ts'

/** After so many marked mails the session ends, so that what is recorded goes even if the rest takes hours. */
const sessionMails = 500
/** What was read and stays is written down after so many: each time, the ids of all that stays are written. */
const rememberedMails = 2_000
const mostFailures = 3

export async function openPop3(options: MailboxOptions, broken: AbortSignal): Promise<MailboxSession> {
  const secret = await options.secret()
  let client: Pop3Client
  try {
    client = await Pop3Client.connect(options.host, options.port, broken)
  } catch (error) {
    throw faultOf(error, options)
  }
  try {
    await client.login(options.user, secret)
  } catch (error) {
    client.close()
    throw error instanceof Pop3Refusal ? refusalOf(error, options) : faultOf(error, options)
  }
  return {
    round: async steps => {
      try {
        return await round(client, steps)
      } catch (error) {
        throw faultOf(error, options)
      }
    },
    wait: null,
    close: async () => client.close(),
  }
}

/** A mail that the server lists. */
interface Listed {
  readonly number: number
  readonly uid: string
  /** Names the uid in our memory. */
  readonly key: string
}

async function round(client: Pop3Client, steps: RoundSteps): Promise<'done' | 'again' | 'more'> {
  const listed: Listed[] = []
  // Some at a time: the keys of a hundred thousand would keep this thread from all else.
  for await (const some of client.uidl())
    for (const [number, uid] of some) listed.push({ number, uid, key: keyOf(uid) })
  const seen = await openSeen(listed, steps)
  // One at which the connection breaks each time must not be the first for ever.
  const waiting = listed
    .filter(({ key }) => !seen.has(key))
    .sort((a, b) => steps.failures(a.uid) - steps.failures(b.uid))
  let marked = 0
  let failures = 0
  try {
    for (let at = 0; at < waiting.length; at += groupMails) {
      if (steps.isStopping()) break
      if (marked >= sessionMails) {
        await client.quit()
        return 'more'
      }
      await steps.progress(waiting.length - at)
      const fates = await takeGroup(client, waiting.slice(at, at + groupMails), seen, steps)
      marked += fates.filter(fate => fate === 'recorded').length
      failures += fates.filter(fate => fate === 'again').length
      // One mail that fails must not hide those behind it; several are not the fault of a mail.
      if (failures > mostFailures) break
      await seen.write(rememberedMails)
    }
    await client.quit()
  } finally {
    // What has been read need not be read again, whatever became of the connection.
    await seen.write(1)
  }
  if (failures > 0) return 'again'
  await steps.progress(0)
  return 'done'
}

/** Reads mails and takes them in together; then marks those that are committed. */
async function takeGroup(
  client: Pop3Client,
  group: readonly Listed[],
  seen: Seen,
  steps: RoundSteps,
): Promise<readonly MailFate[]> {
  client.announce(group.map(({ number }) => number))
  const fates: MailFate[] = []
  const recorded: Listed[] = []
  let read: (readonly [mail: Listed, bytes: FoundMail['bytes']])[] = []
  let bytes = 0
  const settle = (mail: Listed, fate: MailFate): void => {
    if (fate === 'recorded') recorded.push(mail)
    else if (fate !== 'again') seen.add(mail.key)
    if (fate === 'aside')
      steps.warn({ uid: serverWords(mail.uid) }, 'unreadable mail stays in the mailbox and is passed over')
  }
  const take = async (): Promise<void> => {
    const taken = await Promise.all(
      read.map(([{ uid }, bytes]) => steps.take({ uid, receivedAt: null, bytes })),
    )
    for (const [at, fate] of taken.entries()) settle((read[at] as (typeof read)[number])[0], fate)
    fates.push(...taken)
    read = []
    bytes = 0
  }
  for (const mail of group) {
    // Whatever the next one's size is: there is room for it.
    if (bytes + mailBytes > groupBytes) await take()
    try {
      const source = await readMail(client, mail.number)
      bytes += source?.length ?? 0
      read.push([mail, source === null ? null : held(source)])
    } catch (error) {
      // Those before it are whole. It may be this mail that the server cannot give.
      await take()
      settle(mail, steps.failed(mail.uid))
      throw error
    }
  }
  await take()
  const kept = new Set(await client.remove(recorded.map(({ number }) => number)))
  for (const mail of recorded) {
    if (!kept.has(mail.number)) continue
    seen.add(mail.key)
    steps.warn(
      { uid: serverWords(mail.uid) },
      'recorded mail could not be deleted: it stays in the mailbox and is passed over',
    )
  }
  return fates
}

/** RFC 3206 §4, RFC 2449 §8.1.1: the next try may be answered. */
const isForNow = /^\[(?:SYS\/TEMP|IN-USE)\]/i

/** As much of a mail as the reader looks at; null: the server will not give it, which is no reason to stop at it for ever. */
async function readMail(client: Pop3Client, number: number): Promise<Buffer | null> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const chunk of client.retrieve(number)) {
      chunks.push(chunk.subarray(0, mailBytes - bytes))
      bytes += chunk.length
      // The client skips the rest.
      if (bytes >= mailBytes) break
    }
  } catch (error) {
    if (error instanceof Pop3Refusal && !isForNow.test(error.message)) return null
    throw error
  }
  return Buffer.concat(chunks)
}

/** The mails that have been read and stay in the mailbox. */
interface Seen {
  readonly has: (key: string) => boolean
  readonly add: (key: string) => void
  /** Writes them down if at least so many have come or gone since the last time. */
  readonly write: (leastChanges: number) => Promise<void>
}

async function openSeen(listed: readonly Listed[], { memory }: RoundSteps): Promise<Seen> {
  const before = await memory.read()
  const there = new Set(listed.map(({ key }) => key))
  // Those that are gone need not be remembered.
  const keys = new Set(before.seen.filter(key => there.has(key)))
  let changes = before.seen.length - keys.size
  return {
    has: key => keys.has(key),
    add: key => {
      keys.add(key)
      changes++
    },
    write: async leastChanges => {
      if (changes < leastChanges) return
      await memory.write({ uidValidity: '', lastUid: 0, seen: [...keys] })
      changes = 0
    },
  }
}

/** Unique ids are up to 70 characters; a mailbox may hold a hundred thousand. */
function keyOf(uid: string): string {
  return createHash('sha256').update(uid).digest('base64url').slice(0, 12)
}

function faultOf(error: unknown, { host, port }: MailboxOptions): MailboxFault {
  if (error instanceof MailboxFault) return error
  const words = serverWords(error instanceof Error ? error.message : String(error))
  if (error instanceof Pop3Refusal)
    return new MailboxFault('protocol', `${host} refuses what we ask: ${words}`, error)
  return new MailboxFault(
    'unreachable',
    `no connection to ${host}:${port} (${words}): is the server up, and its certificate one that Node trusts (NODE_EXTRA_CA_CERTS)?`,
    error,
  )
}

/** Why it does not let us in. */
function refusalOf(error: Pop3Refusal, { host, user }: MailboxOptions): MailboxFault {
  const words = serverWords(error.message)
  // RFC 2449 §8.1.1, RFC 3206.
  if (/^\[(IN-USE|LOGIN-DELAY)\]/.test(words))
    return new MailboxFault('busy', `another session has the mailbox of ${user} at ${host} (${words})`, error)
  if (words.startsWith('[SYS/'))
    return new MailboxFault('protocol', `${host} has trouble of its own: ${words}`, error)
  return new MailboxFault(
    'refused',
    `${host} does not let ${user} in (${words}): set the right REBOUND_MAILBOX_PASSWORD, or a token command that prints a valid token`,
    error,
  )
}
