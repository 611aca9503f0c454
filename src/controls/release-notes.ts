import { plain, quoted } from '../snapshot/quoted-text.ts'
import type { Release } from '../snapshot/snapshot.ts'
import { file } from '../snapshot/snapshot.ts'
import type { Control } from './control.ts'
import { fail, notApplicable, pass, undecided, unreadableFile } from './control.ts'
import { evidenceOf } from './evidence.ts'

const path = 'CHANGELOG.md'

const messages = {
  none: 'There is no release yet, and so nothing to tell of one.',
  untold: ({ tag }: Release, has: boolean): string =>
    `The release ${quoted(tag)} doesn't say what changed, and ${has ? `${path} doesn't name it` : `there is no ${path}`}. Expected notes, or its version as a heading of ${path}.`,
}

export const releaseNotes: Control = {
  id: 'release-notes',
  title: 'Release notes present',
  why: 'Whoever has to decide about an update, or look for what broke, needs to read what changed.',
  satisfies: evidenceOf('release-notes'),
  reads: { files: [path], facts: ['latestRelease'] },
  check: snapshot => {
    const { latestRelease } = snapshot.facts
    if (!latestRelease.known) return undecided(`${latestRelease.detail}.`)
    const release = latestRelease.value
    if (!release.exists) return notApplicable(messages.none)
    if (hasNotes(release.notes)) return pass(`The release ${plain(release.tag)} has notes.`)
    const changelog = file(snapshot, path)
    if (!changelog.known) return unreadableFile(path, changelog)
    if (changelog.value.exists && isNamed(release.tag, changelog.value.text))
      return pass(`${path} has ${plain(release.tag)}.`)
    return fail({
      message: messages.untold(release, changelog.value.exists),
      next: `Edit the release ${quoted(release.tag)} and write what changed, or press "Generate release notes"`,
    })
  },
}

/** GitHub's generated notes end with a link to the comparison; alone it says only that something changed. */
const hasNotes = (notes: string): boolean =>
  notes.split('\n').some(line => line.trim() !== '' && !/^[*_\s]*Full Changelog[*_\s]*:/i.test(line))

/** `v1.2.3` and `web@1.2.3` are `1.2.3` in a change log; a tag without a number is looked for as it is. */
const isNamed = (tag: string, text: string): boolean => {
  const version = /\d+(?:\.\d+)*[\w.+-]*$/.exec(tag.slice(0, 200))?.[0] ?? tag
  return text.split('\n').some(line => isHeading(line) && holdsWord(line.slice(0, 300), version))
}

/** `## 1.2.3`, `## [1.2.3] - 2026-11-22`, `**v1.2.3**`, `1.2.3 (22 November 2026)`. */
const isHeading = (line: string): boolean => /^\s{0,3}(#|\*\*|\[|v?\d)/i.test(line)

/** 1.2.3 stands in `v1.2.3:` and not in `11.2.3` or `1.2.3.4` or `1.2.3-rc.1`. */
const holdsWord = (line: string, word: string): boolean => {
  for (let at = line.indexOf(word); at !== -1; at = line.indexOf(word, at + 1)) {
    const before = line[at - 1] ?? ' '
    const after = line.slice(at + word.length, at + word.length + 2)
    if (!/[\d.]/.test(before) && !/^(\w|[.+-]\w)/.test(after)) return true
  }
  return false
}
