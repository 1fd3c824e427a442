// A name server for tests: answers from a table over UDP (RFC 1035), in one datagram.

import { createSocket } from 'node:dgram'
import type { AddressInfo } from 'node:net'

/** By `TYPE name`, lower case, without a trailing dot: MX `10 mx.example`, A, PTR, TXT. `fail` answers SERVFAIL. */
export type Zone = Readonly<Record<string, readonly string[] | 'fail'>>

const types: Readonly<Record<number, string>> = { 1: 'A', 12: 'PTR', 15: 'MX', 16: 'TXT', 28: 'AAAA' }

export interface NameServer {
  /** `host:port` */
  readonly address: string
  readonly close: () => Promise<void>
}

/** @param at what port 53 of a resolver's configuration has to be, where a program takes no port */
export async function startNameServer(
  zone: Zone,
  at: { readonly host: string; readonly port: number } = { host: '127.0.0.1', port: 0 },
): Promise<NameServer> {
  const socket = createSocket('udp4')
  socket.on('message', (query, from) => socket.send(answer(query, zone), from.port, from.address))
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(at.port, at.host, resolve)
  })
  return {
    address: `${at.host}:${(socket.address() as AddressInfo).port}`,
    close: () => new Promise(resolve => socket.close(() => resolve())),
  }
}

function answer(query: Buffer, zone: Zone): Buffer {
  const labels: string[] = []
  let at = 12
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.subarray(at + 1, at + 1 + length).toString('latin1'))
    at += 1 + length
  }
  const type = query.readUInt16BE(at + 1)
  const question = query.subarray(12, at + 5)
  const name = labels.join('.').toLowerCase()
  const found = zone[`${types[type]} ${name}`]
  const isKnown = Object.keys(zone).some(key => key.endsWith(` ${name}`))
  const records = Array.isArray(found) ? found.map(text => record(type, text)) : []
  const noName = isKnown ? 0 : 3
  const code = found === 'fail' ? 2 : noName
  const header = Buffer.from([
    ...query.subarray(0, 2),
    0x81,
    0x80 | code,
    0,
    1,
    0,
    records.length,
    0,
    0,
    0,
    0,
  ])
  return Buffer.concat([header, question, ...records])
}

/** With the name of the question, by a pointer to it (RFC 1035 §4.1.4). */
function record(type: number, text: string): Buffer {
  const data = dataOf(type, text)
  const head = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, data.length >> 8, data.length & 255])
  return Buffer.concat([head, data])
}

function dataOf(type: number, text: string): Buffer {
  if (type === 1) return Buffer.from(text.split('.').map(Number))
  if (type === 16) return Buffer.concat([Buffer.from([text.length]), Buffer.from(text, 'latin1')])
  if (type === 12) return nameOf(text)
  const [preference = '0', host = ''] = text.split(' ')
  return Buffer.concat([Buffer.from([0, Number(preference)]), nameOf(host)])
}

function nameOf(text: string): Buffer {
  const labels = text.split('.').filter(label => label !== '')
  return Buffer.concat([
    ...labels.map(label => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ])
}
