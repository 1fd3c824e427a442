// The operators' bounce rules: section, text, type; previewed before they are saved, switched off, restored.

import type { FastifyRequest } from 'fastify'
import type { VNode } from 'preact'
import { actorOf } from '../http/access.ts'
import type { RulesPort } from '../http/ports.ts'
import { absent } from '../http/problem.ts'
import { FieldError } from '../model/field-error.ts'
import type { Rule, RuleFinding } from '../model/rule.ts'
import { Act } from './forms.tsx'
import { formOf, type Given, queryOf } from './given.ts'
import { Heading } from './layout.tsx'
import { givenOf, inOrderAsked, ruleIn } from './rule-fields.ts'
import { Preview, RuleForm, sectionIn } from './rule-form.tsx'
import { callerOf, type Routes, type Sheet } from './site.ts'
import { Table, type TableColumn } from './table.tsx'
import { Notice, Time, TypeMark, visible, Words } from './words.tsx'

const done: Readonly<Record<string, string>> = {
  saved: 'The rule is saved. Every server acts on it within two seconds.',
  switched: 'The rule is switched.',
  removed: 'The rule is removed.',
  restored: 'The shipped rules are as they were shipped.',
}

export const rules: Routes = (app, { ports }, send) => {
  const book = ports.rules
  if (book === undefined) return
  const sheet = (title: string, content: VNode): Sheet => ({ title, section: 'rules', content })

  app.get('/rules', async (request, reply) => {
    const all = await allRules(book)
    const content = (
      <List
        rules={inOrderAsked(all)}
        findings={await book.lint()}
        notice={done[queryOf(request).done ?? '']}
        mayChange={!callerOf(request).isReader}
      />
    )
    return send(request, reply, sheet('Rules', content))
  })

  app.get('/rules/new', async (request, reply) =>
    send(request, reply, sheet('New rule', <Edit given={queryOf(request)} id={undefined} faults={[]} />)),
  )

  app.get<{ Params: { id: string } }>('/rules/:id', async (request, reply) => {
    const rule = await ruleOf(book, request.params.id)
    return send(request, reply, sheet('Rule', <Edit given={givenOf(rule)} id={rule.id} faults={[]} />))
  })

  app.post('/rules/preview', async (request, reply) => {
    const given = formOf(request)
    const { draft, faults } = ruleIn(given)
    const preview = draft && (await book.preview(draft, { replaces: given.id ?? null }))
    const content = (
      <>
        <Edit given={given} id={given.id} faults={faults} />
        {preview && draft ? (
          <Preview
            preview={preview}
            given={givenOf(draft)}
            id={given.id}
            mayChange={!callerOf(request).isReader}
          />
        ) : null}
      </>
    )
    return send(request, reply, { ...sheet('Rule', content), status: faults.length > 0 ? 400 : 200 })
  })

  app.post('/rules/save', async (request, reply) => {
    const given = formOf(request)
    const { draft, faults } = ruleIn(given)
    const fault = draft === null ? (faults[0] ?? null) : await save(book, request, given, draft)
    if (fault === null) return reply.redirect('/rules?done=saved', 303)
    const preview = draft && (await book.preview(draft, { replaces: given.id ?? null }))
    const content = (
      <>
        <Edit given={given} id={given.id} faults={[fault]} />
        {preview && draft ? (
          <Preview preview={preview} given={givenOf(draft)} id={given.id} mayChange force />
        ) : null}
      </>
    )
    return send(request, reply, { ...sheet('Rule', content), status: 400 })
  })

  app.post<{ Params: { id: string } }>('/rules/:id/switch', async (request, reply) => {
    const { enabled } = await ruleOf(book, request.params.id)
    const by = { actor: actorOf(request), force: true }
    await book.change(request.params.id, { enabled: !enabled }, by)
    return reply.redirect('/rules?done=switched', 303)
  })

  app.post<{ Params: { id: string } }>('/rules/:id/remove', async (request, reply) => {
    const { id } = request.params
    if (!(await book.remove(id, { actor: actorOf(request) }))) throw absent(`rule ${id}`)
    return reply.redirect('/rules?done=removed', 303)
  })

  app.post('/rules/restore', async (request, reply) => {
    await book.restore({ actor: actorOf(request) })
    return reply.redirect('/rules?done=restored', 303)
  })
}

/** Null when it went well, else what is wrong. */
async function save(
  book: RulesPort,
  request: FastifyRequest,
  { id, force }: Given,
  draft: Parameters<RulesPort['add']>[0],
): Promise<string | null> {
  const by = { actor: actorOf(request), force: force === 'yes' }
  try {
    if (id === undefined) await book.add(draft, by)
    else if ((await book.change(id, draft, by)) === null) throw absent(`rule ${id}`)
    return null
  } catch (error) {
    if (error instanceof FieldError) return `The ${error.field} ${error.message}.`
    throw error
  }
}

