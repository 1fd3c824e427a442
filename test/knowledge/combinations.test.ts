// Words of one language put together: whoever they are about, whatever they add, no refusal becomes hard that is not
// about an absent recipient for good.

import { describe, expect, test } from 'vitest'
import { createJudge } from '../../src/classify/ladder.ts'
import { languages, type Slot } from '../../src/knowledge/languages.ts'
import { failure, report } from '../classify/reports.ts'

const { judge } = createJudge({ rules: [] })

const typeOf = (diagnostic: string, status: string | null): string | undefined =>
  judge(report([failure({ diagnostic, status, replyCode: 550 })])).recipients[0]?.verdict?.type

describe.each(languages.map(({ code, entries }) => [code, entries] as const))('%s', (_, entries) => {
  const words = (slot: Slot): readonly string[] =>
    (entries.get(slot) ?? []).flatMap(({ texts }) => texts.map(text => text.replaceAll('*', '')))
  /** What is hard of all texts of two slots beside each other. */
  const hard = (first: Slot, second: Slot, status: string | null, behind = ''): readonly string[] =>
    words(first).flatMap(noun =>
      words(second)
        .map(predicate => `550 ${status ?? ''} ${noun} ${predicate} ${behind}`.replace(/\s+/g, ' ').trim())
        .filter(diagnostic => typeOf(diagnostic, status) === 'hard'),
    )

  test('the sender’s fault is soft behind 5.1.1', () => {
    expect(hard('nouns.sender', 'predicates.absent', '5.1.1')).toEqual([])
    expect(hard('nouns.sender', 'predicates.refused', '5.1.1')).toEqual([])
    expect(hard('nouns.server', 'predicates.refused', '5.1.1')).toEqual([])
  })

  test('an attachment or a list that is not there is nobody’s absence', () => {
    expect(hard('nouns.other', 'predicates.absent', null)).toEqual([])
    expect(hard('nouns.list', 'predicates.absent', null)).toEqual([])
  })

  test('a full or disabled mailbox is soft', () => {
    expect(hard('nouns.recipient', 'predicates.full', null)).toEqual([])
    expect(hard('nouns.recipient', 'predicates.disabled', null)).toEqual([])
  })

  test('what is so for now is soft behind 5.1.1', () => {
    const [absent = ''] = words('predicates.absent')
    const [recipient = ''] = words('nouns.recipient')
    const strange = words('particles.for-now')
      .map(phrase => `550 5.1.1 ${recipient} ${absent}, ${phrase}`)
      .filter(diagnostic => typeOf(diagnostic, '5.1.1') === 'hard')
    expect(strange).toEqual([])
  })
})

test.each([
  '550 posta kutusunda yer yok',
  '550 tidak ada ruang di kotak surat penerima',
  '550 사서함에 공간이 없습니다',
  '550 behörighet saknas för mottagaren',
  '550 收件人邮箱没有此权限',
  '550 لا يوجد مساحة في صندوق البريد',
  '550 saaja postkastis ruum puudub',
  '550 From contains invalid characters',
  '550 Contact details are invalid',
])('what there is none of is no recipient: %s', diagnostic => {
  expect(typeOf(diagnostic, null)).toBe('soft')
})

/** As Sendmail writes beside any bare 550, and as a server that knows one code alone writes it in its reply. */
test.each([
  'From contains invalid characters',
  'Subject contains invalid characters',
  'Date header has an illegal value',
  'The attachment does not exist',
  'A link in your message could not be found',
  'Header line contains illegal bytes',
])('a thing behind 5.1.1 takes no address: %s', words => {
  expect(['550', '550 5.1.1', '553 5.1.1'].map(code => typeOf(`${code} ${words}`, '5.1.1'))).toEqual(
    Array(3).fill('soft'),
  )
})

test.each([
  'user unknown',
  'Address rejected',
  'The email account that you tried to reach does not exist',
  'recipient from example.org has no mailbox here',
])('a recipient behind 5.1.1 is gone: %s', words => {
  expect(typeOf(`550 5.1.1 ${words}`, '5.1.1')).toBe('hard')
})
