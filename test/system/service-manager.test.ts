import { expect, test } from 'vitest'
import { inheritedSocket, serviceManager } from '../../src/system/service-manager.ts'

test.each<[string, Record<string, string>, number | null]>([
  ['none', {}, null],
  ['one', { LISTEN_PID: '7', LISTEN_FDS: '1' }, 3],
  ['the one with the name', { LISTEN_PID: '7', LISTEN_FDS: '2', LISTEN_FDNAMES: 'http:smtp' }, 4],
  ['the first where none has it', { LISTEN_PID: '7', LISTEN_FDS: '2', LISTEN_FDNAMES: 'a:b' }, 3],
  ['those of another process', { LISTEN_PID: '8', LISTEN_FDS: '1' }, null],
  ['garbage', { LISTEN_PID: '7', LISTEN_FDS: 'x' }, null],
  ['zero', { LISTEN_PID: '7', LISTEN_FDS: '0' }, null],
])('the socket that systemd passes on: %s', (_, environment, expected) =>
  expect(inheritedSocket(environment, 7)).toBe(expected),
)

test('without a service manager nothing is said', () => {
  const told: unknown[] = []
  const manager = serviceManager({}, { tell: messages => told.push(messages) })
  manager.ready()
  manager.stopping()
  expect(told).toEqual([])
})

test('a program that is missing is told, and nothing else happens', async () => {
  const path = process.env.PATH
  process.env.PATH = ''
  const error = await new Promise<Error>(onError =>
    serviceManager({ NOTIFY_SOCKET: '/none' }, { onError }).ready(),
  )
  process.env.PATH = path
  expect(error.message).toContain('systemd-notify')
})
