import { plain, quoted } from '../snapshot/quoted-text.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import type { Control } from './control.ts'
import { fail, notApplicable, pass, undecided } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { kindsOf } from './support/release-files.ts'

const messages = {
  none: (detail: string): string =>
    `${detail}, and the latest release has no SBOM among its files. Expected one of them to say what is in here.`,
  empty:
    "GitHub's dependency graph names no package: this repository depends on nothing, or says so in a file that GitHub doesn't read. An SBOM among the files of its release would settle it",
  noCode:
    'GitHub finds no programming language in this repository, so there is nothing that could have parts.',
}

export const sbomAvailable: Control = {
  id: 'sbom-available',
  title: 'SBOM available',
  why: 'When a library turns out to be vulnerable, the question is who uses it, and it is asked at night.',
  satisfies: evidenceOf('sbom-available'),
  reads: { files: [], facts: ['sbom', 'latestRelease', 'languages'] },
  check: snapshot => {
    const { sbom, languages } = snapshot.facts
    if (languages.known && Object.keys(languages.value).length === 0) return notApplicable(messages.noCode)
    if (sbom.known && sbom.value.packages > 0)
      return pass(
        `GitHub's dependency graph gives an SBOM that names ${sbom.value.packages === 1 ? '1 package' : `${sbom.value.packages} packages`}.`,
      )
    const released = releasedSbom(snapshot)
    if (released) return pass(`${released}.`)
    if (sbom.known) return undecided(`${messages.empty}.`)
    // Switched off is the repository's own doing; what a permission hides is not.
    if (sbom.reason !== 'not-configured') return undecided(`${sbom.detail}.`)
    return fail({
      message: messages.none(sbom.detail),
      next: 'Enable the dependency graph, under Settings, Advanced Security, or have the release attach an SBOM, such as sbom.spdx.json',
    })
  },
}

const releasedSbom = (snapshot: Snapshot): string | undefined => {
  const { latestRelease } = snapshot.facts
  if (!latestRelease.known || !latestRelease.value.exists) return undefined
  const name = latestRelease.value.assets.find(asset => kindsOf(asset).includes('sbom'))
  return name && `The release ${plain(latestRelease.value.tag)} has the SBOM ${quoted(name)}`
}
