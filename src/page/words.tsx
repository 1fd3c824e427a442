// The small pieces that pages are made of. Strangers' text comes out as it is, but for what could not be seen.

import type { VNode } from 'preact'
import { categories, groupOf, isCategory } from '../model/categories.ts'
import { harmless } from '../system/harmless.ts'

/** Characters that draw nothing or reach into other lines: zero-width characters, and heaps of combining marks. */
const unseen = /[\u00ad\u061c\u180e\u200b-\u200d\u2028\u2029\u2060-\u2064\ufeff\ufff9-\ufffb]/g
const heap = /(\p{M}{4})\p{M}+/gu

/** Text of a stranger with every control character written out. */
export function visible(text: string): string {
  return harmless(text)
    .replace(unseen, sign => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replace(heap, '$1…')
}

/** In the place of what is not there; a phone leaves its line out. */
function Dash(): VNode {
  return <span class="none dash">–</span>
}

function None({ words }: { readonly words: string }): VNode {
  return words === '–' ? <Dash /> : <span class="none">{words}</span>
}

/** A stranger's words, set apart from the direction of ours. */
export function Words({ text, none = '–' }: { readonly text: string | null; readonly none?: string }): VNode {
  return text === null || text === '' ? <None words={none} /> : <bdi>{visible(text)}</bdi>
}

/** An address, which breaks at its domain rather than within a word. */
export function Address({ text }: { readonly text: string | null }): VNode {
  const at = text?.lastIndexOf('@') ?? -1
  if (text === null || at < 1) return <Words text={text} />
  return (
    <bdi>
      {visible(text.slice(0, at + 1))}
      <wbr />
      {visible(text.slice(at + 1))}
    </bdi>
  )
}

/** A stranger's text of many lines. */
export function Lines({ text }: { readonly text: string }): VNode {
  return (
    <pre class="lines">
      <bdi>
        {text
          .split(/\r\n|\r|\n/)
          .map(visible)
          .join('\n')}
      </bdi>
    </pre>
  )
}

/** A time in UTC; the script adds the reader's own. */
export function Time({ at, none = '–' }: { readonly at: Date | null; readonly none?: string }): VNode {
  if (at === null) return <None words={none} />
  return <time dateTime={at.toISOString()}>{`${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`}</time>
}

/** Hard, soft, or soft by the sender's fault, in a word and a colour. */
export function TypeMark({
  type,
  category,
}: {
  readonly type: string | null
  readonly category: string | null
}): VNode {
  if (type === null) return <Dash />
  const isBlocked =
    type === 'soft' && category !== null && isCategory(category) && groupOf(category) === 'blocked'
  const word = isBlocked ? 'blocked' : type
  return <span class={`mark ${word}`}>{isBlocked ? 'soft, blocked' : type}</span>
}

/** The sentence for people, with the category's name behind it. */
export function Cause({ category }: { readonly category: string | null }): VNode {
  if (category === null) return <Dash />
  const row = isCategory(category) ? categories[category] : null
  return (
    <span>
      {row ? `${row.sentence} ` : ''}
      <code class="faint">{category}</code>
    </span>
  )
}

export function Count({ value }: { readonly value: number }): VNode {
  return <span class="number">{value.toLocaleString('en')}</span>
}

/** `0.0123` as `1.23 %`. */
export function percent(rate: number | null): string {
  return rate === null ? '–' : `${(100 * rate).toFixed(2)} %`
}

/** `1 bounce`, `1,200 bounces`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** The path of a record's page. */
export function recordPath({ module, id }: { readonly module: string; readonly id: string }): string {
  return `/records/${encodeURIComponent(module)}/${encodeURIComponent(id)}`
}

export function RecordLink({
  module,
  id,
}: {
  readonly module: string | null
  readonly id: string | null
}): VNode {
  if (module === null || id === null) return <Dash />
  return (
    <a href={recordPath({ module, id })}>
      <bdi>{visible(`${module} ${id}`)}</bdi>
    </a>
  )
}

export function CampaignLink({ id }: { readonly id: string | null }): VNode {
  if (id === null) return <Dash />
  return (
    <a href={`/campaigns/${encodeURIComponent(id)}`}>
      <bdi>{visible(id)}</bdi>
    </a>
  )
}

/** A page's message about what was done, or what is wrong. */
export function Notice({
  kind,
  children,
}: {
  readonly kind: 'done' | 'fault' | 'hint'
  readonly children: preact.ComponentChildren
}): VNode {
  return (
    <p class={`notice ${kind}`} role={kind === 'fault' ? 'alert' : 'status'}>
      {children}
    </p>
  )
}
