// Texts as they are compared: many servers write ASCII, and none means another word by a diacritic.

/** Lower case, without diacritics (many servers write ASCII): as long as the text in most, and as texts are searched. */
export function folded(text: string): string {
  const words = text.toLowerCase()
  return /[^\0-\x7f]/.test(words) ? plainMarks(words) : words
}

/** No diacritics, quotes as typewriters have them, nothing invisible. */
function plainMarks(words: string): string {
  return words
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .replace(/ı/g, 'i')
    .replace(/ł/g, 'l')
    .replace(/ø/g, 'o')
    .replace(/đ/g, 'd')
    .replace(/ħ/g, 'h')
    .replace(/[\u2018\u2019\u201b\u02bc\u00b4]/g, "'")
    .replace(/[\u201c\u201d\u201e\u00ab\u00bb]/g, '"')
    .replace(/[\u200b-\u200f\u2060\ufeff\u00ad]/g, '')
}
