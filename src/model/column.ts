// A column of a table that keeps nouns of ours: its name, its kind, how long it is, and what is written into it.

/**
 * Who wrote the column's content. `us`: our own words, and ids that a mail cannot change. `person`: may name a person,
 * and is erased with them. `stranger`: that too, and a mail chose the words; a row that the database refuses is tried
 * again without them, or with their ASCII alone where the column must hold something.
 */
export type Author = 'us' | 'person' | 'stranger'

export type ColumnKind = 'time' | 'word' | 'flag' | 'integer' | 'text' | 'ascii'

/** @typeParam Entry what a row is made of; Value what is read out of it again */
export interface Column<Entry, Name extends string = string, Value = unknown> {
  readonly name: Name
  readonly kind: ColumnKind
  readonly nullable: boolean
  /** Of text, in code points, as the migrations made it. */
  readonly length: number | null
  /** The closed vocabulary of a word. */
  readonly words: readonly string[] | null
  readonly author: Author
  /** Null: written later, not when the row is inserted. */
  readonly value: ((entry: Entry) => Value) | null
  readonly example: Value
  /** For the description of the API. */
  readonly about: string | null
}

type OrNull<Value, Nullable> = Nullable extends true ? Value | null : Value

interface Row<Entry, Name extends string, Value, Nullable extends boolean> {
  readonly name: Name
  readonly nullable?: Nullable
  readonly value: ((entry: Entry) => OrNull<Value, Nullable>) | null
  readonly example: OrNull<Value, Nullable>
  readonly about?: string
}

/** What makes the columns of one table, whose rows are made of an `Entry`. */
export function columnsOf<Entry>() {
  const column = <Name extends string, Value, Nullable extends boolean>(
    kind: ColumnKind,
    { name, nullable, value, example, about }: Row<Entry, Name, Value, Nullable>,
    more: Partial<Pick<Column<Entry>, 'length' | 'words' | 'author'>> = {},
  ): Column<Entry, Name, OrNull<Value, Nullable>> => ({
    name,
    kind,
    nullable: nullable === true,
    length: null,
    words: null,
    author: 'us',
    value,
    example,
    about: about ?? null,
    ...more,
  })

  return {
    time: <const Name extends string, Nullable extends boolean = false>(
      row: Row<Entry, Name, Date, Nullable>,
    ) => column('time', row),

    word: <const Word extends string, const Name extends string, Nullable extends boolean = false>(
      words: readonly Word[],
      row: Row<Entry, Name, NoInfer<Word>, Nullable>,
    ) => column('word', row, { words }),

    flag: <const Name extends string, Nullable extends boolean = false>(
      row: Row<Entry, Name, boolean, Nullable>,
    ) => column('flag', row),

    integer: <const Name extends string, Nullable extends boolean = false>(
      row: Row<Entry, Name, number, Nullable>,
    ) => column('integer', row),

    text: <const Name extends string, Nullable extends boolean = false>(
      length: number,
      author: Author,
      row: Row<Entry, Name, string, Nullable>,
    ) => column('text', row, { length, author }),

    /** Printable ASCII alone. */
    ascii: <const Name extends string, Nullable extends boolean = false>(
      length: number,
      author: Author,
      row: Row<Entry, Name, string, Nullable>,
    ) => column('ascii', row, { length, author }),
  }
}

/** What is read out of a column. */
export type ValueOf<C> = C extends { readonly example: infer Value } ? Value : never

/** As databases return it: times are epoch milliseconds, MySQL returns booleans as 0 and 1. */
export type RawOf<Value> = Value extends Date ? number : Value extends boolean ? number | boolean : Value
