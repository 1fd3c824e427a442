// GET /v1/categories: the causes that there are, each with a sentence for people.

import { z } from 'zod'
import { shownCategories } from '../../view/categories.ts'
import type { Api } from '../schema.ts'
import { shownCategory } from '../upkeep-answers.ts'

export function categories(api: Api): void {
  api.get(
    '/v1/categories',
    {
      schema: {
        operationId: 'listCategories',
        summary: 'Every cause: its type, a sentence for people, whose move it is, and its names elsewhere',
        tags: ['bounces'],
        response: { 200: z.object({ items: z.array(shownCategory) }).describe('All of them.') },
      },
    },
    async () => ({ items: shownCategories }),
  )
}