/** All of them: an operator has dozens. */
export async function allRules(book: RulesPort): Promise<readonly Rule[]> {
  const all: Rule[] = []
  for (let after: string | undefined; ; ) {
    const { items, next } = await book.list({ after, limit: 1000 })
    all.push(...items)
    if (next === null) return all
    after = next
  }
}

async function ruleOf(book: RulesPort, id: string): Promise<Rule> {
  const found = (await allRules(book)).find(rule => rule.id === id)
  if (found === undefined) throw absent(`rule ${id}`)
  return found
}

function Edit(props: {
  readonly given: Given
  readonly id: string | undefined
  readonly faults: readonly string[]
}): VNode {
  return (
    <>
      <Heading title={props.id === undefined ? 'New rule' : `Rule ${visible(props.id)}`}>
        <a class="button" href="/rules">
          All rules
        </a>
      </Heading>
      <RuleForm {...props} />
    </>
  )
}

function List(props: {
  readonly rules: readonly Rule[]
  readonly findings: readonly RuleFinding[]
  readonly notice: string | undefined
  readonly mayChange: boolean
}): VNode {
  const { rules, findings, notice, mayChange } = props
  return (
    <>
      <Heading title="E-mail bounce rules">
        <div class="row">
          <a class="button" href="/why">
            Test a mail
          </a>
          <a class="button" href="/rules/export">
            Export
          </a>
          {mayChange ? (
            <>
              <a class="button" href="/rules/import">
                Import
              </a>
              <a class="button" href="/rules/new">
                New rule
              </a>
            </>
          ) : null}
        </div>
      </Heading>
      {notice === undefined ? null : <Notice kind="done">{notice}</Notice>}
      <p>
        In this order they are asked: hard rules first, and a match ends it; then soft ones; then both, which
        count as soft. Override rules decide before Rebound’s own verdict, fallback rules only if it found no
        cause.
      </p>
      <Table
        label="Rules"
        columns={columnsOf(findings, mayChange)}
        items={rules}
        keyOf={rule => rule.id}
        isFaint={rule => !rule.enabled}
        empty="There are no rules. Restore the shipped ones below, or write one: it is previewed before it is saved."
      />
      {mayChange ? (
        <p>
          <Act action="/rules/restore" class="quiet">
            Restore the shipped rules
          </Act>
        </p>
      ) : null}
    </>
  )
}

function columnsOf(findings: readonly RuleFinding[], mayChange: boolean): readonly TableColumn<Rule>[] {
  return [
    { title: 'Section', cell: rule => sectionIn(rule.section) },
    {
      title: 'Text',
      kind: 'address',
      cell: rule => (
        <>
          <a href={pathOf(rule)}>
            <Words text={rule.text} />
          </a>
          {findings
            .filter(finding => finding.rule === rule.id)
            .map(finding => (
              <small key={finding.message} class="finding">
                {visible(finding.message)}
              </small>
            ))}
        </>
      ),
    },
    {
      title: 'Type',
      cell: rule => (rule.type === 'both' ? 'both' : <TypeMark type={rule.type} category={null} />),
    },
    { title: 'Stage', cell: rule => rule.stage },
    { title: 'Note', kind: 'long', cell: rule => <Words text={rule.note} /> },
    {
      title: 'Hits, last hit',
      cell: rule => (
        <>
          {rule.hits.toLocaleString('en')}, <Time at={rule.lastHitAt} none="never" />
        </>
      ),
    },
    { title: 'Source', cell: rule => rule.source },
    { title: 'State', kind: 'acts', cell: rule => <State rule={rule} mayChange={mayChange} /> },
  ]
}

const pathOf = ({ id }: Rule): string => `/rules/${encodeURIComponent(id)}`

function State({ rule, mayChange }: { readonly rule: Rule; readonly mayChange: boolean }): VNode {
  const words = visible(rule.text)
  return (
    <>
      {rule.enabled ? 'on' : 'off'}
      {mayChange ? (
        <div class="row tight">
          <Act
            action={`${pathOf(rule)}/switch`}
            class="quiet"
            label={`Switch ${rule.enabled ? 'off' : 'on'} the rule ${words}`}
          >
            {rule.enabled ? 'Switch off' : 'Switch on'}
          </Act>
          <Act action={`${pathOf(rule)}/remove`} class="quiet" label={`Remove the rule ${words}`}>
            Remove
          </Act>
        </div>
      ) : null}
    </>
  )
}
