// The stages from bytes to verdicts, put together: what `classify` needs, and no database.

import { createJudge } from './classify/ladder.ts'
import { readRules } from './classify/rule-file.ts'
import { defaultRules } from './knowledge/default-rules.ts'
import { readMessage } from './message/parts.ts'
import type { Explanation, Judgement, Message, Report } from './model.ts'
import { readReport } from './report/read.ts'

export interface Reader {
  readonly parse: (bytes: AsyncIterable<Uint8Array>) => Promise<Message>
  readonly read: (message: Message) => Report
  readonly judge: (report: Report) => Judgement
  readonly explain: (report: Report) => Explanation
}

/** `rules` is parsed JSON, undefined for the shipped rules. Throws an Error that says what is wrong with it. */
export function createReader(options: { readonly rules?: unknown } = {}): Reader {
  const { judge, explain } = createJudge({
    rules: options.rules === undefined ? defaultRules : readRules(options.rules),
  })
  return { parse: bytes => readMessage(bytes), read: readReport, judge, explain }
}
