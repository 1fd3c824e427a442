// A request that cannot be met: the error names the field, and its message says what to write instead.

export class FieldError extends Error {
  override readonly name = 'FieldError'
  readonly field: string

  constructor(field: string, message: string) {
    super(message)
    this.field = field
  }
}
