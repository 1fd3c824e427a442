// The signing keys as people see them: by an id that reveals nothing of them.

/** `signs`: the newest of ours. `verifies`: ours too. `missing`: not ours, and paths signed with it may be under way. `expired`: nor those. */
export const keyStates = ['signs', 'verifies', 'missing', 'expired'] as const

export type KeyState = (typeof keyStates)[number]

export interface ListedKey {
  /** The id that `forget` takes; reveals nothing about the key. */
  readonly id: string
  readonly state: KeyState
  /** When this database first saw it; null: no server has run with it yet. */
  readonly firstUsedAt: Date | null
  /** When a newer one took over; null: none has. */
  readonly lastSignedAt: Date | null
  /** When the last path that it may have signed expires, exclusive; null while it may sign. */
  readonly validUntil: Date | null
  readonly inSecret: boolean
}
