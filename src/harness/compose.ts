// From a writer's and a scenario's name to the bytes that writer would send, and the answer a correct reader owes.

import { damages, sentVerbatim, wire } from './forms.ts'
import { exim, eximOld } from './mta/exim.ts'
import { mailbox } from './mta/mailbox.ts'
import { postfix } from './mta/postfix.ts'
import { qmail } from './mta/qmail.ts'
import { checkName, UnknownNameError } from './names.ts'
import { type Answer, answered, damaged, type Reported, reported, type ScenarioName } from './scenarios.ts'
import { domainOf, sentMail } from './sent-mail.ts'
import type { Block, Situation, Stated, Trouble, Writer, Written } from './situation.ts'
import { type Variation, variationFrom } from './variation.ts'

export const writers = { postfix, exim, 'exim-old': eximOld, qmail } as const satisfies Record<string, Writer>

/** A mail program, or `mailbox`: the recipient's own side. */
export type WriterName = keyof typeof writers | 'mailbox'

export const writerNames = [...Object.keys(writers), 'mailbox'] as readonly WriterName[]
export const scenarios = [...reported, ...answered, ...damaged]
export const scenarioNames: readonly ScenarioName[] = scenarios.map(scenario => scenario.name)

export interface Context {
  /** The return path that the mail was sent with: where the report goes. */
  readonly returnPath: string
  /** Whom the mail was sent to, `ana@example.org` if nothing else is said. */
  readonly recipient?: string | undefined
  /** When the report is written. */
  readonly at: Date
  /** Same seed, same bytes. */
  readonly seed?: string | undefined
  /** The return path inside the returned copy, when the report itself goes elsewhere. */
  readonly originalReturnPath?: string | undefined
}

/** What a correct reader answers to one composed message. */
export interface Expected extends Answer {
  /** Unchecked where undefined: the mail does not say. */
  readonly permanent: boolean | null | undefined
  readonly status: string | null
  readonly replyCode: number | null
  /** The address the report is about; undefined where any of several is right, null where it names none. */
  readonly address: string | null | undefined
}

export interface Composed {
  readonly writer: WriterName
  readonly scenario: ScenarioName
  readonly raw: Buffer
  readonly returnPath: string
  readonly recipient: string
  readonly expected: Expected
  /** True for what must reach the socket byte for byte. */
  readonly verbatim: boolean
}

/**
 * Composes one message. Pure: the same arguments give the same bytes.
 * Throws UnknownNameError for a name that is none, or a scenario that this writer cannot report.
 */
export function compose(writerWord: string, scenarioWord: string, context: Context): Composed {
  const writer = checkName('mail program', writerWord, writerNames)
  const scenario = checkName('scenario', scenarioWord, scenarioNames)
  const able = scenariosOf(writer)
  if (!able.includes(scenario)) {
    throw new UnknownNameError(`${writer} does not write "${scenario}". It writes: ${able.join(', ')}.`)
  }
  const recipient = context.recipient ?? 'ana@example.org'
  const vary = variationFrom(`${context.seed ?? ''}/${writer}/${scenario}`)
  const base = { returnPath: context.returnPath, recipient, at: context.at, vary }
  const mail = sentMail(recipient, context.originalReturnPath ?? context.returnPath, context.at, vary)
  const done = {
    writer,
    scenario,
    returnPath: context.returnPath,
    recipient,
    verbatim: sentVerbatim.has(scenario),
  }

  const answer = answered.find(row => row.name === scenario)
  if (answer !== undefined || writer === 'mailbox') {
    const row = answer ?? answered[0]
    const lines = mailbox[row.name]({ ...base, mail, blocks: [] })
    return { ...done, raw: wire(lines), expected: { ...row.answer, ...silence } }
  }

  const damage = damaged.find(row => row.name === scenario)
  const row: Reported = reported.find(row => row.name === scenario) ?? reported[0]
  const blocks = blocksOf(row, recipient, vary)
  const written: Written = writers[writer].write({ ...base, mail, blocks } satisfies Situation)
  return {
    ...done,
    raw: damage ? damages[damage.name](written, mail) : wire(written.lines),
    expected: expectedOf(row, blocks, written, recipient),
  }
}

/** What a writer can report. */
export function scenariosOf(writer: WriterName): readonly ScenarioName[] {
  if (writer === 'mailbox') return answered.map(row => row.name)
  const { actions } = writers[writer]
  const able = (reported as readonly Reported[]).filter(row => actions.includes(row.action ?? 'failed'))
  return [...able.map(row => row.name as ScenarioName), ...damaged.map(row => row.name)]
}

const silence = { permanent: null, status: null, replyCode: null, address: null } as const

/** Whose blocks the report has; the one that decides is found by `owner`. */
function blocksOf(row: Reported, recipient: string, vary: Variation): readonly Block[] {
  const domain = domainOf(recipient)
  const action = row.action ?? 'failed'
  const trouble = vary.pick(row.troubles)
  const fill = (address: string, trouble: Trouble): Trouble =>
    trouble.kind === 'refused' ? { ...trouble, text: trouble.text.replaceAll('{address}', address) } : trouble
  const block = (address: string, trouble: Trouble, originalAddress: string | null = null): Block => ({
    address,
    originalAddress,
    action,
    trouble: fill(address, trouble),
  })
  const other = (name: ScenarioName): Trouble =>
    vary.pick((reported.find(row => row.name === name) ?? reported[0]).troubles as readonly [Trouble])
  switch (row.listed ?? 'alone') {
    case 'alone':
      return [block(recipient, trouble)]
    case 'several':
      return [
        block(`bruno@${domain}`, other('mailbox-full')),
        block(recipient, trouble),
        block(`carla@${domain}`, other('mailbox-full')),
      ]
    case 'several-soft':
      return [
        block(`bruno@${domain}`, other('unknown-user')),
        block(recipient, trouble),
        block(`carla@${domain}`, other('unknown-user')),
      ]
    case 'expanded':
      return [block('dora@members.example', trouble), block('emil@members.example', trouble)]
    case 'forward':
      return [block('ana.home@forward.example', trouble, recipient)]
  }
}

function expectedOf(row: Reported, blocks: readonly Block[], written: Written, recipient: string): Expected {
  const owner = blocks.findIndex(block => block.address === recipient)
  const index = Math.max(owner, 0)
  const stated: Stated = written.stated[index] ?? { status: null, replyCode: null }
  const { answer } = row
  return {
    ...answer,
    ...stated,
    permanent: answer.type === null ? null : permanenceOf(stated),
    address: answer.about === 'any' ? undefined : (blocks[index]?.address ?? null),
  }
}

/** Class 5 is permanent, class 4 is not, by status, else by reply code; a mail without codes leaves it open. */
function permanenceOf({ status, replyCode }: Stated): boolean | undefined {
  if (status !== null) return status.startsWith('5')
  if (replyCode !== null) return replyCode >= 500
  return undefined
}
