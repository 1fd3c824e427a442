import { expect, test } from 'vitest'
import type { MintItem } from '../../src/model/mint.ts'
import { type MintSteps, mintAll } from '../../src/return-path/mint.ts'

const item: MintItem = { module: 'contacts', id: '42', to: 'ana@example.org' }

/** What was asked of the steps, in order. */
function recording(): { readonly steps: MintSteps; readonly asked: unknown[] } {
  const asked: unknown[] = []
  return {
    asked,
    steps: {
      modules: ['contacts'],
      campaignNumbers: async ids => new Map(ids.map(id => [id, Number(id)])),
      sign: ({ id }) => (id.length > 8 ? null : `b-${id}@bounces.example`),
      store: async items => items.map((_, index) => `s-${index}@bounces.example`),
      register: async items => void asked.push(['register', items.map(each => each.messageId)]),
      countSends: async perCampaign => void asked.push(['count', [...perCampaign]]),
    },
  }
}

test('signed and stored ones come in the order asked, each with its token', async () => {
  const { steps, asked } = recording()
  const long = { ...item, id: 'too long to be signed', campaign: '7' }
  expect(await mintAll([long, item, long], { count: true }, steps)).toEqual([
    { address: 's-0@bounces.example', reference: 's-0', envelopeId: 's-0' },
    { address: 'b-42@bounces.example', reference: 'b-42', envelopeId: 'b-42' },
    { address: 's-1@bounces.example', reference: 's-1', envelopeId: 's-1' },
  ])
  expect(asked).toEqual([['count', [['7', 2]]]])
})

test('Message-IDs are registered, for those who gave one', async () => {
  const { steps, asked } = recording()
  const messageId = '<"odd".id@crm.example>'
  await mintAll(
    [item, { ...item, messageId }, { ...item, messageId: 'bare@crm.example' }],
    { count: false },
    steps,
  )
  expect(asked).toEqual([['register', [messageId, 'bare@crm.example']]])
})

test.each<[why: string, items: MintItem[], fault: object]>([
  ['blanks', [{ ...item, messageId: '<a b@crm.example>' }], { item: 0 }],
  ['nothing', [{ ...item, messageId: '<>' }], { item: 0 }],
  ['two of them', [{ ...item, messageId: '<a@crm.example><b@crm.example>' }], { item: 0 }],
  ['beyond ASCII', [{ ...item, messageId: '<ä@crm.example>' }], { item: 0 }],
  ['endless', [item, { ...item, messageId: 'x'.repeat(999) }], { item: 1 }],
  [
    'the same for two mails, which could not be told apart',
    [
      { ...item, messageId: '<1@crm.example>' },
      { ...item, messageId: '1@crm.example' },
    ],
    { item: 1, message: 'is also the Message-ID of items[0]; give each mail its own' },
  ],
])('a Message-ID is refused before anything is done: %s', async (_, items, fault) => {
  const { steps, asked } = recording()
  await expect(mintAll(items, { count: true }, steps)).rejects.toMatchObject({
    name: 'MintError',
    field: 'messageId',
    ...fault,
  })
  expect(asked).toEqual([])
})
