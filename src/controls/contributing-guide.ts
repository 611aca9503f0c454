import type { Control } from './control.ts'
import { fail, pass, unreadableFile } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { atRest } from './support/at-rest.ts'
import { firstFile } from './support/first-file.ts'

/** In the order in which GitHub looks for them. */
const paths = [
  '.github/CONTRIBUTING.md',
  'CONTRIBUTING.md',
  'docs/CONTRIBUTING.md',
  'CONTRIBUTING',
  'CONTRIBUTING.rst',
  'CONTRIBUTING.adoc',
  'contributing.md',
  '.github/contributing.md',
  'docs/contributing.md',
] as const
const readmes = ['README.md', 'readme.md'] as const

const messages = {
  missing:
    'There is no CONTRIBUTING.md, and README.md has no section on contributing. Expected how a change is proposed, tested and taken in.',
  empty: (path: string): string =>
    `${path} says nothing. Expected how a change is proposed, tested and taken in.`,
}

export const contributingGuide: Control = {
  id: 'contributing-guide',
  title: 'Contributing guide present',
  why: 'A first change goes well where it is written how changes are made here.',
  satisfies: evidenceOf('contributing-guide'),
  reads: { files: [...paths, ...readmes], facts: ['metadata'] },
  check: snapshot => {
    const resting = atRest(snapshot)
    if (resting) return resting
    const guide = firstFile(snapshot, paths)
    if (guide.status === 'there')
      return /\S/.test(guide.content.text)
        ? pass(`${guide.path} is there.`)
        : fail({
            message: messages.empty(guide.path),
            location: { path: guide.path, line: 1 },
            next: `Write into ${guide.path} how a change is made`,
          })
    if (guide.status === 'unread') return unreadableFile(guide.path, guide.fact)
    const described = firstFile(snapshot, readmes)
    if (described.status === 'unread') return unreadableFile(described.path, described.fact)
    return described.status === 'there' && section.test(described.content.text)
      ? pass(`${described.path} has a section on contributing.`)
      : fail({ message: messages.missing, next: 'Add CONTRIBUTING.md with how a change is made' })
  },
}

const section = /^(?:#{1,6}|=={1,5})[ \t]{1,9}.{0,80}\bcontribut/im
