// Where sentences begin and end: at a full stop, a colon or an empty line.

const maxSentenceChars = 240

/** Where the sentence begins in which a place stands, blanks included. */
export function sentenceStart(words: string, at: number): number {
  const first = Math.max(0, at - maxSentenceChars)
  let start = at
  while (start > first && !endsSentence(words, start - 1)) start--
  return start
}

/** Where the sentence ends in which a place stands, at most so far behind it. */
export function sentenceEnd(words: string, at: number, maxChars = maxSentenceChars): number {
  const last = Math.min(words.length, at + maxChars)
  let end = at
  while (end < last && !endsSentence(words, end)) end++
  return end
}

/** The sentences of a text. Blanks are single. */
export function sentencesOf(text: string): readonly string[] {
  return text
    .split(/\n\s*\n/)
    .flatMap(paragraph => paragraph.replace(/\s+/g, ' ').split(/(?<=[.!?:])\s+|(?<=[。！？])/))
    .filter(sentence => sentence.trim() !== '')
}

function endsSentence(words: string, at: number): boolean {
  const mark = words[at] as string
  if (mark === '\n') return words[at - 1] === '\n'
  return '。！？'.includes(mark) || ('.!?:;'.includes(mark) && /\s/.test(words[at + 1] ?? ' '))
}
