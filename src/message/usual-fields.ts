// The fields that tell what a body is, as nearly all programs write them. What is written otherwise is not read here,
// so that nothing is understood in another way than the splitter understands it.

/** What the fields about the content say. */
export interface Content {
  /** `type/subtype`, lower-cased. */
  readonly type: string
  readonly charset: string | null
  readonly boundary: string | null
  /** Lower-cased, empty where none is named. */
  readonly encoding: string
}

type ContentType = Omit<Content, 'encoding'>

const plainText: ContentType = { type: 'text/plain', charset: null, boundary: null }

/** Fed with the fields of one header block that may be about the content. */
export class UsualFields {
  #type: ContentType | null = null
  #encoding: string | null = null
  #isDisposed = false

  /** Takes a field with its folds. False for a second one of its name, and for one written in an unusual way. */
  take(field: string): boolean {
    const name = contentField.exec(field.slice(0, maxNameChars))?.[1]?.toLowerCase()
    if (name === undefined) return true
    if (field.length > maxFieldChars || field.split('\n', maxFieldLines + 1).length > maxFieldLines)
      return false
    if (name === 'type' && this.#type === null) {
      this.#type = contentTypeOf(field)
      return this.#type !== null
    }
    if (name === 'transfer-encoding' && this.#encoding === null) {
      this.#encoding = transferEncoding.exec(field)?.[1]?.toLowerCase() ?? null
      return this.#encoding !== null
    }
    if (name !== 'disposition' || this.#isDisposed) return false
    this.#isDisposed = true
    return true
  }

  /** Null where a disposition would have to tell the type. */
  content(): Content | null {
    if (this.#type === null && this.#isDisposed) return null
    const { type, charset, boundary } = this.#type ?? plainText
    return { type, charset, boundary, encoding: this.#encoding ?? '' }
  }
}

/** Three fields of this size are less than `ContentFields` passes on. */
const maxFieldChars = 1000
const maxFieldLines = 20
const maxNameChars = 60
/** As `ContentFields` finds them. */
const contentField = /^content-(type|disposition|transfer-encoding)[ \t]{0,20}:/i
const transferEncoding = /^content-transfer-encoding:[ \t]{0,8}([a-z0-9-]{1,20})[ \t]{0,8}$/i
const typeAlone = /^content-type:[ \t]{0,8}(?:\n[ \t]{1,8})?([a-z0-9.+-]{1,60}\/[a-z0-9.+-]{1,60})/i
const parameter =
  /^[ \t]{0,8};[ \t]{0,8}(?:\n[ \t]{1,8})?([a-z0-9-]{1,40})=(?:"([^"\\\n]{1,200})"|([a-z0-9!#$%&'+./_{|}~^`-]{1,200}))/i
const fieldEnd = /^[ \t]{0,8};?[ \t]{0,8}$/
/** RFC 2046 §5.1.1: to the splitter, a boundary with a space at its end is another one. */
const usualBoundary = /^[0-9A-Za-z'()+_,./:=? -]{0,99}[0-9A-Za-z'()+_,./:=?-]$/

/** RFC 2045 §5.1 in its usual form: each parameter once, neither comments nor escapes nor encoded words. */
function contentTypeOf(field: string): ContentType | null {
  const [start = '', type = ''] = typeAlone.exec(field) ?? []
  if (start === '') return null
  let rest = field.slice(start.length)
  const values = new Map<string, string>()
  for (let found = parameter.exec(rest); found !== null; found = parameter.exec(rest)) {
    const name = (found[1] ?? '').toLowerCase()
    const value = found[2] ?? found[3] ?? ''
    if (values.has(name) || value.includes('=?')) return null
    values.set(name, value)
    rest = rest.slice(found[0].length)
  }
  if (!fieldEnd.test(rest)) return null
  const boundary = values.get('boundary') ?? null
  if (boundary !== null && !usualBoundary.test(boundary)) return null
  return { type: type.toLowerCase(), charset: values.get('charset') ?? null, boundary }
}
