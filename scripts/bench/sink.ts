// The reference: smtp-server with nothing behind it.

import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

const server = new SMTPServer({
  authOptional: true,
  // STARTTLS is offered with the certificate that smtp-server brings.
  disabledCommands: ['AUTH'],
  disableReverseLookup: true,
  onData: (stream, _session, callback) => {
    stream.on('end', () => callback())
    stream.resume()
  },
})
server.on('error', () => {})
server.listen(0, '127.0.0.1', () => console.log(`port ${(server.server.address() as AddressInfo).port}`))
process.on('SIGTERM', () => process.exit(0))
