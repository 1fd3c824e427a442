// Which column is used for what: a written column has only one use in the whole file.

import type { CampaignMapping, ColumnRef, CrmMapping, ModuleMapping } from '../../crm/mapping.ts'

interface Use {
  readonly ref: ColumnRef
  /** The purpose; two modules that share a table may use a column for the same purpose. */
  readonly role: string
  readonly owner: string
  readonly isWritten: boolean
}

/** Conflicting uses of one column: one of them, or both, would be overwritten. */
export function doubleUses({ modules, campaigns }: CrmMapping): readonly {
  readonly ref: ColumnRef
  readonly other: ColumnRef
  readonly isSameOwner: boolean
}[] {
  const uses = [...modules.flatMap(usesOfModule), ...(campaigns ? usesOfCampaigns(campaigns) : [])]
  return uses.flatMap((use, index) => {
    if (!use.isWritten) return []
    const other = uses.find(
      (each, at) =>
        each.ref.table === use.ref.table &&
        each.ref.column === use.ref.column &&
        (each.owner === use.owner || each.role !== use.role) &&
        // If both are written, the second is at fault.
        (each.isWritten ? at < index : true),
    )
    return other ? [{ ref: use.ref, other: other.ref, isSameOwner: other.owner === use.owner }] : []
  })
}

function usesOfModule(module: ModuleMapping): readonly Use[] {
  const { addresses, flag, bouncedAddress, optOut, updatedAt } = module
  const { read, written } = collect(`modules.${module.module}`)
  const all = [
    read('id', module.id),
    ...module.beside.map(ref => read('beside', ref)),
    ...module.where.map(ref => read('where', ref)),
  ]
  if (addresses.kind === 'columns') all.push(...addresses.columns.map(ref => written('addresses', ref)))
  else
    all.push(
      read('addresses.id', addresses.id),
      read('addresses.address', addresses.address),
      read('addresses.record', addresses.record),
      read('addresses.primary', addresses.primary),
      ...addresses.where.map(ref => read('addresses.where', ref)),
      read('addresses.link.address', addresses.link?.address),
      ...(addresses.link?.where ?? []).map(ref => read('addresses.link.where', ref)),
      written('addresses.mark', addresses.mark),
      written('addresses.markedAt', addresses.markedAt),
      written('addresses.clearedAt', addresses.clearedAt),
      written('addresses.optOut', addresses.optOut),
      written('addresses.updatedAt', addresses.updatedAt),
    )
  all.push(
    written('flag', flag),
    written('bouncedAddress', bouncedAddress),
    written('optOut', optOut),
    written('updatedAt', updatedAt),
  )
  return all.flat()
}

function usesOfCampaigns(campaigns: CampaignMapping): readonly Use[] {
  const { read, written } = collect('campaigns')
  return [
    read('campaigns.id', campaigns.id),
    ...campaigns.where.map(ref => read('campaigns.where', ref)),
    written('campaigns.hardBounces', campaigns.hardBounces),
    written('campaigns.softBounces', campaigns.softBounces),
    written('campaigns.blockedBounces', campaigns.blockedBounces),
    written('campaigns.complaints', campaigns.complaints),
    written('campaigns.updatedAt', campaigns.updatedAt),
  ].flat()
}

function collect(owner: string) {
  const use =
    (isWritten: boolean) =>
    (role: string, ref: ColumnRef | null | undefined): readonly Use[] =>
      ref ? [{ ref, role, owner, isWritten }] : []
  return { read: use(false), written: use(true) }
}
