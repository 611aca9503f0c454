import { Kind, type OperationDefinitionNode } from 'graphql'
import * as git from '../git.ts'
import { forbiddenWorkflow, isAncestor, isRefName, workflowRefusal } from '../ref-update.ts'
import { failure, forbidden, notFound } from './errors.ts'
import type { GraphqlNode, Reading } from './reading.ts'

/** The one mutation that is emulated: REST has no compare-and-swap of a ref. */
const EMULATED = new Set(['updateRefs', '__typename'])

export const isEmulated = (operation: OperationDefinitionNode): boolean =>
  operation.operation === 'mutation' &&
  operation.selectionSet.selections.every(each => each.kind === Kind.FIELD && EMULATED.has(each.name.value))

interface RefUpdate {
  name: string
  beforeOid?: string | null
  afterOid: string
  force?: boolean | null
}
interface UpdateRefsInput {
  repositoryId: string
  refUpdates: readonly RefUpdate[]
  clientMutationId?: string | null
}

export function mutationNode(reading: Reading): GraphqlNode {
  return {
    __typename: 'Mutation',
    updateRefs: ({ input }: { input: UpdateRefsInput }) => updateRefs(reading, input),
  }
}

/** All of them or none. What GitHub says to a ref that stands elsewhere is nowhere documented; that it refuses is. */
function updateRefs(reading: Reading, { repositoryId, refUpdates, clientMutationId }: UpdateRefsInput) {
  const { world, caller } = reading
  const repository = world.db.repos.all().find(row => row.node_id === repositoryId)
  if (!repository || !world.sees(caller, repository.id))
    throw notFound(`Could not resolve to a node with the global id of '${repositoryId}'.`)
  const mayWrite =
    caller.kind === 'person'
      ? ['admin', 'maintain', 'write'].includes(world.personPermission(repository.id, caller.login))
      : world.isInstalledOn(caller, repository.id) && world.may(caller, 'contents', 'write')
  if (!mayWrite) throw forbidden()
  if (repository.archived) throw refused('Repository was archived so is read-only.')
  const refs = world.refs(repository.id, 'refs/')
  for (const { name, beforeOid, afterOid, force } of refUpdates) {
    const now = refs.find(ref => ref.qualifiedName === name)?.sha ?? git.ZERO_SHA
    if (!isRefName(name)) throw refused(`${name} is not a valid ref name.`)
    if (beforeOid != null && beforeOid !== now)
      throw refused(`Reference ${name} is at ${now} but expected ${beforeOid}.`)
    if (afterOid === git.ZERO_SHA) {
      if (name === `refs/heads/${repository.default_branch}`)
        throw refused('Cannot delete the default branch.')
      continue
    }
    if (!world.commit(repository.id, afterOid)) throw refused(`No commit found for SHA: ${afterOid}.`)
    if (now !== git.ZERO_SHA && force !== true && !isAncestor(world, repository.id, now, afterOid))
      throw refused(`Updating ${name} is not a fast forward.`)
    const workflow = forbiddenWorkflow(world, caller, repository.id, afterOid)
    if (workflow) throw refused(workflowRefusal(workflow))
  }
  for (const { name, afterOid } of refUpdates)
    git.setRef(world.db, repository.id, name, afterOid === git.ZERO_SHA ? undefined : afterOid)
  return { __typename: 'UpdateRefsPayload', clientMutationId: clientMutationId ?? null }
}

const refused = (message: string) => failure('UNPROCESSABLE', message)
