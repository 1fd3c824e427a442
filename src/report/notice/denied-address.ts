// The tersest notices: one sentence that names an address and says what is wrong with it, "Ana@example.org is unknown."

import { addressesInText } from '../machine/typed-address.ts'
import { hasNullReturnPath, type Reading } from '../reading.ts'
import { headOf } from './heads.ts'
import { ownAddresses } from './mentions.ts'
import { daemons, list, mentions, systemSenders } from './phrases.ts'
import { isOfThisMail, ownWords, sentencesOf } from './statements.ts'

/** That there is no such mailbox. */
const unknown = list(`
  not found | unknown | no such | not exist | doesn't exist | not known | not a valid | is not valid |
  is invalid | not in directory | no mailbox | no longer a | no longer in use | no longer valid | no longer exist |
  no longer with | no longer work | no longer employed | no longer at | no longer here | no longer used |
  unbekannt | existiert nicht | nicht gefunden | gibt es nicht |
  inconnu | n'existe pas | n'existe plus | introuvable | desconocid | no existe | sconosciut | inesistente |
  non esiste | desconhecid | não existe | inexistente | não encontrad | onbekend | bestaat niet | niet gevonden |
  okänd | finns inte | ukendt | findes ikke | ukjent | finnes ikke | tuntematon | nie istnieje | nieznan |
  neexistuje | neznám | не существует | не найден | неизвест | не існує | не знайдено | bulunamadı |
  ismeretlen | nem létezik | necunoscut | nu există | 存在しません | 見つかりません | 不存在 | 未找到 | 존재하지 않
`)

/** What else keeps a mail from its mailbox: a postmaster says that of his own users, too. */
const refused = list(`
  rejected | refused | blocked | discarded | is full | is disabled | is closed | has been closed |
  abgelehnt | ist voll | rejeté | refusé | est pleine | rechazad | está llen | rifiutat | è pien | rejeitad |
  recusad | geweigerd | is vol | odrzucon | отклонен
`)

/** What may come, and what happens as a rule. */
const tentative = /\b(?:(?:will(?! not)|would|might|may|soon)\b|wird\b.*\bsein\b)/

/** Whoever has moved gets his mail. */
const forwarded =
  /(?:is|was|been|wird|wurde|été|sido|stato|foi) (?:automatically |automatisch )?(?:forwarded|redirected|weitergeleitet|transféré|redirigé|reenviad|redirigid|inoltrat|reindirizzat|encaminhad|doorgestuurd)/

/** Begins with what points to the sentence before: `This recipient is unknown.` */
const pointing = /^(?:this|that|it|dies|cette|ce|esta|este|quest|ess[ae])/

/** `550 5.1.1 nobody@example.org unknown   17`: statistics. */
const isCount = /\s\d{1,7}\s*$/

/** A postmaster's longer letters are about other things. */
const MAX_TERSE_CHARS = 300

/**
 * The addresses that a mail system with the null sender denies in an unconditional sentence; empty for anybody else's
 * mail. A daemon may give any cause, or name the address in the sentence before; a postmaster must write of one address
 * and say that it is unknown.
 */
export function deniedAddresses(reading: Reading): readonly string[] {
  if (!hasNullReturnPath(reading)) return []
  const isDaemon = mentions(reading.fromField, daemons)
  if (!isDaemon && !mentions(reading.fromField, systemSenders)) return []
  const words = ownWords(reading)
  const isTerse = words.trim().length <= MAX_TERSE_CHARS && addressesInText(words, 2).length === 1
  if ((!isDaemon && !isTerse) || forwarded.test(words)) return []
  const own = ownAddresses(reading)
  const causes = isDaemon ? [...unknown, ...refused] : unknown
  const sentences = sentencesOf(words)
  const denied = sentences.flatMap((sentence, at) => {
    if (!denies(sentence, causes)) return []
    const named = addressesInText(sentence, 10)
    if (named.length > 0) return named
    // `No such user: ana@example.org`
    const head = sentence.endsWith(':') ? headOf(sentences[at + 1] ?? '') : null
    if (head?.rest === '') return head.addresses
    if (!isDaemon || !isTerse) return []
    const before = sentences[at - 1] ?? ''
    return before.endsWith(':') || pointing.test(sentence) ? addressesInText(before, 10) : []
  })
  return addressesInText(reading.note).filter(address => {
    const key = address.toLowerCase()
    return denied.includes(key) && !own.has(key)
  })
}

function denies(sentence: string, causes: readonly string[]): boolean {
  if (tentative.test(sentence) || isCount.test(sentence)) return false
  return causes.some(cause => {
    const at = sentence.indexOf(cause)
    return at >= 0 && isOfThisMail(sentence.slice(0, at))
  })
}
