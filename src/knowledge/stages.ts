// At which command of the session a server refused, told by the words in which mail programs report it.
// Before RCPT (RFC 5321 §3.3) nothing was said of the recipient: such a refusal can only be about who sends.

import type { Category } from '../model/categories.ts'

export type Stage = 'connect' | 'helo' | 'mail' | 'rcpt' | 'data'

export interface StageRow {
  readonly stage: Stage
  /** What a refusal here is about when its words say nothing plainer; null after RCPT. */
  readonly category: Category | null
  readonly texts: readonly string[]
}

/** Words of Postfix bounce(8), Exim, qmail-remote, DragonFly and gateways, in the form texts are searched. */
export const stages: readonly StageRow[] = [
  {
    stage: 'connect',
    category: 'blocked',
    texts: [
      'after initial connection',
      'initial server greeting',
      'refused to talk to me',
      'in reply to connect',
      'after connect:',
      'but greeting failed',
    ],
  },
  {
    stage: 'helo',
    category: 'blocked',
    texts: [
      'after ehlo',
      'after helo',
      'after pipelined ehlo',
      'in reply to ehlo',
      'in reply to helo',
      'performing the ehlo handshake',
      'performing the helo handshake',
      'did not like our ehlo',
      'did not like our helo',
      'but my name was rejected',
    ],
  },
  {
    stage: 'mail',
    category: 'sender-rejected',
    texts: [
      'after mail from',
      'after pipelined mail from',
      'after sending mail from',
      'in reply to mail from',
      'in response to mail from',
      'did not like our mail from',
      'but sender was rejected',
    ],
  },
  {
    stage: 'rcpt',
    category: null,
    texts: [
      'after rcpt to',
      'after rcpt command',
      'after pipelined rcpt to',
      'after sending rcpt to',
      'in reply to rcpt to',
      'in response to rcpt to',
      'did not like our rcpt to',
      'does not like recipient',
    ],
  },
  {
    stage: 'data',
    category: null,
    texts: [
      'after end of data',
      'after pipelined end of data',
      'after data',
      'after pipelined data',
      'after sending data',
      'after sending the message',
      'in reply to end of data',
      'in reply to data',
      'in response to data',
      'in response to end of data',
      'did not like our data',
      'did not like our end of data',
      'failed on data command',
      'failed after i sent the message',
      'smtp command data',
    ],
  },
]

/** The commands of a transcript (`>>> RCPT TO:<…>`), each with its stage. */
const commands: readonly (readonly [string, Stage])[] = [
  ['ehlo', 'helo'],
  ['helo', 'helo'],
  ['mail', 'mail'],
  ['rcpt', 'rcpt'],
  ['data', 'data'],
  ['.', 'data'],
]

/** The row of a command that a transcript shows, null for one that belongs to no stage. */
export function stageOfCommand(command: string): StageRow | null {
  const found = commands.find(([word]) => command.startsWith(word))
  return stages.find(({ stage }) => stage === found?.[1]) ?? null
}
