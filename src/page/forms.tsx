// The fields of forms: each with its label, its hint, and what is wrong with it.

import { type ComponentChildren, createElement, type InputHTMLAttributes, type VNode } from 'preact'

interface FieldProps {
  readonly label: string
  readonly name: string
  readonly value?: string | undefined
  readonly hint?: string
  readonly type?: 'text' | 'search' | 'date' | 'number' | 'password'
  readonly required?: boolean
  readonly maxLength?: number
  readonly placeholder?: string
  readonly autoFocus?: boolean
  readonly autoComplete?: string
}

export function Field({ label, name, value = '', hint, type = 'text', ...more }: FieldProps): VNode {
  const id = `field-${name}`
  const own = {
    id,
    name,
    value,
    ...(hint === undefined ? {} : { 'aria-describedby': `${id}-hint` }),
    ...more,
  }
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {createElement('input', { ...own, type } as InputHTMLAttributes<HTMLInputElement>)}
      {hint === undefined ? null : (
        <small id={`${id}-hint`} class="faint">
          {hint}
        </small>
      )}
    </div>
  )
}

export interface Choice {
  readonly value: string
  readonly label: string
}

/** `any`: the label of the choice that leaves it open; without it one has to be chosen. */
export function Select(props: {
  readonly label: string
  readonly name: string
  readonly value: string | undefined
  readonly choices: readonly Choice[]
  readonly any?: string
  readonly hint?: string
}): VNode {
  const { label, name, value, choices, any, hint } = props
  const id = `field-${name}`
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} name={name} {...(hint === undefined ? {} : { 'aria-describedby': `${id}-hint` })}>
        {any === undefined ? null : (
          <option value="" selected={value === undefined || value === ''}>
            {any}
          </option>
        )}
        {choices.map(choice => (
          <option key={choice.value} value={choice.value} selected={choice.value === value}>
            {choice.label}
          </option>
        ))}
      </select>
      {hint === undefined ? null : (
        <small id={`${id}-hint`} class="faint">
          {hint}
        </small>
      )}
    </div>
  )
}

export const choicesOf = (words: readonly string[]): readonly Choice[] =>
  words.map(word => ({ value: word, label: word }))

/** Values that go along unseen. */
export function Hidden({ values }: { readonly values: Readonly<Record<string, string | undefined>> }): VNode {
  return (
    <>
      {Object.entries(values).map(([name, value]) =>
        value === undefined || value === '' ? null : (
          <input key={name} type="hidden" name={name} value={value} />
        ),
      )}
    </>
  )
}

/** A button that does one thing, in a form of its own. */
export function Act(props: {
  readonly action: string
  readonly values?: Readonly<Record<string, string | undefined>>
  readonly class?: string
  readonly label?: string
  readonly children: ComponentChildren
}): VNode {
  return (
    <form method="post" action={props.action} class="act">
      <Hidden values={props.values ?? {}} />
      <button type="submit" class={props.class ?? ''} {...(props.label ? { 'aria-label': props.label } : {})}>
        {props.children}
      </button>
    </form>
  )
}

/** The next page of a list, and the way back to its beginning. */
export function Pager({
  path,
  query,
  next,
}: {
  readonly path: string
  readonly query: Readonly<Record<string, string | undefined>>
  readonly next: string | null
}): VNode | null {
  const isFirst = query.after === undefined || query.after === ''
  if (isFirst && next === null) return null
  return (
    <nav class="pager" aria-label="Pages of this list">
      {isFirst ? null : <a href={urlOf(path, { ...query, after: undefined })}>First page</a>}
      {next === null ? null : (
        <a href={urlOf(path, { ...query, after: next })} rel="next">
          Next page
        </a>
      )}
    </nav>
  )
}

/** A path with a query of what is given. */
export function urlOf(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, value]],
  )
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`
}
