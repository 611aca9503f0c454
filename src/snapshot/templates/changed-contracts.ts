import type { Snapshot, TemplateContract, TemplateEntry } from '../snapshot.ts'
import { contractsOf, type OwnContract } from './templates.ts'

export interface ChangedContract {
  /** `template:default/payments-service` */
  ref: string
  contract: TemplateContract | TemplateEntry
}

/**
 * Templates that ask for something else than before, or make something else, or are gone. Pure. @param readBy what a
 * control reads, as it is given where contracts are kept: services are compared by the same files then
 */
export const changedContracts = (
  before: Snapshot | undefined,
  after: Snapshot,
  readBy?: Parameters<typeof contractsOf>[1],
): ChangedContract[] => {
  const was = before ? contractsOf(before, readBy) : []
  const is = contractsOf(after, readBy).map(own => stillMaking(own, was))
  const changed = is.filter(({ ref }) => textOf(before, ref) !== textOf(after, ref))
  const gone = was.filter(({ ref }) => !is.some(each => each.ref === ref))
  return [...changed, ...gone.map(({ ref }): ChangedContract => ({ ref, contract: { exists: false } }))]
}

/** What can't be rendered now is kept as it was, and compared with that. */
const stillMaking = (own: OwnContract, was: readonly OwnContract[]): OwnContract => {
  const before = own.rendered ? undefined : was.find(({ ref }) => ref === own.ref)?.contract
  if (!before) return own
  const { files, example } = before
  return { ...own, contract: { ...own.contract, files, ...(example ? { example } : {}) } }
}

/** All that a template asks for and makes, without the places where it stands. */
const textOf = (snapshot: Snapshot | undefined, ref: string): string =>
  JSON.stringify(
    (snapshot?.skeletons ?? [])
      .filter(({ template }) => template === ref)
      .map(({ requires, version, example, rendered }) => [requires, version, example, rendered]),
  )
