// Delivery status notifications (RFC 3464, RFC 6533), as broken as they come.

import type { Part, Problem } from '../../model/message.ts'
import type { Action } from '../../model/report.ts'
import type { Finding, RecipientFinding } from '../finding.ts'
import { type Reading, withoutReturnedReport } from '../reading.ts'
import { statusOfField } from './codes.ts'
import { type Block, type Field, readBlocks } from './fields.ts'
import { originalAddress, recipientAddress } from './typed-address.ts'

const statusTypes = [
  'message/delivery-status',
  'message/global-delivery-status',
  'message/delivery-report',
  'text/delivery-status',
]

/** RFC 3464 §2.3: what only a per-recipient block has. */
const recipientFields = new Set([
  'final-recipient',
  'original-recipient',
  'action',
  'status',
  'diagnostic-code',
  'remote-mta',
  'x-actual-recipient',
])

/** The report in the mail's status parts, or null when it has none that names a status, an action or a recipient. */
export function readDsn(reading: Reading): Finding | null {
  return findingOf('dsn', statusBlocks(withoutReturnedReport(reading.message.parts)))
}

/** The blocks of the status parts; where the empty line after a part's own header is missing, they begin in it. */
function statusBlocks(parts: readonly Part[]): readonly Block[] {
  return parts
    .filter(({ type }) => statusTypes.includes(type))
    .flatMap(({ header, text }) => [
      header.filter(({ name }) => !name.startsWith('content-')),
      ...readBlocks(text),
    ])
}

/** Makes a finding of the blocks of a status part; null when none of them is about a recipient. */
export function findingOf(reader: string, blocks: readonly Block[]): Finding | null {
  const about = blocks.filter(block => block.some(field => recipientFields.has(field.name)))
  if (about.length === 0) return null
  const all = blocks.flat()
  const sender = recipientAddress(fieldOf(all, 'x-postfix-sender') ?? '', false)
  const recipients = splitRecipients(withoutLeader(about))
  const found = recipients.map(toFinding)
  return {
    reader,
    recipients: found,
    problems: recipients.flatMap((block, at) => badFields(block, found[at])).slice(0, maxProblems),
    reportingMta: mtaName(fieldOf(all, 'reporting-mta')),
    envelopeId: fieldOf(all, 'original-envelope-id'),
    senders: sender === null ? [] : [sender],
  }
}

/** Fields before the first recipient is named are that recipient's, unless it says the same itself. */
function withoutLeader(blocks: readonly Block[]): readonly Block[] {
  const at = blocks.findIndex(block => block.some(field => identifying.includes(field.name)))
  const named = blocks[at]
  if (named === undefined || at === 0) return blocks
  const own = new Set(named.map(field => field.name))
  const leader = blocks.slice(0, at).flat()
  return [[...named, ...leader.filter(field => !own.has(field.name))], ...blocks.slice(at + 1)]
}

/** One list of fields a recipient: a repeated recipient field begins the next, a block without one continues the last. */
function splitRecipients(blocks: readonly Block[]): readonly Block[] {
  const recipients: { fields: Field[]; names: Set<string> }[] = []
  for (const block of blocks) {
    let fields: Field[] = []
    let names = new Set<string>()
    const close = (): void => {
      const last = recipients.at(-1)
      // A stray empty line inside a block: its second half names nobody and repeats nothing.
      const continues = !identifying.some(name => names.has(name))
      if (last && continues && ![...names].some(name => recipientFields.has(name) && last.names.has(name))) {
        last.fields.push(...fields)
        for (const name of names) last.names.add(name)
      } else {
        recipients.push({ fields, names })
      }
    }
    for (const field of block) {
      if (identifying.includes(field.name) && names.has(field.name)) {
        close()
        fields = []
        names = new Set()
      }
      names.add(field.name)
      fields.push(field)
    }
    close()
  }
  return recipients.map(recipient => recipient.fields)
}

