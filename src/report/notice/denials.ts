// "Your message to ana@example.org was not delivered", by the grammar of each language: a negation and, in the same
// sentence, a verb of delivering. What stands between (an address, a name, an adverb) is anybody's. English is left to
// the phrases for the most part: its policies say "not delivered" of other people's mail.

/** A language's negations, and the stems of its verbs of delivering; patterns, lower-cased, without capturing groups. */
const languages: readonly (readonly [negations: string, stems: string])[] = [
  // English: only of "your mail", and by what was done to it.
  [
    'your (?:message|mail|e-?mail)',
    '(?:was|has been|got|is being) (?:rejected|blocked|refused|returned|bounced|discarded)\\b|not (?:be |been )?accepted\\b',
  ],
  // What was done to the mail, as in English.
  ['ihre (?:nachricht|mail|e-?mail)', 'abgelehnt|abgewiesen|zurückgewiesen'],
  ['votre (?:message|courriel|mail|e-?mail)', 'a été (?:rejeté|refusé|bloqué|retourné)'],
  ['(?:el|su|tu) (?:mensaje|correo)', '(?:ha sido|fue) (?:rechazado|devuelto)'],
  ['(?:il|suo|tuo|vostro) messaggio', 'è stato (?:respinto|rifiutato)'],
  ['(?:a|sua) mensagem', 'foi (?:rejeitada|recusada|devolvida)'],
  ['uw (?:bericht|mail|e-?mail)', 'geweigerd|geretourneerd'],
  // The noun of the deed before the verb that denies it.
  ['bezorging|aflevering', 'mislukt'],
  ['παράδοση', 'απέτυχε'],
  ['доставить', 'не удалось|невозможно'],
  ['erro ao', 'enviar a (?:sua )?mensagem|entregar a (?:sua )?mensagem'],
  ['nicht', 'zugestellt|zustellbar|zustellen|ausgeliefert|übermittelt'],
  ['pas|pu|impossible|échec|introuvable', 'remis|remettre|remise|délivr|distribu|parvenu|acheminé'],
  ['no|imposible|error al|fallo al', 'entreg|ha llegado a'],
  ['non|impossibile', 'recapit|consegn'],
  ['não|nao|impossível', 'entreg'],
  ['niet|mislukt', 'bezorg|afgelever|besteld'],
  ['inte|ikke|ej|mislyckades|mislykkedes|mislyktes', 'lever'],
  ['ei|epäonnistui', 'toimit|välit|perille'],
  ['nie', 'dostarcz|doręcz'],
  ['nepodařilo|nelze|nebylo?|nebyla|nemohl[ao]?|nezdařilo|nepodarilo|nie je možné', 'doruč'],
  ['не|невозможно|неможливо', 'достав|доправ'],
  ['nu', 'livrat|fi livrat|livra'],
  ['nije|nisu|ni bilo|ne može', 'isporuč|dostav'],
  ['nem|sikertelen', 'kézbesít'],
  ['δεν|αδυναμία|αδύνατη', 'παραδ|παράδ'],
  ['không', 'gửi|chuyển|phân phối|phát được'],
  ['לא|ניתן|נכשלה', 'נמסר|למסור|המסירה|מסירת'],
  ['تعذر|تعذّر|لم', 'تسليم|يتم تسليم|توصيل'],
  ['tidak|gagal', 'terkirim|dikirim|disampaikan|mengirim'],
]

const MAX_BETWEEN_CHARS = 120

const denial = new RegExp(
  languages
    .map(([negations, stems]) => {
      const between = `(?:(?![.!?:;]\\s|[。！？]|\\n\\n)[^]){0,${MAX_BETWEEN_CHARS}}?`
      const negation = `(?<!\\p{L})(?:${negations})(?!\\p{L})`
      return `${negation}${between}(?<!\\p{L})(?:${stems})`
    })
    .join('|'),
  'u',
)

/** Where a sentence begins to deny that a mail was delivered, or -1. Words must be lower-cased. */
export function denialIn(words: string): number {
  return words.search(denial)
}
