// The form of one rule, and what a preview of it found.

import type { VNode } from 'preact'
import { categoryNames } from '../model/categories.ts'
import { type JudgedMail, type RulePreview, ruleSections } from '../model/rule.ts'
import { choicesOf, Field, Hidden, Select } from './forms.tsx'
import type { Given } from './given.ts'
import { Table, type TableColumn } from './table.tsx'
import { counted, Notice, Time, TypeMark, Words } from './words.tsx'

const sectionLabels = {
  body: 'Body',
  subject: 'Subject',
  from: 'From address',
  recipients: 'To, CC or BCC address',
} as const

const typeChoices = [
  { value: 'hard', label: 'Hard' },
  { value: 'soft', label: 'Soft' },
  { value: 'both', label: 'Both (soft)' },
]

const stageChoices = [
  { value: 'override', label: 'Override: before everything else' },
  { value: 'fallback', label: 'Fallback: if nothing else decided' },
]

export function sectionIn(section: keyof typeof sectionLabels): string {
  return sectionLabels[section]
}

/** Previewing comes first; saving is offered with what it found. */
export function RuleForm(props: {
  readonly given: Given
  /** Of the rule that is changed. */
  readonly id: string | undefined
  readonly faults: readonly string[]
}): VNode {
  const { given, id, faults } = props
  const sectionChoices = ruleSections.map(section => ({ value: section, label: sectionLabels[section] }))
  return (
    <form method="post" action="/rules/preview" class="stack card">
      {faults.map(fault => (
        <Notice key={fault} kind="fault">
          {fault}
        </Notice>
      ))}
      <Hidden values={{ id }} />
      <Select
        label="Section"
        name="section"
        value={given.section ?? 'body'}
        choices={sectionChoices}
        hint="The part of a returned mail that is searched."
      />
      <Field
        label="Text"
        name="text"
        value={given.text}
        required
        maxLength={100}
        hint="As it stands in the mail: plain, upper and lower case matter."
      />
      <Select
        label="Type"
        name="type"
        value={given.type ?? 'hard'}
        choices={typeChoices}
        hint="Hard: the address is dead and is removed. Soft: it may work again, and stays."
      />
      <Select
        label="Stage"
        name="stage"
        value={given.stage ?? 'override'}
        choices={stageChoices}
        hint="Whether it goes before what Rebound finds by itself."
      />
      <Select
        label="Cause"
        name="category"
        value={given.category}
        choices={choicesOf(categoryNames)}
        any="undetermined"
        hint="What lists and the record name as the reason."
      />
      <Field
        label="Note"
        name="note"
        value={given.note}
        maxLength={500}
        hint="For your colleagues: what it is for."
      />
      <Select
        label="State"
        name="enabled"
        value={given.enabled ?? 'yes'}
        choices={[
          { value: 'yes', label: 'On' },
          { value: 'no', label: 'Off' },
        ]}
      />
      <button type="submit" class="main">
        Preview
      </button>
    </form>
  )
}

export function Preview(props: {
  readonly preview: RulePreview
  readonly given: Given
  readonly id: string | undefined
  readonly mayChange: boolean
  /** The rule would match much of ordinary mail: to be saved all the same. */
  readonly force?: boolean
}): VNode {
  const { preview, given, id, mayChange, force = false } = props
  const { changed, examined, examples } = preview
  return (
    <section aria-labelledby="preview">
      <h2 id="preview">Preview</h2>
      <p>
        <strong>{changed.toLocaleString('en')}</strong> of {counted(examined, 'stored mail')} would be judged
        differently.
      </p>
      {examples.length === 0 ? null : (
        <Table
          label="Mails that would be judged differently"
          columns={columns}
          items={examples.slice(0, shown)}
          keyOf={({ bounceId, receivedAt }) => `${bounceId} ${receivedAt.getTime()}`}
          empty=""
        />
      )}
      {mayChange ? (
        <form method="post" action="/rules/save" class="act">
          <Hidden values={{ ...given, id, force: force ? 'yes' : undefined }} />
          <button type="submit" class={force ? 'danger' : 'main'}>
            {force ? 'Save all the same' : 'Save rule'}
          </button>
        </form>
      ) : null}
    </section>
  )
}

type Example = RulePreview['examples'][number]

/** The newest so many. */
const shown = 20

const columns: readonly TableColumn<Example>[] = [
  {
    title: 'Received',
    cell: ({ bounceId, receivedAt }) =>
      bounceId === null ? (
        <Time at={receivedAt} />
      ) : (
        <a href={`/events/${bounceId}`}>
          <Time at={receivedAt} />
        </a>
      ),
  },
  { title: 'Subject', kind: 'long', cell: ({ subject }) => <Words text={subject} /> },
  { title: 'Now', cell: ({ before }) => <Judged mail={before} /> },
  { title: 'Then', cell: ({ after }) => <Judged mail={after} /> },
]

function Judged({ mail: { kind, type, category } }: { readonly mail: JudgedMail }): VNode {
  if (type === null) return <span>{kind}</span>
  return (
    <span>
      <TypeMark type={type} category={category} /> {category}
    </span>
  )
}
