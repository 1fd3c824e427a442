// The notification of a mail: its first readable leaf, changed in its place.

import { decoded, type Entity, field, partsOf, typeOf, withBytes, withField, withParts } from './mail.ts'

/** Changes the first readable leaf, which is the notification; null where there is none. */
export function changeLeaf(mail: Entity, change: (leaf: Entity) => Entity | null): Entity | null {
  const multipart = partsOf(mail)
  if (multipart === null) {
    if (typeOf(mail) !== 'text/plain' && typeOf(mail) !== 'text/html') return null
    return isPlainCharset(mail) ? change(mail) : null
  }
  for (const [at, part] of multipart.parts.entries()) {
    if (typeOf(part).startsWith('message/')) continue
    const result = changeLeaf(part, change)
    if (result === null) continue
    return withParts(mail, { ...multipart, parts: multipart.parts.with(at, result) })
  }
  return null
}

export function changeText(mail: Entity, change: (words: string) => string): Entity | null {
  return changeLeaf(mail, leaf => {
    if (typeOf(leaf) !== 'text/plain') return null
    const type = field(leaf, 'content-type')
    const named = /charset/i.test(type) ? type.replace(/us-ascii/i, 'utf-8') : 'text/plain; charset=utf-8'
    return withBytes(withField(leaf, 'Content-Type', named), change(decoded(leaf)))
  })
}

/** A footer in UTF-8 may be added to UTF-8 and to ASCII alone. */
function isPlainCharset(leaf: Entity): boolean {
  const charset = /charset\s*=\s*"?([^\s";]+)/i.exec(field(leaf, 'content-type'))?.[1]?.toLowerCase()
  return charset === undefined || charset === 'utf-8' || charset === 'us-ascii'
}
