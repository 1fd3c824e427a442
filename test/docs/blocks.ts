// The fenced blocks of a page of docs/, each with the heading that it stands under.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../end-to-end/server.ts'

export interface Block {
  /** `PHP / send.php`, or `By SQL / sql 2` for the second one that names no file. */
  readonly name: string
  /** The word behind the fence. */
  readonly language: string
  /** The file that the first line names in a comment; null when it names none. */
  readonly file: string | null
  readonly text: string
  /** Line of the opening fence, from 1. */
  readonly line: number
}

/** In the order of the page. */
export function blocksOf(page: string): readonly Block[] {
  const lines = readFileSync(join(root, 'docs', page), 'utf8').split('\n')
  const blocks: Block[] = []
  let heading = ''
  let opened: { readonly language: string; readonly line: number } | null = null
  let held: string[] = []
  const counts = new Map<string, number>()
  lines.forEach((text, index) => {
    const fence = /^\s*```(\S*)\s*$/.exec(text)
    if (fence && opened === null) {
      opened = { language: fence[1] ?? '', line: index + 1 }
      held = []
    } else if (fence && opened !== null) {
      const { language, line } = opened
      const file = /^(?:<\?php )?(?:\/\/|#) ([\w.-]+\.\w+)$/.exec(held[0] ?? '')?.[1] ?? null
      const kind = `${heading} / ${file ?? language}`
      const count = (counts.get(kind) ?? 0) + 1
      counts.set(kind, count)
      const name = file === null ? `${kind} ${count}` : kind
      blocks.push({ name, language, file, text: `${held.join('\n')}\n`, line })
      opened = null
    } else if (opened !== null) held.push(text)
    else heading = /^#+ (.*)$/.exec(text)?.[1] ?? heading
  })
  if (opened !== null) throw new Error(`${page}: a fence is not closed`)
  return blocks
}
