// Mails that could not be taken: how often, and when it is the mail rather than our own trouble.

export interface Failures {
  /** It could not be taken once more: is it tried again, or put aside? */
  readonly add: (uid: string) => 'again' | 'aside'
  /** It was taken, which shows that mails can be. */
  readonly taken: (uid: string) => void
  /** How often a mail failed while others were taken. */
  readonly of: (uid: string) => number
}

/** Rounds in which a mail could not be taken although others could: then it is the mail. */
const mostAttempts = 5

export function createFailures(): Failures {
  /** With how many others had been taken by then. */
  const failed = new Map<string, { readonly count: number; readonly others: number }>()
  let others = 0
  return {
    add: uid => {
      const before = failed.get(uid) ?? { count: 0, others: -1 }
      // While nothing else is taken either, it is not the mail.
      const count = before.count + (others > before.others ? 1 : 0)
      failed.set(uid, { count, others })
      return count < mostAttempts ? 'again' : 'aside'
    },
    taken: uid => {
      failed.delete(uid)
      others++
    },
    of: uid => failed.get(uid)?.count ?? 0,
  }
}
