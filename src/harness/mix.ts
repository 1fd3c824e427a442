// What a CRM's return path really gets, as weights: which programs report, and what they report.

import { scenariosOf, type WriterName, writerNames } from './compose.ts'
import type { ScenarioName } from './scenarios.ts'
import type { Variation } from './variation.ts'

export interface Pair {
  readonly writer: WriterName
  readonly scenario: ScenarioName
}

/** Every writer with every scenario it can write. */
export function everyPair(): Pair[] {
  return writerNames.flatMap(writer => scenariosOf(writer).map(scenario => ({ writer, scenario })))
}

type Weights<Name extends string> = Readonly<Partial<Record<Name, number>>>

const realisticScenarios: Weights<ScenarioName> = {
  'unknown-user': 34,
  'mailbox-full': 12,
  'out-of-office': 7,
  'spam-block': 7,
  'unknown-domain': 6,
  'ip-block': 5,
  delayed: 5,
  'mailbox-disabled': 4,
  expired: 4,
  'auth-failure': 3,
  greylisted: 3,
  forward: 2,
  ordinary: 2,
  'vacation-de': 2,
  'vacation-fr': 1,
  'vacation-es': 1,
  'too-big': 1,
  several: 1,
  delivered: 1,
  receipt: 1,
  complaint: 1,
  truncated: 1,
  'eight-bit-headers': 1,
}

const realisticWriters: Weights<WriterName> = {
  postfix: 22,
  'office-365': 18,
  gmail: 16,
  exim: 10,
  exchange: 8,
  'amazon-ses': 6,
  sendmail: 4,
  qmail: 4,
  yahoo: 4,
  proofpoint: 3,
  'exim-old': 3,
  'outlook-com': 2,
  mimecast: 2,
  courier: 2,
  domino: 2,
  opensmtpd: 1,
  zimbra: 1,
  mailbox: 1,
}

function weighted<Name extends string>(weights: readonly (readonly [Name, number])[], vary: Variation): Name {
  const total = weights.reduce((sum, [, weight]) => sum + weight, 0)
  let point = vary.integer(1, total)
  for (const [name, weight] of weights) {
    point -= weight
    if (point <= 0) return name
  }
  throw new Error('weights must be positive whole numbers')
}

const scenarioWeights = Object.entries(realisticScenarios) as [ScenarioName, number][]
const writerWeights = Object.entries(realisticWriters) as [WriterName, number][]

function realistic(vary: Variation): Pair {
  const scenario = weighted(scenarioWeights, vary)
  const able = writerWeights.filter(([writer]) => scenariosOf(writer).includes(scenario))
  return { writer: weighted(able, vary), scenario }
}

/** Every pair as often as any other, without the mail of 20 MB. */
function uniform(vary: Variation): Pair {
  const [first, ...more] = everyPair().filter(pair => pair.scenario !== 'huge')
  if (first === undefined) throw new Error('there is nothing to write')
  return vary.pick([first, ...more])
}

export const mixes = { realistic, uniform } as const

export type MixName = keyof typeof mixes

export const mixNames = Object.keys(mixes) as readonly MixName[]

/** The first `count` messages of a mix; the same for the same seed. */
export function draw(mix: MixName, count: number, vary: Variation): Pair[] {
  return Array.from({ length: count }, () => mixes[mix](vary))
}
