// Connections to a receiver, each looked at before a byte is sent: the address that counts is the one connected to.
// A name that points elsewhere at every look (DNS rebinding) gains nothing by that.

import { type LookupAddress, type LookupAllOptions, lookup as lookUp } from 'node:dns'
import { Agent, type ClientRequestArgs } from 'node:http'
import { connect, isIP, type LookupFunction, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

export interface Connections {
  readonly agent: Agent
  /** Ends all of them, those in use too. */
  readonly close: () => void
}

/** The receiver's address is one that webhooks must not go to. */
export class RefusedTarget extends Error {}

/** Name, connection and TLS handshake together. */
const connectMs = 10_000
/** Between two webhooks; longer than most receivers keep one is of no use. */
const idleMs = 4_000

/** Why an address must not be connected to; null when it may (networks.ts). */
export type TargetTest = (ip: string) => string | null

type Created = (error: Error | null, socket?: Socket) => void

/** Connections for `http:` or `https:`, kept between webhooks. */
export function createConnections(protocol: string, refusalOf: TargetTest): Connections {
  const lookup = checkedLookup(refusalOf)
  const connecting = new Set<Socket>()

  const open = (options: ClientRequestArgs, done: Created): void => {
    const host = String(options.host).replace(/^\[|\]$/g, '')
    const refusal = isIP(host) ? refusalOf(host) : null
    if (refusal !== null) {
      done(refusedTarget(host, host, refusal))
      return
    }
    const plain = connect({ host, port: Number(options.port), lookup, autoSelectFamily: true, noDelay: true })
    let latest = plain
    connecting.add(plain)
    let timer: NodeJS.Timeout | undefined
    const end = (error: Error | null, socket?: Socket): void => {
      clearTimeout(timer)
      connecting.delete(plain)
      for (const each of [plain, latest]) each.removeListener('error', end)
      if (error !== null) {
        latest.on('error', () => {})
        plain.on('error', () => {})
        latest.destroy()
        plain.destroy()
      }
      done(error, socket)
    }
    timer = setTimeout(() => end(timedOut(host)), connectMs)
    plain.once('error', end)
    plain.once('connect', () => {
      const address = plain.remoteAddress ?? ''
      const found = refusalOf(address)
      if (found !== null) return end(refusedTarget(host, address, found))
      if (protocol === 'http:') return end(null, plain)
      // Not before now: the handshake is a byte too.
      latest = connectTls({
        socket: plain,
        host,
        // RFC 6066 §3: an address is not a server name.
        ...(isIP(host) ? {} : { servername: host }),
        ALPNProtocols: ['http/1.1'],
        minVersion: 'TLSv1.2',
      })
      latest.once('error', end)
      latest.once('secureConnect', () => end(null, latest))
    })
  }

  const agent = new Agent({ keepAlive: true, timeout: idleMs, maxFreeSockets: 16 })
  // Agent asks for a connection by this method; its own would connect without looking.
  Object.assign(agent, {
    protocol,
    defaultPort: protocol === 'https:' ? 443 : 80,
    createConnection: (options: ClientRequestArgs, done: Created): void => open(options, firstOnly(done)),
  })
  return {
    agent,
    close: () => {
      agent.destroy()
      for (const socket of connecting) socket.destroy(new Error('stopped'))
    },
  }
}

/** Names to those of their addresses that may be connected to; one question at a time, since each holds a thread. */
function checkedLookup(refusalOf: TargetTest): LookupFunction {
  const asking = new Map<string, Promise<readonly LookupAddress[]>>()
  const addressesOf = (host: string, options: LookupAllOptions): Promise<readonly LookupAddress[]> => {
    const found = asking.get(host)
    if (found !== undefined) return found
    const asked = new Promise<readonly LookupAddress[]>((resolve, reject) => {
      lookUp(host, options, (error, addresses) => {
        asking.delete(host)
        if (error) reject(error)
        else resolve(addresses)
      })
    })
    asking.set(host, asked)
    return asked
  }
  return (host, options, done) => {
    addressesOf(host, { hints: options.hints, all: true }).then(
      addresses => {
        const allowed = addresses.filter(({ address }) => refusalOf(address) === null)
        const [first] = allowed
        const [refused] = addresses
        if (first && options.all) done(null, [...allowed])
        else if (first) done(null, first.address, first.family)
        else if (refused) done(refusedTarget(host, refused.address, `${refusalOf(refused.address)}`), [])
        else done(new Error(`${host} has no address`), [])
      },
      (error: NodeJS.ErrnoException) => done(error, []),
    )
  }
}

function refusedTarget(host: string, address: string, why: string): RefusedTarget {
  const what = host === address ? host : `${host} is ${address}`
  return new RefusedTarget(
    `${what} (${why}): webhooks may not go there; if this is intended, set REBOUND_WEBHOOK_PRIVATE=allow (never for link-local, multicast and reserved networks)`,
  )
}

function timedOut(host: string): Error {
  return Object.assign(new Error(`${host} could not be connected to within ${connectMs / 1000} s`), {
    code: 'ETIMEDOUT',
  })
}

/** Timer and socket may both end a connection: only the first counts. */
function firstOnly(done: Created): Created {
  let isDone = false
  return (error, socket) => {
    if (isDone) return
    isDone = true
    done(error, socket)
  }
}
