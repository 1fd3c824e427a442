// A real listener on a free port, with played ports: what an address is and what becomes of a message is said by its
// local part.

import { once } from 'node:events'
import { createMemoryBudget } from '../../src/message/memory-budget.ts'
import type { Envelope, Incoming } from '../../src/model/envelope.ts'
import { parseNetwork } from '../../src/model/network.ts'
import type { IntakeOutcome } from '../../src/model/reply.ts'
import type { RoleMail, RoleMailbox } from '../../src/model/role-mail.ts'
import { createListener } from '../../src/smtp/listener.ts'
import type { FoundPath, Listener, ListenerOptions, SmtpPorts } from '../../src/smtp/ports.ts'
import { within } from '../patience.ts'
import { RawClient } from './raw-client.ts'

export const ourDomains = ['bounces.example', 'xn--bcher-kva.example']

const send = { module: 'contacts', recordId: '42', campaign: null, mailId: null, addressCheck: null }

/** A front server beside the clients on 127.0.0.1. */
const front = [parseNetwork('127.0.0.2')].filter(network => network !== null)

/** `signed-…`, `expired-…` and so on at our domains; `lookup-…` are those that our own side fails over. */
export function readAddress(address: string): FoundPath | Promise<FoundPath> {
  const at = address.lastIndexOf('@')
  const local = address
    .slice(0, at)
    .toLowerCase()
    .replace(/^prvs=\d+=/, '')
  if (!ourDomains.includes(address.slice(at + 1))) return { kind: 'foreign' }
  const raw = address
  const canonical = address.toLowerCase().replace(/^prvs=\d+=/, '')
  const kind = local.replace(/-.*/, '')
  switch (kind) {
    case 'signed':
    case 'expired':
      return { kind, raw, canonical, send, issuedAt: new Date(0) }
    case 'stored':
      return Promise.resolve({ kind, raw, canonical, send, issuedAt: null })
    case 'legacy':
      return { kind, raw, canonical, send }
    case 'inbox':
    case 'observed':
      return { kind, raw, canonical }
    case 'forged':
      return { kind, raw }
    case 'postmaster':
    case 'abuse':
      return { kind: 'role', raw, mailbox: kind }
    case 'lookup':
      if (local === 'lookup-hangs') return new Promise(() => {})
      return Promise.reject(new Error('the database is away'))
    default:
      return { kind: 'unknown', raw }
  }
}

/** One message that `receive` was given whole. */
export interface Taken {
  readonly envelope: Envelope
  readonly bytes: Buffer
}

export interface Stage {
  readonly listener: Listener
  readonly port: number
  /** Messages that intake would have recorded. */
  readonly taken: Taken[]
  /** What `receive` met besides: `broken: …` when the bytes broke off. */
  readonly mishaps: string[]
  /** Every call of metrics, as `name argument`, in order; numbers of messageSeconds left out. */
  readonly counted: string[]
  /** Every line of the log. */
  readonly logged: { level: string; fields: Record<string, unknown>; message: string }[]
  readonly client: () => Promise<RawClient>
  /** A client of another address, behind a front server on 127.0.0.2; `trusted` must be given, if only empty. */
  readonly from: (ip: string) => Promise<RawClient>
  /** Message bytes that `receive` has got. */
  readonly arrived: () => number
  /**
   * Resolves once the listener has met everything that was sent before: a round trip of another client takes several
   * turns of the event loop, and each turn reads what waits at every socket.
   */
  readonly settled: () => Promise<void>
  /** Lets the messages to `late` be committed. */
  readonly commit: () => void
  /** Was this local part looked up? */
  readonly asked: (localPart: string) => boolean
  /** A client that has been greeted and has said EHLO. */
  readonly greeted: () => Promise<RawClient>
  /** Mails to postmaster and abuse, as they are stored. */
  readonly kept: () => readonly string[]
  readonly close: () => Promise<void>
}

export interface StageOptions extends Partial<ListenerOptions> {
  readonly ports?: Partial<SmtpPorts>
}

