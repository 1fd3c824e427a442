// The categories as a Markdown table, for docs/verdicts.md: `npm run readme` writes it.

import { categories } from '../src/model/categories.ts'

/** Every category: what it means, what it does, and its names elsewhere. */
export function categoriesTable(): string {
  const rows = Object.entries(categories).map(
    ([name, { group, advice, sentence, sisimai, sparkpost, ses }]) =>
      ['', `\`${name}\``, group, `\`${advice}\``, sentence, sisimai, sparkpost, ses, ''].join(' | ').trim(),
  )
  return [
    '| Category | Type | Advice | What it means | Sisimai | SparkPost | SES |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}
