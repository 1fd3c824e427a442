// Clients that ask much and bring nothing: commands, errors, connections, long lines.

import { describe, expect, it, onTestFinished } from 'vitest'
import { eventually, openStage, type Stage, type StageOptions } from './stage.ts'

async function open(options: StageOptions = {}): Promise<Stage> {
  const stage = await openStage(options)
  onTestFinished(stage.close)
  return stage
}

/** Sends the commands over and over in one go, and reads until the server has had enough. */
async function check(commands: string[], options: StageOptions, lastWords: RegExp): Promise<void> {
  const stage = await open(options)
  const client = await stage.greeted()
  client.send(`${Array(500).fill(commands.join('\r\n')).join('\r\n')}\r\n`)
  let last = ''
  for (let reply = await client.reply(); reply !== '(closed)'; reply = await client.reply()) last = reply
  expect(last).toMatch(lastWords)
  await eventually(() => stage.listener.connections() === 0, 'the end of the connection')
}

const commands50 = { limits: { maxCommandsWithoutMessage: 50 } }
const errors20 = { limits: { maxErrorsWithoutMessage: 20 } }

describe('a flood of', () => {
  it('NOOP', () => check(['NOOP'], commands50, /^421 4\.7\.0 Too many commands/))
  it('RSET', () => check(['RSET'], commands50, /^421 4\.7\.0 Too many commands/))
  it('EHLO', () => check(['EHLO x'], commands50, /^421 4\.7\.0 Too many commands/))
  it('VRFY', () => check(['VRFY x'], commands50, /^421 4\.7\.0 Too many commands/))
  it('MAIL and RSET', () => check(['MAIL FROM:<>', 'RSET'], commands50, /^421 4\.7\.0 Too many commands/))
  it('one accepted RCPT, repeated', () =>
    check(['MAIL FROM:<>', 'RCPT TO:<signed-1@bounces.example>'], commands50, /^421 4\.7\.0 /))
  it('guessed recipients', () =>
    check(['MAIL FROM:<>', 'RCPT TO:<guess@bounces.example>'], errors20, /^421 4\.7\.0 Too many errors/))
  it('unknown commands', () => check(['WHAT'], {}, /^421 4\.7\.0 Too many errors/))
  it('DATA without recipients', () => check(['DATA'], errors20, /^421 4\.7\.0 Too many errors/))

  it('messages is welcome', async () => {
    const stage = await open({ limits: { maxCommandsWithoutMessage: 6, maxErrorsWithoutMessage: 1 } })
    const client = await stage.greeted()
    for (let message = 0; message < 20; message += 1) {
      await client.ask('MAIL FROM:<>')
      expect(await client.ask('RCPT TO:<unknown@bounces.example>')).toMatch(/^550 /)
      expect(await client.ask('RCPT TO:<signed-1@bounces.example>')).toMatch(/^250 /)
      await client.ask('DATA')
      client.send('x\r\n.\r\n')
      expect(await client.reply()).toMatch(/^250 /)
    }
    expect(stage.taken.length).toBe(20)
  })

  it('empty messages is cut, though each is answered', async () => {
    const stage = await open({ limits: { maxEmptyMessages: 3 } })
    const client = await stage.greeted()
    for (let message = 0; message < 4; message += 1) {
      await client.begin('signed-1')
      client.send(message % 2 === 0 ? '.\r\n' : '\r\n \r\n.\r\n')
      expect(await client.reply()).toMatch(/^250 /)
    }
    expect(await client.reply()).toBe('421 4.7.0 Too many messages without a text')
    expect(stage.counted).toContain('deferred empty-messages')
  })

  it('messages ends with the session, and the client may come again', async () => {
    const stage = await open({ limits: { maxSessionMessages: 3 } })
    const client = await stage.greeted()
    for (let message = 0; message < 3; message += 1) {
      await client.begin('signed-1')
      client.send('x\r\n.\r\n')
      expect(await client.reply()).toMatch(/^250 /)
    }
    expect(await client.reply()).toBe('421 4.4.2 Enough messages for one session, connect again')
    expect(stage.counted).toContain('deferred session-messages')
    expect(await (await stage.greeted()).ask('NOOP')).toMatch(/^250 /)
  })

  it('messages that all fail is cut, but each answer is heard', async () => {
    const stage = await open({ limits: { maxCommandsWithoutMessage: 11 } }) // greeting, EHLO and 3 times 3
    const client = await stage.greeted()
    for (let message = 0; message < 3; message += 1) {
      await client.begin('signed-fails')
      client.send('x\r\n.\r\n')
      expect(await client.reply()).toMatch(/^451 4\.3\.0 /)
    }
    expect(await client.ask('MAIL FROM:<>')).toMatch(/^421 4\.7\.0 /)
  })

  it('errors does not swallow the answer to a message', async () => {
    const stage = await open({ limits: { maxErrorsWithoutMessage: 0, maxCommandsWithoutMessage: 5 } })
    const client = await stage.greeted()
    await client.begin('signed-1')
    client.send('x\r\n.\r\n')
    expect(await client.reply()).toMatch(/^250 2\.0\.0 Recorded as /)
    await client.begin('signed-fails')
    client.send('x\r\n.\r\n')
    expect(await client.reply()).toMatch(/^451 4\.3\.0 /)
  })
})

