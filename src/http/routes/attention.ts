// GET /v1/attention: what waits for a person.

import { attention as answer } from '../count-answers.ts'
import type { Ports } from '../ports.ts'
import type { Api } from '../schema.ts'

export function attention(api: Api, { attention }: Pick<Ports, 'attention'>): void {
  api.get(
    '/v1/attention',
    {
      schema: {
        operationId: 'getAttention',
        summary: 'What waits for a person',
        tags: ['probes'],
        response: { 200: answer },
      },
    },
    attention,
  )
}
