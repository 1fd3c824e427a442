// /v1/rules: the operators' rules, and a preview of what a rule would change.

import { z } from 'zod'
import { ruleSections, ruleStages, ruleTypes } from '../../model/rule.ts'
import { ruleTextFault } from '../../model/validity.ts'
import { actorOf } from '../access.ts'
import { category, pageOf, rule, rulePreview } from '../answers.ts'
import { id, page, pageQuery, pathId } from '../fields.ts'
import type { Ports } from '../ports.ts'
import { absent } from '../problem.ts'
import { type Api, fields } from '../schema.ts'

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

export function rules(api: Api, { rules }: Pick<Ports, 'rules'>): void {
  if (rules === undefined) return
  const tags = ['rules']
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
        body: fields(draft),
        response: { 200: rule.describe('It already existed.'), 201: rule.describe('Added.') },
      },
    },
    async (request, reply) => {
      const added = await rules.add(request.body, { actor: actorOf(request) })
      reply.header('location', `/v1/rules/${encodeURIComponent(added.rule.id)}`)
      reply.code(added.isNew ? 201 : 200)
      return added.rule
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
        body: fields(change),
        response: { 200: rule },
      },
    },
    async request => {
      const changed = await rules.change(request.params.id, request.body, { actor: actorOf(request) })
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
