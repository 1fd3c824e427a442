// Fetching by POP3: a mail is marked for deletion once it is committed, and goes when the session ends in good order.

import { createHash } from 'node:crypto'
import { MailboxFault, serverWords } from './fault.ts'
import { Pop3Client, Pop3Refusal } from './pop3-client.ts'
import type { MailboxOptions, MailboxSession, RoundSteps } from './session.ts'

/** After so many mails the session ends, so that what is recorded goes even if the rest takes hours. */
const sessionMails = 500
const mostFailures = 3

export async function openPop3(options: MailboxOptions): Promise<MailboxSession> {
  const secret = await options.secret()
  let client: Pop3Client
  try {
    client = await Pop3Client.connect(options.host, options.port)
  } catch (error) {
    throw faultOf(error, options)
  }
  try {
    await client.login(options.user, secret)
  } catch (error) {
    client.close()
    throw faultOf(error, options)
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

async function round(client: Pop3Client, steps: RoundSteps): Promise<'done' | 'again' | 'more'> {
  const before = await steps.memory.read()
  const listed = await client.uidl()
  const there = new Set(listed.map(([, uid]) => keyOf(uid)))
  // Mails gone from the mailbox need not be remembered.
  const seen = new Set(before.seen.filter(key => there.has(key)))
  const waiting = listed.filter(([, uid]) => !seen.has(keyOf(uid)))
  let ending: 'done' | 'again' | 'more' = 'done'
  let failures = 0
  for (const [at, [number, uid]] of waiting.entries()) {
    if (steps.isStopping()) break
    if (at >= sessionMails) {
      ending = 'more'
      break
    }
    if (at % 20 === 0) await steps.progress(waiting.length - at)
    const fate = await takeMail(client, number, uid, steps)
    if (fate === 'recorded') await client.remove(number)
    else if (fate === 'again') failures++
    else seen.add(keyOf(uid))
    if (fate === 'aside')
      steps.warn({ uid: serverWords(uid) }, 'unreadable mail stays in the mailbox and is passed over')
    // One mail that fails must not hide those behind it; several are no mail's fault.
    if (failures > mostFailures) break
  }
  if (failures > 0) ending = 'again'
  await client.quit()
  await steps.memory.write({ uidValidity: '', lastUid: 0, seen: [...seen] })
  if (ending === 'done') await steps.progress(0)
  return ending
}

/** A mail that the server will not give is no reason to stop at it for ever. */
async function takeMail(
  client: Pop3Client,
  number: number,
  uid: string,
  { take }: RoundSteps,
): Promise<Awaited<ReturnType<RoundSteps['take']>>> {
  let refusal: Pop3Refusal | null = null
  async function* bytes(): AsyncGenerator<Uint8Array> {
    try {
      yield* client.retrieve(number)
    } catch (error) {
      if (error instanceof Pop3Refusal) refusal = error
      throw error
    }
  }
  const fate = await take({ uid, receivedAt: null, bytes: bytes() })
  return refusal === null ? fate : 'aside'
}

/** Unique ids are up to 70 characters; a mailbox may hold a hundred thousand. */
function keyOf(uid: string): string {
  return createHash('sha256').update(uid).digest('base64url').slice(0, 12)
}

function faultOf(error: unknown, { host, port, user }: MailboxOptions): MailboxFault {
  if (error instanceof MailboxFault) return error
  const words = serverWords(error instanceof Error ? error.message : String(error))
  if (!(error instanceof Pop3Refusal))
    return new MailboxFault(
      'unreachable',
      `no connection to ${host}:${port} (${words}): is the server up, and its certificate one that Node trusts (NODE_EXTRA_CA_CERTS)?`,
      error,
    )
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
