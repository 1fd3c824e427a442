// Tables: where there is little room each row becomes a block, and each cell tells its column's name.

import type { ComponentChildren, VNode } from 'preact'

export interface TableColumn<Item> {
  readonly title: string
  readonly cell: (item: Item) => ComponentChildren
  /** `number`: at the right. `long`: gets the room. `address`: wide enough for most. `words`: for two or three. `share`: a bar. `acts`: buttons side by side. */
  readonly kind?: 'number' | 'long' | 'address' | 'words' | 'share' | 'acts'
}

export function Table<Item>(props: {
  readonly label: string
  /** The first is the head of its row. */
  readonly columns: readonly TableColumn<Item>[]
  readonly items: readonly Item[]
  readonly keyOf: (item: Item) => string
  readonly isFaint?: (item: Item) => boolean
  /** Few and short columns: it stays a table on a phone. */
  readonly isSlim?: boolean
  readonly empty: string
}): VNode {
  const { label, columns, items, keyOf, isFaint = () => false, isSlim = false, empty } = props
  if (items.length === 0) return <p class="empty">{empty}</p>
  return (
    <div class="scroll">
      <table aria-label={label} class={isSlim ? 'slim' : ''}>
        <thead>
          <tr>
            {columns.map(({ title, kind }) => (
              <th key={title} scope="col" class={kind ?? ''}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {items.map(item => (
            <tr key={keyOf(item)} class={isFaint(item) ? 'undone' : ''}>
              {columns.map(({ title, cell, kind }, at) =>
                at === 0 ? (
                  <th key={title} scope="row" class={kind ?? ''} data-label={title}>
                    <div>{cell(item)}</div>
                  </th>
                ) : (
                  <td key={title} class={kind ?? ''} data-label={title}>
                    <div>{cell(item)}</div>
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
