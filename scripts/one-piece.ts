// How benches and the fuzz hand a mail to the reader.

/** A mail that arrives in one piece. */
export async function* onePiece(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes
}
