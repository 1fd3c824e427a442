// The part of imapflow that we use, as its documentation describes it: loaded only where a mailbox is set.

declare module 'imapflow' {
  import type { EventEmitter } from 'node:events'

  interface FetchedMessage {
    readonly uid: number
    readonly size?: number
    readonly internalDate?: Date | string
    readonly source?: Buffer
  }

  interface FetchQuery {
    readonly uid: true
    readonly size?: true
    readonly internalDate?: true
    readonly source?: { readonly start: number; readonly maxLength: number }
  }

  export class ImapFlow extends EventEmitter {
    constructor(options: {
      readonly host: string
      readonly port: number
      readonly secure: true
      readonly auth: { readonly user: string; readonly pass?: string; readonly accessToken?: string }
      readonly logger: false
      readonly disableAutoIdle: true
      /** Bytes; a server that announces more loses the connection. */
      readonly maxLiteralSize: number
      readonly clientInfo: Readonly<Record<string, string>>
    })
    readonly mailbox: { readonly uidValidity: bigint; readonly exists: number } | false
    readonly capabilities: ReadonlyMap<string, unknown>
    readonly usable: boolean
    connect(): Promise<void>
    mailboxOpen(path: string): Promise<object>
    mailboxCreate(path: string): Promise<object>
    search(query: { readonly uid: string }, options: { readonly uid: true }): Promise<number[] | false>
    fetchAll(range: string, query: FetchQuery, options: { readonly uid: true }): Promise<FetchedMessage[]>
    messageDelete(range: string, options: { readonly uid: true }): Promise<boolean>
    messageFlagsAdd(range: string, flags: string[], options: { readonly uid: true }): Promise<boolean>
    messageMove(range: string, folder: string, options: { readonly uid: true }): Promise<object | false>
    idle(): Promise<unknown>
    logout(): Promise<void>
    close(): void
  }
}
