// Words of `npm run bounce` that cannot stand in one line: none of them is passed over in silence.

/** An option without its dashes, or `names` for WRITER SCENARIO. */
type Word = string

interface Contradiction {
  readonly either: readonly Word[]
  readonly or: readonly Word[]
  /** Why, and what to write instead. */
  readonly instead: string
}

const stream = ['rate', 'seconds', 'mix'] as const
const what = ['names', 'all'] as const
const where = ['to', 'original-to', 'smtp', 'http', 'token'] as const

const contradictions: readonly Contradiction[] = [
  {
    either: ['list'],
    or: [...stream, ...what, ...where, 'verify', 'save', 'failed', 'seed', 'connections'],
    instead: '--list only shows what there is to send; leave out one of the two',
  },
  {
    either: stream,
    or: what,
    instead:
      'a stream draws its mails by --mix; leave out --rate, --seconds and --mix to choose them yourself',
  },
  {
    either: stream,
    or: ['verify'],
    instead: 'a stream is compared with what it should bring in any case; leave out --verify',
  },
  {
    either: stream,
    or: ['save'],
    instead: 'a stream is sent, not written; for files write --all --save DIR',
  },
  {
    either: stream,
    or: ['to', 'original-to'],
    instead: 'a stream mints a return path for each of its mails; leave out the address',
  },
  {
    either: ['all'],
    or: ['names'],
    instead: '--all sends every writer with every scenario; leave out one of the two',
  },
  {
    either: ['verify'],
    or: ['save'],
    instead: '--verify sends and compares, --save writes files and sends nothing; leave out one of the two',
  },
  {
    either: ['verify'],
    or: ['to', 'original-to'],
    instead: '--verify mints its own return paths; leave out the address, or --verify to send it there',
  },
  {
    either: ['save'],
    or: ['smtp'],
    instead: '--save writes files and sends nothing; leave out one of the two',
  },
]

/** What is wrong with the words that were given, the two named; null when they can stand together. */
export function contradictionIn(given: ReadonlySet<Word>, names: readonly string[]): string | null {
  const written = (word: Word): string => (word === 'names' ? names.join(' ') : `--${word}`)
  for (const { either, or, instead } of contradictions) {
    const first = either.find(word => given.has(word))
    const second = or.find(word => given.has(word))
    if (first !== undefined && second !== undefined)
      return `${written(first)} and ${written(second)}: ${instead}`
  }
  if (given.has('connections') && !stream.some(word => given.has(word)))
    return '--connections without --rate: it is how many a stream may open; write --rate N too, or leave it out'
  return null
}