/** Opens a stage; whoever opens it closes it. */
export async function openStage({ ports, ...options }: StageOptions = {}): Promise<Stage> {
  const kept: RoleMail[] = []
  const roleMail: RoleMailbox = {
    isFull: async () => false,
    keep: async mail => {
      kept.push(mail)
      return 'kept'
    },
  }
  const taken: Taken[] = []
  const mishaps: string[] = []
  const counted: string[] = []
  const logged: Stage['logged'] = []
  const clients = new Set<RawClient>()
  const asked = new Set<string>()
  let arrived = 0
  let commit: () => void = () => {}
  const committed = new Promise<void>(resolve => {
    commit = resolve
  })
  const write =
    (level: string) =>
    (fields: object, message: string): void => {
      logged.push({ level, fields: { ...fields }, message })
    }

  /** What the local part of the recipient asks for once the mail is read; null for nothing. */
  const afterwards = async (local: string): Promise<IntakeOutcome | null> => {
    if (local === 'commits-not') throw new Error('the commit failed')
    if (local === 'never') return new Promise(() => {})
    if (local === 'late') await committed
    if (local === 'defers') return { kind: 'deferred', reason: 'unproven' }
    return null
  }

  const receive = async (envelope: Envelope, incoming: Incoming): Promise<IntakeOutcome> => {
    const local = envelope.recipients[0]?.raw.replace(/@.*/, '').replace(/^[^-]*-?/, '') ?? ''
    if (local === 'fails') throw new Error('the database is away')
    if (local === 'early') return { kind: 'accepted', recorded: [] }
    if (local === 'hangs') return new Promise(() => {})
    const chunks: Uint8Array[] = []
    try {
      for await (const chunk of incoming.bytes) {
        chunks.push(chunk)
        arrived += chunk.length
        if (local === 'breaks') throw new Error('a bug')
      }
    } catch (error) {
      mishaps.push(`broken: ${(error as Error).message}`)
      throw error
    }
    const outcome = await afterwards(local)
    if (outcome !== null) return outcome
    taken.push({ envelope, bytes: Buffer.concat(chunks) })
    return { kind: 'accepted', recorded: [] }
  }

  const listener = createListener(
    {
      host: '127.0.0.1',
      port: 0,
      hostName: 'mx.bounces.example',
      tls: null,
      ...options,
      ...(options.trusted ? { trusted: [...options.trusted, ...front] } : {}),
    },
    {
      readAddress: address => {
        asked.add(address.replace(/@.*/, ''))
        return readAddress(address)
      },
      receive,
      roleMail,
      memory: createMemoryBudget(1e9),
      log: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
      metrics: {
        connected: () => counted.push('connected'),
        disconnected: tls => counted.push(`disconnected ${tls}`),
        rejected: reason => counted.push(`rejected ${reason}`),
        deferred: reason => counted.push(`deferred ${reason}`),
        messageSeconds: () => counted.push('messageSeconds'),
        messageBytes: bytes => counted.push(`messageBytes ${bytes}`),
        tls: keyExchange => counted.push(`tls ${keyExchange}`),
        certificate: expires => counted.push(`certificate ${expires}`),
        tlsFailed: reason => counted.push(`tlsFailed ${reason}`),
      },
      ...ports,
    },
  )
  const { port } = await listener.start()
  const client = async (from?: string): Promise<RawClient> => {
    const opened = await RawClient.open(port, '127.0.0.1', from)
    clients.add(opened)
    return opened
  }

  return {
    listener,
    port,
    taken,
    mishaps,
    counted,
    logged,
    client: () => client(),
    from: async ip => {
      const opened = await client('127.0.0.2')
      opened.send(`PROXY TCP4 ${ip} 127.0.0.1 99 25\r\n`)
      return opened
    },
    arrived: () => arrived,
    commit,
    settled: async () => {
      const other = await client()
      await other.reply()
      await other.ask('NOOP')
      other.destroy()
      await once(other.socket, 'close')
    },
    asked: localPart => asked.has(localPart),
    greeted: async () => {
      const opened = await client()
      await opened.reply()
      await opened.ask('EHLO client.example')
      return opened
    },
    kept: () => kept.map(({ raw }) => raw.toString('latin1')),
    close: async () => {
      for (const opened of clients) opened.destroy()
      await listener.drain(1000)
    },
  }
}

/** Waits until something is so. */
export async function eventually(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const giveUp = Date.now() + within(10_000)
  while (!(await isSo())) {
    if (Date.now() > giveUp) throw new Error(`never happened: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}
