import { listed, plain, quoted } from '../snapshot/quoted-text.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import type { Control, Outcome } from './control.ts'
import { fail, notApplicable, pass, undecided, unreadableFile } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { atRest } from './support/at-rest.ts'
import { type FirstFile, firstFile } from './support/first-file.ts'
import { given, names } from './support/parameter.ts'

/** As people name it; of two that hold together, as is the custom for Rust, either. */
const paths = [
  'LICENSE',
  'LICENSE.md',
  'LICENSE.txt',
  'LICENSE.rst',
  'LICENCE',
  'LICENCE.md',
  'LICENCE.txt',
  'license',
  'license.md',
  'License.txt',
  'LICENSE-MIT',
  'LICENSE-APACHE',
  'MIT-LICENSE',
  'COPYING',
  'COPYING.md',
  'UNLICENSE',
] as const

/** What GitHub says of a text that it does not recognise. */
const unrecognised = 'NOASSERTION'

const messages = {
  private: 'The repository is not public, and the policy names no licences that it may have.',
  missing: 'There is no licence. Expected LICENSE at the root: without one nobody may use the code.',
  empty: (path: string): string => `${path} is empty. Expected the text of the licence.`,
  notAllowed: (found: string, allowed: readonly string[]): string =>
    `${found}. Expected one of ${listed(allowed.map(plain), 10)}.`,
  untold: (path: string): string =>
    `${path} is there; which licence it is was not told, because GitHub was not asked.`,
  maybePrivate:
    'There is no licence; whether the repository is public, and so needs one, was not told. --visibility tells it.',
}

const allowedLicences = names([], 'SPDX ids, such as [Apache-2.0, MIT]')

export const licensePresent: Control = {
  id: 'license-present',
  title: 'Licence present',
  why: 'Without a licence nobody outside may use, change or pass on the code, whatever was meant.',
  satisfies: evidenceOf('license-present'),
  reads: { files: [...paths], facts: ['metadata'] },
  parameters: { allowed: allowedLicences },
  check: (snapshot, context) => {
    const resting = atRest(snapshot)
    if (resting) return resting
    const allowed = given(context, 'allowed', allowedLicences)
    const { metadata } = snapshot.facts
    if (!metadata.known) return undecided(`${metadata.detail}.`)
    const visibilityTold = !metadata.value.untold?.includes('visibility')
    if (allowed.length === 0 && visibilityTold && metadata.value.visibility !== 'public')
      return notApplicable(messages.private)
    const found = firstFile(snapshot, paths)
    if (found.status === 'there' && !/\S/.test(found.content.text))
      return fail({
        message: messages.empty(found.path),
        location: { path: found.path, line: 1 },
        next: `Write the text of the licence into ${found.path}`,
      })
    return judged(snapshot, found, metadata.value.licence, allowed, visibilityTold)
  },
}

const judged = (
  snapshot: Snapshot,
  found: FirstFile,
  licence: string | undefined,
  allowed: readonly string[],
  visibilityTold: boolean,
): Outcome => {
  // GitHub knows names of files that are not among ours, and has not seen what a pull request adds.
  if (!licence && found.status === 'unread') return unreadableFile(found.path, found.fact)
  if (!licence && found.status === 'absent')
    return visibilityTold || allowed.length > 0 || licence === ''
      ? fail({ message: messages.missing, next: 'Add LICENSE with the text of the licence' })
      : undecided(messages.maybePrivate)
  if (allowed.length === 0)
    return pass(
      licence && licence !== unrecognised ? `The licence is ${plain(licence)}.` : 'A licence is there.',
    )
  if (!licence)
    return snapshot.target.kind === 'pull-request' && licence === ''
      ? undecided('GitHub says which licence it is once it is on the default branch.')
      : undecided(messages.untold(found.status === 'there' ? found.path : 'A licence'))
  if (allowed.some(each => each.toLowerCase() === licence.toLowerCase()))
    return pass(`The licence is ${plain(licence)}.`)
  return fail({
    message: messages.notAllowed(
      licence === unrecognised
        ? 'The licence is none that GitHub recognises'
        : `The licence is ${quoted(licence)}`,
      allowed,
    ),
    ...(found.status === 'there' ? { location: { path: found.path, line: 1 } } : {}),
    next: `Use ${listed(allowed.map(plain), 3).replace(/ and ([^ ]+)$/, ' or $1')}, or ask those who keep the policy to allow this one`,
  })
}
