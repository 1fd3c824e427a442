// What somebody asked for cannot be: names the field, and the message says what would be right.

export class FieldError extends Error {
  override readonly name = 'FieldError'
  readonly field: string

  constructor(field: string, message: string) {
    super(message)
    this.field = field
  }
}
