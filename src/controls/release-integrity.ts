import { listed, plain, quoted } from '../snapshot/quoted-text.ts'
import type { Release } from '../snapshot/snapshot.ts'
import type { Control } from './control.ts'
import { fail, notApplicable, pass, undecided } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { choices, given } from './support/parameter.ts'
import { kindsOf, type ReleaseFileKind, releaseFileKinds } from './support/release-files.ts'

const messages = {
  none: 'There is no release yet, and so nothing to verify.',
  noFiles: ({ tag }: Release): string =>
    `The release ${quoted(tag)} has no files of its own, only the source that GitHub packs.`,
  unverifiable: ({ tag, assets }: Release, wanted: readonly ReleaseFileKind[]): string =>
    `Nothing among the ${assets.length === 1 ? 'one file' : `${assets.length} files`} of the release ${quoted(tag)} lets anybody tell whether they are the ones that were built. Expected ${listed(
      wanted.map(kind => called[kind]),
      4,
    ).replace(' and ', ' or ')}.`,
}

const called: Record<ReleaseFileKind, string> = {
  checksums: 'checksums',
  signature: 'a signature',
  attestation: 'an attestation',
  sbom: 'an SBOM',
}

const anyOf = choices<ReleaseFileKind>(releaseFileKinds, releaseFileKinds)

export const releaseIntegrity: Control = {
  id: 'release-integrity',
  title: 'Release can be verified',
  why: 'Who installs a release must be able to tell that nobody changed it between the build and the download.',
  satisfies: evidenceOf('release-integrity'),
  reads: { files: [], facts: ['latestRelease'] },
  heuristic: true,
  parameters: { 'any-of': anyOf },
  check: (snapshot, context) => {
    const { latestRelease } = snapshot.facts
    if (!latestRelease.known) return undecided(`${latestRelease.detail}.`)
    const release = latestRelease.value
    if (!release.exists) return notApplicable(messages.none)
    if (release.assets.length === 0) return notApplicable(messages.noFiles(release))
    const wanted = given(context, 'any-of', anyOf)
    const found = release.assets.find(name => kindsOf(name).some(kind => wanted.includes(kind)))
    if (found !== undefined)
      return pass(`The release ${plain(release.tag)} has ${quoted(found)} to verify it with.`)
    return fail({
      message: messages.unverifiable(release, wanted),
      next: 'Have the release workflow attach checksums.txt, or an attestation by actions/attest-build-provenance',
    })
  },
}
