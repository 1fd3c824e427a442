// GET /v1/audit: who changed what.

import { auditRow, pageOf } from '../answers.ts'
import { moduleOf, page, pageQuery, pathId } from '../fields.ts'
import type { Ports } from '../ports.ts'
import { type Api, fields } from '../schema.ts'

export function audit(api: Api, { audit, modules }: Pick<Ports, 'audit' | 'modules'>): void {
  api.get(
    '/v1/audit',
    {
      schema: {
        operationId: 'listAudit',
        summary: 'Who reset, undid, promoted, erased, or changed a rule; the newest first',
        tags: ['audit'],
        querystring: fields({
          ...page,
          module: moduleOf(modules).optional().describe('Only about this module.'),
          record: pathId
            .optional()
            .describe('Only about records with this id, of `module` where it is given.'),
          bounce: pathId.optional().describe('Only about this event.'),
        }),
        response: { 200: pageOf(auditRow, 'A page of changes.') },
      },
    },
    async ({ query: { record, bounce, ...query } }) => {
      return await audit({ ...pageQuery(query), recordId: record, bounceId: bounce })
    },
  )
}
