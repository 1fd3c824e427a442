// Values as literals of MySQL and MariaDB, for statements that are sent as one text. The only place that writes any.

/** SQL as it stands, made of our own words and numbers alone. */
export class Sql {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/**
 * Right under every sql_mode: only a quote ends a string, and it is doubled; where a backslash or NUL might mean something
 * else, the bytes are written in hexadecimal. The connection must speak utf8mb4. Throws for numbers that SQL cannot write.
 */
export function literal(value: string | number | null | Sql): string {
  if (value === null) return 'null'
  if (value instanceof Sql) return value.text
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new RangeError(`${value} is not a number that a database has`)
    return String(value)
  }
  return /[\\\0]/.test(value)
    ? `_utf8mb4 x'${Buffer.from(value, 'utf8').toString('hex')}'`
    : `'${value.replaceAll("'", "''")}'`
}

/** Values in parentheses. */
export const tuple = (values: readonly (string | number | null | Sql)[]): string =>
  `(${values.map(literal).join(', ')})`