const identifying: readonly string[] = ['final-recipient', 'original-recipient']

function fieldOf(block: Block, name: string): string | null {
  return block.find(field => field.name === name && field.value !== '')?.value ?? null
}

function toFinding(block: Block): RecipientFinding {
  const final = fieldOf(block, 'final-recipient')
  const original = fieldOf(block, 'original-recipient')
  const actual = fieldOf(block, 'x-actual-recipient')
  const finalAddress = final === null ? null : recipientAddress(final)
  const actualAddress = actual === null ? null : recipientAddress(actual, false)
  const askedFor = original === null ? null : originalAddress(original)
  // A name of the house (`LOCAL;ivan`), or of another kind (x400): the world outside knows the original one.
  const isCopied = original !== null && finalAddress !== null && recipientAddress(original) === finalAddress
  // What repeats the original field was copied from it, xtext and all.
  const outer = isCopied ? [askedFor] : [finalAddress, actualAddress, askedFor]
  const known = outer.find(address => address?.includes('@'))
  return {
    address: known ?? finalAddress,
    originalAddress: askedFor,
    action: actionOf(fieldOf(block, 'action')),
    status: statusOfField(fieldOf(block, 'status') ?? ''),
    diagnostic: diagnosticOf(block),
    remoteMta: mtaName(fieldOf(block, 'remote-mta')),
  }
}

const maxProblems = 20

/** One broken field costs that field, never the report (RFC 3464 §2.3); which it was is said. */
function badFields(block: Block, found: RecipientFinding | undefined): readonly Problem[] {
  if (found === undefined) return []
  const read = [
    ['final-recipient', found.address],
    ['original-recipient', found.originalAddress],
    ['action', found.action],
    ['status', found.status],
  ] as const
  const problems: Problem[] = []
  for (const [name, value] of read) {
    const field = value === null ? fieldOf(block, name) : null
    if (field !== null) problems.push({ code: 'bad-field', detail: `${name}: ${field.slice(0, 100)}` })
  }
  return problems
}

const actions: readonly Action[] = ['failed', 'delayed', 'delivered', 'relayed', 'expanded']

/** RFC 3464 §2.3.3; case, trailing words and the forms `failure`, `fail`, `delay` are tolerated. */
export function actionOf(value: string | null): Action | null {
  const word = /^[a-z-]+/.exec((value ?? '').trim().toLowerCase())?.[0] ?? ''
  const exact = actions.find(action => action === word)
  if (exact) return exact
  if (word.startsWith('fail') || word === 'undeliverable' || word === 'undelivered') return 'failed'
  if (word.startsWith('delay')) return 'delayed'
  if (word.startsWith('deliver')) return 'delivered'
  return null
}

/** Every Diagnostic-Code without its type: `smtp; 550 5.1.1 unknown` gives `550 5.1.1 unknown`. */
function diagnosticOf(block: Block): string | null {
  const values = block
    .filter(field => field.name === 'diagnostic-code' || field.name === 'x-supplementary-info')
    .map(field => withoutType(field.value))
    .filter(value => value !== '')
  return values.length > 0 ? values.join(' ') : null
}

function withoutType(value: string): string {
  const semicolon = value.indexOf(';')
  if (semicolon < 0 || !/^[A-Za-z0-9._ -]{1,30}$/.test(value.slice(0, semicolon))) return value.trim()
  // `550 5.1.1 unknown; see …` has a semicolon and no type.
  if (/^\s*[245]\d\d[ -]/.test(value)) return value.trim()
  return value.slice(semicolon + 1).trim()
}

/** `dns; mx.example.org (192.0.2.1)` gives `mx.example.org`. */
export function mtaName(value: string | null): string | null {
  if (value === null) return null
  const semicolon = value.indexOf(';')
  const name = (semicolon >= 0 ? value.slice(semicolon + 1) : value).trim().split(/[\s(]/, 1)[0] ?? ''
  return name === '' ? null : name.slice(0, 255)
}
