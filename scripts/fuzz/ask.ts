// One broken mail through reading and judging, and everything that must hold of any answer.

import { categories, groupOf } from '../../src/model/categories.ts'
import { kinds } from '../../src/model/report.ts'
import type { JudgedRecipient } from '../../src/model/verdict.ts'
import { createReader } from '../../src/reader.ts'
import { isMistyped, isNamedAddress } from '../../src/report/machine/typed-address.ts'
import { onePiece } from '../one-piece.ts'

const reader = createReader()

/** What is wrong with the answer to these bytes, or with its taking `maxMs` of processor time; empty when nothing is. Never throws. */
export async function faultsOf(bytes: Buffer, maxMs = Number.POSITIVE_INFINITY): Promise<readonly string[]> {
  const started = process.cpuUsage()
  try {
    const report = reader.read(await reader.parse(onePiece(bytes)))
    const { kind, recipients } = reader.judge(report)
    const { user, system } = process.cpuUsage(started)
    // Processor time: what other programs take is not the mail's.
    const ms = (user + system) / 1000
    return [
      ...(ms > maxMs ? [`took ${Math.round(ms)} ms`] : []),
      ...(kinds.includes(kind) ? [] : [`kind ${kind}`]),
      ...(report.problems.some(({ code }) => code === 'reader-fault') ? ['a reader threw'] : []),
      ...(kind === 'bounce' && recipients.every(({ verdict }) => verdict === null) ? ['no verdict'] : []),
      ...recipients.flatMap(recipient => recipientFaults(recipient, kind)),
    ]
  } catch (error) {
    return [`threw ${error instanceof Error ? error.stack : String(error)}`]
  }
}

function recipientFaults({ address, status, replyCode, verdict }: JudgedRecipient, kind: string): string[] {
  const faults: string[] = []
  if (address?.includes('@') && !isNamedAddress(address) && !isMistyped(address))
    faults.push(`address ${address}`)
  if (status !== null && !/^[245]\.\d{1,3}\.\d{1,3}$/.test(status)) faults.push(`status ${status}`)
  if (replyCode !== null && !(replyCode >= 200 && replyCode <= 599)) faults.push(`reply code ${replyCode}`)
  if (verdict === null) return faults
  if (kind !== 'bounce') faults.push(`a verdict on ${kind}`)
  if (!(verdict.category in categories)) faults.push(`category ${verdict.category}`)
  if (!['hard', 'soft'].includes(verdict.type)) faults.push(`type ${verdict.type}`)
  if (![true, false, null].includes(verdict.permanent)) faults.push(`permanent ${verdict.permanent}`)
  const mayBeHard = groupOf(verdict.category) === 'hard'
  if (
    verdict.type === 'hard' &&
    !mayBeHard &&
    verdict.because.rung !== 'override' &&
    verdict.because.rung !== 'fallback'
  )
    faults.push(`hard ${verdict.category}`)
  return faults
}
