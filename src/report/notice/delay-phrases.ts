// Words by which warnings are known, and those that end the story. Lower-cased, plain, matched as substrings.

import { textsOf } from '../../knowledge/languages.ts'

/** What only a warning says of itself. */
export const warningTexts = textsOf('particles.warning')

/** What says that a mail is late. */
export const delayTexts = [...warningTexts, ...textsOf('particles.delayed')]

/** That a program goes on trying: in English what the grammar in `delay` does not know. */
export const retryTexts = textsOf('particles.retry')

/** Sentences that end the story, whatever was tried before. */
export const finalTexts = textsOf('particles.final')

/** Subjects of warnings. */
export const delaySubjects = textsOf('subjects.delay')
