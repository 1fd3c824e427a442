// The last reader: a notice in free words by a program we do not know.

import type { Finding } from '../finding.ts'
import { hasOwnReturnPath, type Reading } from '../reading.ts'
import { enough, noticeLikelihood } from './likelihood.ts'
import { phrasesIn } from './phrases.ts'
import { failedRecipients } from './recipients.ts'
import { sentencesOf } from './sentences.ts'
import { listsRefusal, ownWords, statesFailure } from './statements.ts'

/** A bounce, a warning or good news in free words, or null. */
export function readFreeText(reading: Reading): Finding | null {
  const likelihood = noticeLikelihood(reading)
  if (likelihood.score < enough || !likelihood.machine) return null
  if (likelihood.good) {
    // Shops and parcel services deliver, too.
    if (!likelihood.sender && !likelihood.subject) return null
    const recipients = failedRecipients(reading, false).map(found => ({
      ...found,
      action: 'delivered' as const,
    }))
    return { reader: 'free-text', kind: 'delivered', recipients }
  }
  if (!likelihood.saysSo) return null
  // A postmaster's statistics are full of codes and addresses: a notice says what it is, or a program's hand shows.
  if (!likelihood.subject && !likelihood.daemon && !likelihood.automatic) return null
  if (!likelihood.sender && !likelihood.daemon && hasOwnReturnPath(reading) && !isAboutMail(reading))
    return null
  const recipients = failedRecipients(reading)
  // What names nobody would cost the owner of the return path its address: prose of a shop or a postmaster may not.
  if (!likelihood.daemon && !recipients.some(recipient => recipient.address !== null)) return null
  return { reader: 'free-text', recipients }
}

/** A notice has the null sender (RFC 3464 §2). With one of its own it must fail a mail: shops fail to deliver parcels. */
function isAboutMail(reading: Reading): boolean {
  if (listsRefusal(reading, false)) return true
  const sentences = sentencesOf(ownWords(reading)).map(phrasesIn)
  return sentences.some(sentence => statesFailure(sentence) && sentence.has('nouns.mail'))
}
