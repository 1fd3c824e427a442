// The fields by which lists are filtered for what bounced: events and records alike.

import type { VNode } from 'preact'
import { categoryNames } from '../model/categories.ts'
import { bounceTypes } from '../model/verdict.ts'
import { choicesOf, Field, Select } from './forms.tsx'
import type { Given } from './given.ts'

export function CauseFields({ filters }: { readonly filters: Given }): VNode {
  return (
    <>
      <Select label="Type" name="type" value={filters.type} choices={choicesOf(bounceTypes)} any="any" />
      <Select
        label="Cause"
        name="category"
        value={filters.category}
        choices={choicesOf(categoryNames)}
        any="any"
      />
      <Field label="Campaign" name="campaign" value={filters.campaign} />
    </>
  )
}

export function ProviderField(props: {
  readonly filters: Given
  readonly providers: readonly string[]
}): VNode {
  const { filters, providers } = props
  return (
    <Select
      label="Provider"
      name="provider"
      value={filters.provider}
      choices={choicesOf(providers)}
      any="any"
    />
  )
}

export function DayFields({ filters }: { readonly filters: Given }): VNode {
  return (
    <>
      <Field label="From (UTC)" name="from" type="date" value={filters.from} />
      <Field label="To (UTC)" name="to" type="date" value={filters.to} />
    </>
  )
}
