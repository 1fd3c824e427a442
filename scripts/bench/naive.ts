// What one writes in an afternoon: smtp-server, simpleParser, one durable transaction a message. naive.ts DATABASE_URL

import type { AddressInfo } from 'node:net'
import Database from 'better-sqlite3'
import { simpleParser } from 'mailparser'
import mysql from 'mysql2/promise'
import { SMTPServer } from 'smtp-server'

type Save = (address: string, text: string) => Promise<void>

const table =
  'create table if not exists bounces (id integer primary key auto_increment, address text, text text)'

async function openSave(url: string): Promise<Save> {
  if (url.startsWith('mysql:')) {
    const pool = mysql.createPool({ uri: url, connectionLimit: 10 })
    await pool.query(table)
    return async (address, text) => {
      await pool.query('insert into bounces (address, text) values (?, ?)', [address, text])
    }
  }
  const database = new Database(url)
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.exec(table.replace(' auto_increment', ''))
  const insert = database.prepare('insert into bounces (address, text) values (?, ?)')
  return async (address, text) => {
    insert.run(address, text)
  }
}

const save = await openSave(process.argv[2] ?? '')
const server = new SMTPServer({
  authOptional: true,
  // STARTTLS is offered with the certificate that smtp-server brings.
  disabledCommands: ['AUTH'],
  disableReverseLookup: true,
  onData: (stream, session, callback) => {
    simpleParser(stream)
      .then(mail => save(session.envelope.rcptTo[0]?.address ?? '', mail.text ?? ''))
      .then(() => callback(), callback)
  },
})
server.on('error', () => {})
server.listen(0, '127.0.0.1', () => console.log(`port ${(server.server.address() as AddressInfo).port}`))
process.on('SIGTERM', () => process.exit(0))
