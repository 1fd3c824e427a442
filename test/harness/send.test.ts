// What reaches the wire: the null sender, every byte, and the server's answer back.

import { afterEach, describe, expect, test } from 'vitest'
import { openSender, send } from '../../src/harness/send.ts'
import { checkGreeting, UnreachableError } from '../../src/harness/verbatim.ts'
import { type FakeSmtp, fakeSmtp, type Manners } from './fake-smtp.ts'

const returnPath = 'b-1@bounces.example'
const bytes = Buffer.from('Subject: t\r\n\r\n.dot\r\nbody \xe9\r\n..two\r\n', 'latin1')

let server: FakeSmtp | undefined
const start = async (manners: Manners = {}): Promise<{ host: string; port: number }> => {
  server = await fakeSmtp(manners)
  return { host: '127.0.0.1', port: server.port }
}
afterEach(async () => {
  await server?.close()
  server = undefined
})

describe.each([{ verbatim: false }, { verbatim: true }])('sending, verbatim: $verbatim', ({ verbatim }) => {
  test('uses the null sender and leaves the bytes alone', async () => {
    const sent = await send({ raw: bytes, returnPath, verbatim }, await start())
    expect(sent).toMatchObject({ acknowledged: true, code: 250, response: '250 2.1.5 kept' })
    expect(server?.transactions).toHaveLength(1)
    expect(server?.transactions[0]?.mailFrom).toMatch(/^<>( BODY=8BITMIME)?$/)
    expect(server?.transactions[0]?.to).toBe(returnPath)
    expect(server?.transactions[0]?.content).toEqual(bytes)
  })

  test('gives the refusal of a recipient', async () => {
    const target = await start({ recipient: () => '550 5.1.1 no such return path' })
    const sent = await send({ raw: bytes, returnPath, verbatim }, target)
    expect(sent).toMatchObject({ acknowledged: false, code: 550, response: '550 5.1.1 no such return path' })
    expect(server?.transactions).toHaveLength(0)
  })

  test('gives a reply of several lines to the final dot', async () => {
    const target = await start({ message: () => '451-4.3.0 not now\r\n451 4.3.0 try later' })
    const sent = await send({ raw: bytes, returnPath, verbatim }, target)
    expect(sent).toMatchObject({ acknowledged: false, code: 451 })
    expect(sent.response).toContain('4.3.0 try later')
  })

  test('says so when the server hangs up instead of answering', async () => {
    const sent = await send({ raw: bytes, returnPath, verbatim }, await start({ message: () => null }))
    expect(sent.acknowledged).toBe(false)
    expect(sent.code).toBeNull()
    expect(sent.response).not.toBe('')
  })

  test('says so when nobody listens', async () => {
    const target = await start()
    await server?.close()
    const sent = await send({ raw: bytes, returnPath, verbatim }, target)
    expect(sent.code).toBeNull()
    expect(sent.response).toContain('ECONNREFUSED')
  })
})

test('bare line feeds and a missing last line end survive verbatim sending', async () => {
  const raw = Buffer.from('Subject: t\n\na\n.\nb')
  await send({ raw, returnPath, verbatim: true }, await start())
  expect(server?.transactions[0]?.content.toString()).toBe('Subject: t\n\na\n.\nb\r\n')
})

test('a sender keeps its connections between messages', async () => {
  const sender = openSender(await start(), { connections: 2 })
  const sent = await Promise.all(Array.from({ length: 20 }, () => sender.send({ raw: bytes, returnPath })))
  sender.close()
  expect(sent.every(each => each.acknowledged)).toBe(true)
  expect(server?.transactions).toHaveLength(20)
  expect(server?.connections()).toBeLessThanOrEqual(2)
})

describe('the greeting', () => {
  test('of a server is found', async () => {
    await expect(checkGreeting(await start())).resolves.toBeUndefined()
  })

  test.each([
    ['a server that is busy', { greeting: '421 4.3.2 too many connections' }],
    ['no mail server', { greeting: 'SSH-2.0-x' }],
  ])('%s is none', async (_, manners) => {
    const error = await checkGreeting(await start(manners)).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(UnreachableError)
    expect(String(error)).toContain('--smtp')
  })

  test('nobody there: the message says what to do', async () => {
    const target = await start()
    await server?.close()
    await expect(checkGreeting(target)).rejects.toThrow(/ECONNREFUSED.*Start the server, or .*--smtp/)
  })
})
