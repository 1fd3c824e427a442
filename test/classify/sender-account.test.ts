// What a refusal says of the sender's own account, quota or domain never counts towards a threshold of the recipient.

import { describe, expect, test } from 'vitest'
import { createJudge } from '../../src/classify/ladder.ts'
import { promotable } from '../../src/model/categories.ts'
import { failure, report } from './reports.ts'

const { judge } = createJudge({ rules: [] })

const whose = ["the sender's", 'Your', 'your SMTP', 'Your mail', 'your email', 'sending', 'sender']
const ills = [
  'account has been suspended',
  'account is suspended',
  'account has been disabled',
  'account is disabled for sending',
  'account is over quota',
]
const codes = [
  ['5.2.1', 550],
  ['4.2.1', 450],
  ['5.2.2', 552],
  ['5.7.1', 550],
  ['4.1.1', 450],
  [null, 550],
] as const

const said = [
  ...whose.flatMap(owner => ills.map(ill => `${owner} ${ill}`)),
  'account of the sender is suspended',
  'sender address rejected: user unknown',
  '<news@crm.example>: user unknown',
  '<news@crm.example>: sender account disabled',
  'Le compte de l’expéditeur a été suspendu',
  'la cuenta del remitente ha sido suspendida',
  'das Konto des Absenders ist gesperrt',
]

describe.each(said)('%s', words => {
  test.each(codes)('with %s', (status, replyCode) => {
    const diagnostic = [replyCode, status, words].filter(each => each !== null).join(' ')
    const given = report([failure({ status, replyCode, diagnostic, address: 'ana@example.org' })])
    const original = { ...given.original, senders: ['news@crm.example'] }
    const verdict = judge({ ...given, original }).recipients[0]?.verdict
    expect(verdict?.type).toBe('soft')
    expect(promotable, `${diagnostic}: ${verdict?.category}`).not.toContain(verdict?.category)
  })
})