describe('a command line', () => {
  it('that is too long ends the session', async () => {
    const stage = await open({ limits: { maxCommandBytes: 1000 } })
    const client = await stage.greeted()
    client.send('x'.repeat(100_000))
    expect(await client.reply()).toBe('421 4.5.2 Command line too long')
    expect(await client.reply()).toBe('(closed)')
  })
  it('of what the DSN extension may need is read', async () => {
    const stage = await open()
    const client = await stage.greeted()
    await client.ask('MAIL FROM:<>')
    const original = `rfc822;${'a'.repeat(500)}@client.example`
    expect(await client.ask(`RCPT TO:<signed-1@bounces.example> ORCPT=${original} NOTIFY=FAILURE`)).toMatch(
      /^250 /,
    )
  })
})

describe('connections', () => {
  it('beyond the limit of one address are refused, and let in when another has left', async () => {
    const stage = await open({ limits: { maxConnectionsPerIp: 2 } })
    const [first] = [await stage.greeted(), await stage.greeted()]
    const third = await stage.client()
    expect(await third.reply()).toBe('421 4.7.0 Too many connections from your address, try again later')
    expect(await third.reply()).toBe('(closed)')
    expect(stage.listener.connections()).toBe(2)
    expect(stage.counted).toContain('deferred too-many-per-ip')
    expect(await first?.ask('QUIT')).toMatch(/^221 2\.0\.0 /)
    await eventually(() => stage.listener.connections() === 1, 'one has left')
    const fourth = await stage.client()
    expect(await fourth.reply()).toMatch(/^220 /)
  })

  it('beyond the limit of one network are refused', async () => {
    const stage = await open({ limits: { maxConnectionsPerNetwork: 2 } })
    const all = [await stage.client(), await stage.client(), await stage.client()]
    expect((await all[2]?.reply())?.slice(0, 9)).toBe('421 4.7.0')
    expect(stage.counted).toContain('deferred too-many-per-network')
  })

  it('that the open files of the process have no room for are refused, and the log says why', async () => {
    const stage = await open({ openFiles: 4 })
    const all = [await stage.client(), await stage.client(), await stage.client()]
    expect(await all[2]?.reply()).toMatch(/^421 4\.3\.2 No room/)
    expect(stage.counted).toContain('deferred no-descriptors')
    expect(stage.logged.filter(({ level }) => level === 'warn').map(({ fields }) => fields)).toEqual([
      { openFiles: 4, connections: 2, wanted: 1000 },
    ])
  })

  it('beyond the limit of all are refused', async () => {
    const stage = await open({ limits: { maxConnections: 1 } })
    await stage.greeted()
    const second = await stage.client()
    expect(await second.reply()).toMatch(/^421 4\.3\.2 /)
  })

  it('that come by the hundred are counted right, whatever they do', async () => {
    const stage = await open({ limits: { maxConnectionsPerIp: 30 } })
    const clients = await Promise.all(Array.from({ length: 200 }, () => stage.client()))
    clients.forEach((client, index) => {
      if (index % 3 === 0) client.reset()
      else if (index % 3 === 1) client.destroy()
    })
    await eventually(() => stage.listener.connections() <= 30, 'no more than allowed')
    for (const client of clients) client.destroy()
    await eventually(() => stage.listener.connections() === 0, 'all gone')
    const connected = stage.counted.filter(call => call === 'connected').length
    await eventually(
      () => stage.counted.filter(call => call.startsWith('disconnected')).length === connected,
      'as many gone as came',
    )
    const again = await stage.client()
    expect(await again.reply()).toMatch(/^220 /)
  })
})
