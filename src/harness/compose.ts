// From a writer's and a scenario's name to the bytes that writer would send, and the answer a correct reader owes.

import { damages, sentVerbatim, wire } from './forms.ts'
import { amazonSes } from './mta/amazon-ses.ts'
import { courier } from './mta/courier.ts'
import { domino } from './mta/domino.ts'
import { exchange } from './mta/exchange.ts'
import { exim, eximOld } from './mta/exim.ts'
import { gmail } from './mta/gmail.ts'
import { gmx } from './mta/gmx.ts'
import { haraka } from './mta/haraka.ts'
import { james } from './mta/james.ts'
import { mailbox } from './mta/mailbox.ts'
import { messagingServer } from './mta/messaging-server.ts'
import { mimecast } from './mta/mimecast.ts'
import { office365 } from './mta/office-365.ts'
import { opensmtpd } from './mta/opensmtpd.ts'
import { outlookCom } from './mta/outlook-com.ts'
import { postfix } from './mta/postfix.ts'
import { powermta } from './mta/powermta.ts'
import { proofpoint } from './mta/proofpoint.ts'
import { qmail } from './mta/qmail.ts'
import { sendgrid } from './mta/sendgrid.ts'
import { sendmail } from './mta/sendmail.ts'
import { stalwart } from './mta/stalwart.ts'
import { yahoo } from './mta/yahoo.ts'
import { zimbra } from './mta/zimbra.ts'
import { checkName, UnknownNameError } from './names.ts'
import { answered, damaged, type Reported, reported, type ScenarioName, type Truth } from './scenarios.ts'
import { domainOf, sentMail } from './sent-mail.ts'
import type { FailedBlock, Situation, Stated, Trouble, Writer, Written } from './situation.ts'
import { type Variation, variationFrom } from './variation.ts'

export const writers = {
  postfix,
  exim,
  'exim-old': eximOld,
  sendmail,
  qmail,
  courier,
  opensmtpd,
  exchange,
  'office-365': office365,
  gmail,
  yahoo,
  'amazon-ses': amazonSes,
  domino,
  'messaging-server': messagingServer,
  gmx,
  haraka,
  james,
  powermta,
  sendgrid,
  'outlook-com': outlookCom,
  zimbra,
  mimecast,
  proofpoint,
  stalwart,
} as const satisfies Record<string, Writer>

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
export interface Expected extends Truth {
  /** Unchecked where undefined: the mail does not say. */
  readonly permanent: boolean | null | undefined
  readonly status: string | null
  /** Unchecked where undefined. */
  readonly replyCode: number | null | undefined
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
  const { writer, scenario } = checkPair(writerWord, scenarioWord)
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

/** Throws UnknownNameError for a name that is none, or a scenario that this writer cannot report. */
export function checkPair(
  writerWord: string,
  scenarioWord: string,
): { readonly writer: WriterName; readonly scenario: ScenarioName } {
  const writer = checkName('writer', writerWord, writerNames)
  const scenario = checkName('scenario', scenarioWord, scenarioNames)
  const able = scenariosOf(writer)
  if (able.includes(scenario)) return { writer, scenario }
  throw new UnknownNameError(`${writer} never writes "${scenario}". It writes: ${able.join(', ')}.`)
}

/** What a writer can report. */
export function scenariosOf(writer: WriterName): readonly ScenarioName[] {
  if (writer === 'mailbox') return answered.map(row => row.name)
  const { actions, format, oneRecipient, returnsNothing }: Writer = writers[writer]
  const able = (reported as readonly Reported[]).filter(
    row =>
      actions.includes(row.action ?? 'failed') && !(oneRecipient && row.listed && row.listed !== 'forward'),
  )
  const damages = damaged.filter(
    ({ name }) =>
      // Plain text has no boundary, and one mail of 20 MB of either form is enough.
      !(name === 'wrong-boundary' && format === 'text') &&
      // It is the returned mail that is cut.
      !(name === 'truncated' && returnsNothing) &&
      !(name === 'huge' && writer !== 'postfix' && writer !== 'qmail'),
  )
  return [...able.map(row => row.name as ScenarioName), ...damages.map(row => row.name)]
}

const silence = { permanent: null, status: null, replyCode: null, address: null } as const

/** Whose blocks the report has; the one that decides is found by `owner`. */
function blocksOf(row: Reported, recipient: string, vary: Variation): readonly FailedBlock[] {
  const domain = domainOf(recipient)
  const action = row.action ?? 'failed'
  const trouble = vary.pick(row.troubles)
  const fill = (address: string, trouble: Trouble): Trouble =>
    trouble.kind === 'refused' ? { ...trouble, text: trouble.text.replaceAll('{address}', address) } : trouble
  const block = (address: string, trouble: Trouble, originalAddress: string | null = null): FailedBlock => ({
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

function expectedOf(
  row: Reported,
  blocks: readonly FailedBlock[],
  written: Written,
  recipient: string,
): Expected {
  const owner = blocks.findIndex(block => block.address === recipient)
  const index = Math.max(owner, 0)
  const stated: Stated = written.stated[index] ?? { status: null, replyCode: null }
  const { answer } = row
  const { status, replyCode, alsoRight } = stated
  return {
    ...answer,
    categories: alsoRight && answer.type !== null ? [...answer.categories, alsoRight] : answer.categories,
    status,
    replyCode,
    permanent: answer.type === null ? null : permanenceOf(stated),
    address: answer.about === 'any' ? undefined : (blocks[index]?.address ?? null),
  }
}

/** Class 5 is permanent, class 4 is not; codes that are absent or at odds leave it open. */
function permanenceOf({ status, replyCode }: Stated): boolean | undefined {
  const classes = [status?.[0], replyCode?.toString()[0]].filter(digit => digit !== undefined)
  if (classes.includes('5')) return classes.includes('4') ? undefined : true
  return classes.includes('4') ? false : undefined
}
