import { plain } from '../../snapshot/quoted-text.ts'
import type { Fact, Metadata, Protection } from '../../snapshot/snapshot.ts'
import type { Outcome } from '../control.ts'
import { notApplicable, undecided } from '../control.ts'

const messages = {
  empty: 'The repository has no commit, and so no default branch to protect.',
  archived:
    'The repository is archived: nobody can push to it, and its rules can only be changed after it is unarchived.',
}

/** The default branch with what guards it, or why there is nothing to judge. */
export const guardedBranch = (
  metadata: Fact<Metadata>,
  protection: Fact<Protection>,
): { branch: string; protection: Protection } | Outcome => {
  if (metadata.known && metadata.value.isEmpty) return notApplicable(messages.empty)
  if (metadata.known && metadata.value.isArchived) return notApplicable(messages.archived)
  if (!protection.known) return undecided(`${protection.detail}.`)
  return {
    branch: plain((metadata.known && metadata.value.defaultBranch) || 'The default branch'),
    protection: protection.value,
  }
}

/** Where a person changes it, to stand after a comma. */
export const underRulesets = 'under Settings, Rules, Rulesets'
