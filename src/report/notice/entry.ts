// One recipient of a notice's list, with the words that follow it.

export interface Entry {
  readonly address: string
  readonly words: string
  readonly originalAddress: string | null
}
