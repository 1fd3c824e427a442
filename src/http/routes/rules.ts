// /v1/rules: the operators' rules, and a preview of what a rule would change.

import { z } from 'zod'
import { ruleSections, ruleStages, ruleTypes } from '../../model/rule.ts'
import type { RuleBy } from '../../model/rulebook.ts'
import { ruleTextFault } from '../../model/validity.ts'
import { actorOf } from '../access.ts'
import { pageOf, rule, ruleFinding, rulePreview } from '../answers.ts'
import { id, page, pageQuery, pathId } from '../fields.ts'
import type { Ports, RulesPort } from '../ports.ts'
import { absent } from '../problem.ts'
import { type Api, fields } from '../schema.ts'
import { category } from '../shapes.ts'

const text = z
  .string()
  .superRefine((value, context) => {
    const message = ruleTextFault(value)
    if (message !== null) context.addIssue({ code: 'custom', message })
  })
  .meta({ minLength: 1, maxLength: 100, description: 'Searched as it stands: plain, case sensitive.' })

const section = z.enum(ruleSections).describe('Where to search.')
const type = z.enum(ruleTypes).describe('What a match makes of the message; both is soft.')
const stage = z.enum(ruleStages).describe('Before everything else, or only if nothing else decided.')
const note = z
  .string()
  .refine(
    value => [...value].length <= 500 && !/\p{Cs}/u.test(value),
    'must be text of at most 500 characters',
  )
  .nullable()

const draft = {
  section,
  text,
  type,
  stage: stage.default('override'),
  category: category.nullable().default(null),
  enabled: z.boolean().default(true),
  note: note.default(null),
}
const change = {
  section: section.optional(),
  text: text.optional(),
  type: type.optional(),
  stage: stage.optional(),
  category: category.nullable().optional(),
  enabled: z.boolean().optional(),
  note: note.optional(),
}

/** Of requests that let a rule in. */
const forced = fields({
  force: z.enum(['true', 'false']).optional().meta({
    description:
      '`true`: also an override rule that would have matched over a tenth of the stored ordinary mail.',
  }),
})

const tags = ['rules']

const by = (request: Parameters<typeof actorOf>[0] & { query: z.output<typeof forced> }): RuleBy => ({
  actor: actorOf(request),
  force: request.query.force === 'true',
})

export function rules(api: Api, { rules }: Pick<Ports, 'rules'>): void {
  if (rules === undefined) return
  singleRules(api, rules)
  wholeRulebook(api, rules)
}

function singleRules(api: Api, rules: RulesPort): void {
  const params = fields({ id: pathId })

  api.get(
    '/v1/rules',
    {
      schema: {
        operationId: 'listRules',
        summary: 'The rules, in the order they are asked',
        tags,
        querystring: fields(page),
        response: { 200: pageOf(rule, 'A page of rules.') },
      },
    },
    async ({ query }) => rules.list(pageQuery(query)),
  )

  api.post(
    '/v1/rules',
    {
      schema: {
        operationId: 'addRule',
        summary: 'Add a rule; one that is there already is answered as it is',
        tags,
        querystring: forced,
        body: fields(draft),
        response: { 200: rule.describe('It already existed.'), 201: rule.describe('Added.') },
      },
    },
    async (request, reply) => {
      const added = await rules.add(request.body, by(request))
      reply.header('location', `/v1/rules/${encodeURIComponent(added.rule.id)}`)
      reply.code(added.isNew ? 201 : 200)
      return added.rule
    },
  )

  api.get(
    '/v1/rules/:id',
    { schema: { operationId: 'getRule', summary: 'Read a rule', tags, params, response: { 200: rule } } },
    async ({ params: { id } }) => {
      const found = await rules.get(id)
      if (found === null) throw absent(`rule ${id}`)
      return found
    },
  )

  api.patch(
    '/v1/rules/:id',
    {
      schema: {
        operationId: 'patchRule',
        summary: 'Change the fields given',
        tags,
        params,
        querystring: forced,
        body: fields(change),
        response: { 200: rule },
      },
    },
    async request => {
      const changed = await rules.change(request.params.id, request.body, by(request))
      if (changed === null) throw absent(`rule ${request.params.id}`)
      return changed
    },
  )

  api.delete(
    '/v1/rules/:id',
    {
      schema: {
        operationId: 'removeRule',
        summary: 'Remove a rule',
        tags,
        params,
        response: { 204: z.null().describe('Removed.') },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      if (!(await rules.remove(id, { actor: actorOf(request) }))) throw absent(`rule ${id}`)
      return reply.code(204).send()
    },
  )
}

function wholeRulebook(api: Api, rules: RulesPort): void {
  api.get(
    '/v1/rules/lint',
    {
      schema: {
        operationId: 'lintRules',
        summary: 'Duplicate, unreachable and too broad rules',
        tags,
        response: {
          200: z.object({ items: z.array(ruleFinding) }).describe('What is wrong; empty if nothing.'),
        },
      },
    },
    async () => ({ items: await rules.lint() }),
  )

  api.post(
    '/v1/rules/import',
    {
      schema: {
        operationId: 'importRules',
        summary: 'Add many rules, all or none; those that exist stay as they are',
        tags,
        querystring: forced,
        body: fields({ rules: z.array(fields(draft)).min(1).max(1000) }),
        response: {
          200: z
            .object({ added: z.int(), present: z.int() })
            .describe('How many were added, and how many existed already.'),
        },
      },
    },
    async request => {
      const drafts = request.body.rules
      const added = await rules.addAll(drafts, by(request))
      return { added, present: drafts.length - added }
    },
  )

  api.post(
    '/v1/rules/restore',
    {
      schema: {
        operationId: 'restoreRules',
        summary: 'Bring the shipped rules back as they were shipped',
        tags,
        body: fields({}),
        response: { 204: z.null().describe('Restored.') },
      },
    },
    async (request, reply) => {
      await rules.restore({ actor: actorOf(request) })
      return reply.code(204).send()
    },
  )

  api.post(
    '/v1/rules/preview',
    {
      schema: {
        operationId: 'previewRule',
        summary: 'What a rule would change, judged over stored mails; nothing is changed',
        tags,
        body: fields({
          ...draft,
          replaces: id.optional().describe('The rule that this one would replace.'),
        }),
        response: { 200: rulePreview },
      },
    },
    async ({ body: { replaces, ...rule } }) => {
      const preview = await rules.preview(rule, { replaces: replaces ?? null })
      if (preview === null) throw absent(`rule ${replaces}`)
      return preview
    },
  )
}
