import { plain, quoted } from '../snapshot/quoted-text.ts'
import type { Collaborator } from '../snapshot/snapshot.ts'
import type { Control } from './control.ts'
import { failIfAny, notApplicable, pass, undecided } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { archived, isArchived } from './support/archived.ts'
import { bounded } from './support/bounded.ts'
import { choice, given } from './support/parameter.ts'
import { access, settingFix } from './support/setting-fix.ts'

const messages = {
  above: ({ login, permission }: Collaborator, most: Collaborator['permission']): string =>
    `${quoted(login)} is no member of the organisation and has ${permission} here. Expected ${most} at most.`,
}

/** The least first. */
const permissions = [
  'read',
  'triage',
  'write',
  'maintain',
  'admin',
] as const satisfies readonly Collaborator['permission'][]
const most = choice<Collaborator['permission']>('triage', permissions)

const byFix = 'Access is then given by membership, and ends with it.'

export const outsideCollaboratorsLimited: Control = {
  id: 'outside-collaborators-limited',
  title: 'Outside collaborators limited',
  why: 'Nobody takes access away from people who are in no team when they leave, because nobody knows that they had it.',
  satisfies: evidenceOf('outside-collaborators-limited'),
  reads: { files: [], facts: ['collaborators', 'metadata'] },
  parameters: { 'at-most': most },
  check: (snapshot, context) => {
    const { metadata, collaborators } = snapshot.facts
    if (isArchived(metadata)) return notApplicable(archived)
    if (!collaborators.known) return undecided(`${collaborators.detail}.`)
    const allowed = given(context, 'at-most', most)
    const outside = collaborators.value.filter(each => each.outside)
    const above = outside.filter(each => permissions.indexOf(each.permission) > permissions.indexOf(allowed))
    return failIfAny(
      bounded(
        above.map(each => ({
          message: messages.above(each, allowed),
          next: `Give ${plain(each.login)} the role ${allowed} or take the access away, under Settings, Collaborators and teams, or make them a member`,
        })),
      ),
      () =>
        pass(
          outside.length === 0
            ? 'Nobody from outside the organisation has access of their own.'
            : `${outside.length === 1 ? 'The one outside collaborator has' : `All ${outside.length} outside collaborators have`} ${allowed} at most.`,
        ),
    )
  },
  fix: (snapshot, context) => settingFix(outsideCollaboratorsLimited.check(snapshot, context), access, byFix),
}
