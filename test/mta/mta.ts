// A mail server of loopback in a directory of its own, as a test uses it.

/** Where mail to a domain goes: a port of 127.0.0.1, or `dns`, where the domain's own records say. */
export type Routes = Readonly<Record<string, number | 'dns'>>

export interface Mta {
  readonly name: string
  readonly port: number
  /** Tries again now what waits. */
  readonly flush: () => Promise<void>
  /** From now on mail waits for hours before it is given up. */
  readonly beginPatience: () => Promise<void>
  /** How many mails wait. */
  readonly waiting: () => Promise<number>
  readonly log: () => string
  readonly stop: () => Promise<void>
}
