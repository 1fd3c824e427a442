// The rules as a file: out, and in again.

import type { VNode } from 'preact'
import { actorOf } from '../http/access.ts'
import { FieldError } from '../model/field-error.ts'
import type { RuleDraft } from '../model/rule.ts'
import { formOf } from './given.ts'
import { Heading } from './layout.tsx'
import { ruleIn } from './rule-fields.ts'
import { allRules } from './rules.tsx'
import type { Routes, Sheet } from './site.ts'
import { Notice, visible } from './words.tsx'

export const ruleFiles: Routes = (app, { ports }, send) => {
  const book = ports.rules
  if (book === undefined) return

  app.get('/rules/export', async (_request, reply) =>
    reply
      .type('application/json')
      .header('content-disposition', 'attachment; filename="rules.json"')
      .send(JSON.stringify({ rules: await allRules(book) }, null, 2)),
  )

  app.get('/rules/import', async (request, reply) => send(request, reply, sheetOf(null)))

  app.post('/rules/import', async (request, reply) => {
    const { rules = '' } = formOf(request)
    const read = draftsIn(rules)
    if (typeof read === 'string') return send(request, reply, { ...sheetOf(read, rules), status: 400 })
    try {
      await book.addAll(read, { actor: actorOf(request) })
    } catch (error) {
      if (!(error instanceof FieldError)) throw error
      return send(request, reply, { ...sheetOf(`${error.field} ${error.message}`, rules), status: 400 })
    }
    return reply.redirect('/rules?done=saved', 303)
  })
}

/** All of them, or what is wrong with the first that is. */
function draftsIn(text: string): readonly RuleDraft[] | string {
  let rows: unknown
  try {
    const value: unknown = JSON.parse(text)
    rows = Array.isArray(value) ? value : (value as { rules?: unknown } | null)?.rules
  } catch {
    return 'This is not JSON.'
  }
  if (!Array.isArray(rows) || rows.length === 0) return 'There are no rules in this.'
  const drafts: RuleDraft[] = []
  for (const [at, row] of rows.entries()) {
    const fields = Object.entries((row ?? {}) as Record<string, unknown>)
    const given = Object.fromEntries(
      fields.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
    )
    const isOff = (row as { enabled?: unknown } | null)?.enabled === false
    const { draft, faults } = ruleIn({ ...given, enabled: isOff ? 'no' : 'yes' })
    if (draft === null) return `Rule ${at + 1}: ${faults[0]}`
    drafts.push(draft)
  }
  return drafts
}

function sheetOf(fault: string | null, rules = ''): Sheet {
  return { title: 'Import rules', section: 'rules', content: <Import fault={fault} rules={rules} /> }
}

function Import({ fault, rules }: { readonly fault: string | null; readonly rules: string }): VNode {
  return (
    <>
      <Heading title="Import rules" />
      {fault === null ? null : <Notice kind="fault">{visible(fault)}</Notice>}
      <form method="post" action="/rules/import" class="stack card">
        <div class="field">
          <label for="rules">Rules as JSON</label>
          <textarea id="rules" name="rules" required aria-describedby="rules-hint">
            {rules}
          </textarea>
          <small id="rules-hint" class="faint">
            As “Export” and <code>rebound rules export</code> write them. Rules that exist stay as they are;
            if one is faulty, none is added.
          </small>
        </div>
        <button type="submit" class="main">
          Import
        </button>
      </form>
    </>
  )
}
