import type { Snapshot } from '../../snapshot/snapshot.ts'
import { notApplicable, type Outcome, undecided } from '../control.ts'
import { type Manifest, manifestsOf } from './manifests.ts'

const messages = {
  archived: 'The repository is archived: nothing in it can change.',
  empty: 'The repository has no commit yet.',
  noCode: 'GitHub finds no programming language in the repository.',
  maybeNoCode: 'Whether there is any code here was not told: GitHub was not asked, and no manifest shows it.',
}

/** Why nothing can be asked of its code; `undefined` when it has some, or nobody told. */
export const withoutCode = (snapshot: Snapshot): Outcome | undefined => {
  const { metadata } = snapshot.facts
  if (!metadata.known || metadata.value.untold?.includes('primaryLanguage')) return undefined
  return metadata.value.primaryLanguage ? undefined : notApplicable(messages.noCode)
}

/** A failure for want of something that only code needs; not known as one where nobody told whether there is code. */
export const unlessWithoutCode = (snapshot: Snapshot, outcome: Outcome): Outcome => {
  const { metadata } = snapshot.facts
  const isTold = !metadata.known || !metadata.value.untold?.includes('primaryLanguage')
  if (outcome.status !== 'fail' || isTold || manifestsOf(snapshot, () => false).some(isOfCode)) return outcome
  return undecided(messages.maybeNoCode)
}

/** A pipeline or an image is also made for documents. */
const isOfCode = ({ ecosystem }: Manifest): boolean =>
  ecosystem !== 'github-actions' && ecosystem !== 'docker'

/** Why nothing can be asked of the repository's files; `undefined` when something can. */
export const atRest = (snapshot: Snapshot): Outcome | undefined => {
  const { metadata } = snapshot.facts
  if (!metadata.known) return undefined
  if (metadata.value.isArchived) return notApplicable(messages.archived)
  return metadata.value.isEmpty ? notApplicable(messages.empty) : undefined
}
