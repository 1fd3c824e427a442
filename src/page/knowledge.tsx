// Where the knowledge of a rung stands: the file of `src/knowledge` and the slot or row in it.

import type { VNode } from 'preact'
import { visible } from './words.tsx'

interface KnowledgePlace {
  readonly file: string
  readonly slot: string
}

/** `languages/de/refusals.mailbox-full`, `unknown-user/no-such`, `google/over-quota`, `5.1.1`, `550`; null for what no file holds. */
export function placeOf(rung: string, rule: string): KnowledgePlace | null {
  const [, language, words] = /^languages\/([^/]+)\/(.+)$/.exec(rule) ?? []
  if (language !== undefined && words !== undefined)
    return { file: `languages/${language}.json`, slot: words }
  const [, file, row] = /^([\w-]+)\/(.+)$/.exec(rule) ?? []
  if (file !== undefined && row !== undefined && rung === 'text')
    return { file: `causes/${file}.json`, slot: row }
  if (file !== undefined && row !== undefined && rung === 'provider')
    return { file: `providers/${file}.json`, slot: row }
  if (/^\d\.\d+\.\d+$/.test(rule)) return { file: 'status-codes.ts', slot: rule }
  return rung === 'reply-code' ? { file: 'reply-codes.ts', slot: rule } : null
}

export function KnowledgePlace({
  rung,
  rule,
}: {
  readonly rung: string
  readonly rule: string
}): VNode | null {
  const place = placeOf(rung, rule)
  if (place === null) return null
  return (
    <small class="place faint">
      File <code>{visible(place.file)}</code>, slot <code>{visible(place.slot)}</code>
    </small>
  )
}
