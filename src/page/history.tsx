// Events as rows: of one record, of a campaign, of everything.

import type { VNode } from 'preact'
import { sentenceOf } from '../model/categories.ts'
import type { StoredBounce } from '../model/stored-bounce.ts'
import { Act } from './forms.tsx'
import { Table, type TableColumn } from './table.tsx'
import { Address, CampaignLink, RecordLink, Time, TypeMark, Words } from './words.tsx'

interface HistoryProps {
  readonly items: readonly StoredBounce[]
  /** Whose events they are is said above, not in each row. */
  readonly isOfOne?: boolean
  /** Where undoing comes back to; none: no row can be undone here. */
  readonly back?: string | undefined
  /** What is said where there is none. */
  readonly empty?: string
}

/** What an event is, in the words of people. */
const kindWords: Readonly<Record<string, string>> = {
  bounce: 'Bounce',
  delayed: 'Delayed, not failed',
  delivered: 'Delivered',
  complaint: 'Spam complaint',
  'auth-report': 'Authentication report',
  'auto-reply': 'Automatic answer',
  receipt: 'Read receipt',
  ordinary: 'Ordinary mail',
}

export function kindIn(kind: string): string {
  return kindWords[kind] ?? kind
}

const effectWords: Readonly<Record<string, string>> = {
  none: 'nothing changed',
  absent: 'counted; the CRM has no such record',
  counted: 'counted; the record has another address by now',
  flagged: 'flagged',
  removed: 'flagged, address removed',
  alive: 'seen alive',
  complained: 'complaint counted',
  held: 'flagged; removal waits',
}

export function effectIn({
  effect,
  undoneAt,
  concern,
}: Pick<StoredBounce, 'effect' | 'undoneAt' | 'concern'>): string {
  const words = undoneAt === null ? (effectWords[effect] ?? effect) : 'undone'
  return concern === 'shared' ? `${words}: another record with this address bounced` : words
}

export function History({ items, isOfOne = false, back, empty }: HistoryProps): VNode {
  const effect: TableColumn<StoredBounce> = {
    title: 'Effect',
    kind: 'words',
    cell: item => <Effect item={item} back={back} />,
  }
  return (
    <Table
      label="What came back"
      columns={[when, ...(isOfOne ? [] : [whose]), ...told, effect]}
      items={items}
      keyOf={item => item.id}
      isFaint={item => item.undoneAt !== null}
      empty={
        empty ??
        (isOfOne ? 'Nothing came back for this record.' : 'Nothing came back that meets these conditions.')
      }
    />
  )
}

const when: TableColumn<StoredBounce> = {
  title: 'Received',
  cell: item => (
    <a href={`/events/${item.id}`}>
      <Time at={item.receivedAt} />
    </a>
  ),
}

const whose: TableColumn<StoredBounce> = {
  title: 'Record',
  kind: 'address',
  cell: item => <RecordLink module={item.module} id={item.recordId} />,
}

const told: readonly TableColumn<StoredBounce>[] = [
  {
    title: 'Address then',
    kind: 'address',
    cell: item => <Address text={item.address ?? item.reportedAddress} />,
  },
  {
    title: 'What',
    cell: item => (
      <>
        {item.type === null ? kindIn(item.kind) : <TypeMark type={item.type} category={item.category} />}
        {item.repeats > 0 ? <small class="faint"> and {item.repeats} alike</small> : null}
      </>
    ),
  },
  {
    title: 'Why, and what the server said',
    kind: 'long',
    cell: item => (
      <>
        {sentenceOf(item.category) ?? (item.diagnostic === null ? '–' : '')}
        {item.diagnostic === null ? null : (
          <q class="said">
            <Words text={item.diagnostic} />
          </q>
        )}
      </>
    ),
  },
  { title: 'Campaign', cell: item => <CampaignLink id={item.campaignId} /> },
]

/** Kinds that count, and can be taken back. */
const effective: readonly string[] = ['bounce', 'complaint']

export function canUndo({ undoneAt, kind, effect }: StoredBounce): boolean {
  return undoneAt === null && effective.includes(kind) && effect !== 'none'
}

function Effect({ item, back }: { readonly item: StoredBounce; readonly back: string | undefined }): VNode {
  return (
    <>
      {effectIn(item)}
      {back !== undefined && canUndo(item) ? (
        <Act
          action={`/events/${item.id}/undo`}
          values={{ back }}
          class="quiet"
          label={`Undo the ${kindIn(item.kind).toLowerCase()} of ${item.receivedAt.toISOString().slice(0, 16)}`}
        >
          Undo
        </Act>
      ) : null}
    </>
  )
}
