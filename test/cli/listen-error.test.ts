// A port, an address or a socket that cannot be had: the message names the setting that asked for it.

import { expect, test } from 'vitest'
import { listenError } from '../../src/cli/listen-error.ts'

const doors = {
  smtpHost: '::',
  smtpPort: 2525,
  lmtpHost: '127.0.0.1',
  lmtpPort: null,
  lmtpSocket: null,
  httpHost: '192.0.2.9',
  httpPort: 9925,
}

test.each([
  [
    { code: 'EADDRINUSE', address: '::', port: 2525 },
    'Port 2525 of :: is taken: stop what listens there, or set REBOUND_SMTP_PORT to another port',
  ],
  [{ code: 'EADDRINUSE', address: '127.0.0.1', port: 9925 }, /or set REBOUND_HTTP_PORT to another port$/],
  [{ code: 'EACCES', address: '0.0.0.0', port: 25 }, /from 1024 up \(REBOUND_SMTP_PORT or REBOUND_LMTP_PORT/],
  [
    { code: 'EADDRNOTAVAIL', address: '192.0.2.9', port: 9925 },
    /^REBOUND_HTTP_HOST: 192\.0\.2\.9 is not an address of this machine: write/,
  ],
  [{ code: 'ENOTFOUND', hostname: 'nowhere.example' }, /the name nowhere\.example leads to no address/],
  [{ code: 'EADDRINUSE', address: '/run/lmtp' }, /^\/run\/lmtp is in use: .* REBOUND_LMTP_SOCKET/],
  [{ code: 'ENOENT', address: '/none/lmtp' }, /^REBOUND_LMTP_SOCKET: no socket can be made at \/none\/lmtp/],
])('%j', (error, message) => {
  expect(listenError(error, doors)?.message).toMatch(message)
  expect(listenError(error, doors)?.exitCode).toBe(1)
})

test('other errors are not its own', () => {
  expect(listenError(new Error('a fault'), doors)).toBeNull()
  expect(listenError({ code: 'EIO', address: '::', port: 2525 }, doors)).toBeNull()
})
