// Work that is done again and again beside everything else, one turn at a time, until its owner closes it.

export interface Loop {
  /** A turn now; joins the one that is running. Rejects with its error, which `onError` is not told of then. */
  readonly now: () => Promise<void>
  /** No turn begins any more; resolves when the running one has ended, whatever came of it. */
  readonly close: () => Promise<void>
}

export interface LoopOptions {
  /** One turn; `signal` says when to come to an end. */
  readonly turn: (signal: AbortSignal) => Promise<void>
  /** Between the end of a turn and the next; asked anew each time. */
  readonly waitMs: () => number
  /** Before the first turn; as long as between turns unless told. */
  readonly firstMs?: number
  /** Told of a turn that failed, but for those that fail while the loop is closed. */
  readonly onError: (error: unknown) => void
}

/** Starts the loop. It does not keep the process alive. */
export function startLoop({ turn, waitMs, firstMs, onError }: LoopOptions): Loop {
  const stop = new AbortController()
  let running: Promise<void> | null = null
  let timer: NodeJS.Timeout | undefined

  const begin = (): Promise<void> => {
    running ??= turn(stop.signal).finally(() => {
      running = null
      wait(waitMs())
    })
    return running
  }
  const wait = (ms: number): void => {
    clearTimeout(timer)
    if (stop.signal.aborted) return
    timer = setTimeout(() => {
      begin().catch((error: unknown) => {
        if (!stop.signal.aborted) onError(error)
      })
    }, ms).unref()
  }
  wait(firstMs ?? waitMs())
  return {
    now: async () => {
      if (!stop.signal.aborted) await begin()
    },
    close: async () => {
      stop.abort()
      clearTimeout(timer)
      await running?.catch(() => {})
    },
  }
}
