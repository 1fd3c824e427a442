// Where the notification ends and the original begins.

import { describe, expect, it } from 'vitest'
import { cutOriginal } from '../../src/report/notice/quoted.ts'

const header = 'Return-Path: <b-x@bounces.example>\nSubject: x\nTo: ana@example.org\n\nbody\n'

describe('the original', () => {
  it.each([
    ['--- Below this line is a copy of the message.'],
    ['------ This is a copy of the message, including all the headers. ------'],
    ['----- Original message -----'],
    ['   ----- Unsent message follows -----'],
    ['--------RETURNED MAIL FOLLOWS--------'],
    ['    Below is a copy of the original message:'],
    ['Original message headers:'],
    ['---------- Forwarded message ----------'],
    ['--- Mensaje original adjunto.'],
    ['-----Ursprüngliche Nachricht-----'],
  ])('follows %s', marker => {
    expect(cutOriginal(`It failed.\n${marker}\n${header}`)).toEqual({
      note: 'It failed.\n',
      original: header,
    })
  })

  it('begins where a header with a trace begins', () => {
    expect(cutOriginal(`It failed.\n\n${header}`)).toEqual({ note: 'It failed.\n\n', original: header })
    expect(cutOriginal('x follow:> Received: a\n> b: c\n').note).toBe('x follow:')
  })

  it.each([
    ['The original message was received at noon'],
    ['The reason the original message was rejected:'],
    ['Original message attached (Max 5k)'],
    ['The MTS-ID of the original message is: c=us;a='],
    ['----- The following addresses had permanent fatal errors -----'],
    ['Your message\n\n  To: ana@example.org\n  Subject: x\n  Sent: today\n\ndid not reach'],
    ['Received: is a word'],
  ])('is not announced by %s', text => {
    expect(cutOriginal(text)).toEqual({ note: text, original: null })
  })
})
