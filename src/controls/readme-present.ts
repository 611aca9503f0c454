import { plain } from '../snapshot/quoted-text.ts'
import type { Control } from './control.ts'
import { fail, pass, unreadableFile } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { atRest } from './support/at-rest.ts'
import { firstFile } from './support/first-file.ts'

/** In the order in which GitHub chooses the one to show, as people write them. */
const paths = [
  '.github/README.md',
  '.github/readme.md',
  'README.md',
  'readme.md',
  'Readme.md',
  'README',
  'README.adoc',
  'README.rst',
  'README.txt',
  'README.markdown',
  'README.org',
  'readme.rst',
  'readme.txt',
  'docs/README.md',
  'docs/readme.md',
  'docs/README.rst',
] as const

const messages = {
  missing:
    'There is no README at the root, in .github or in docs. Expected README.md, which says what this is.',
  empty: (path: string): string => `${path} says nothing. Expected what this is and how it is run.`,
}

export const readmePresent: Control = {
  id: 'readme-present',
  title: 'README present',
  why: 'Whoever opens the repository for the first time has to learn what it is and how it is run.',
  satisfies: evidenceOf('readme-present'),
  reads: { files: [...paths], facts: ['metadata'] },
  check: snapshot => {
    const resting = atRest(snapshot)
    if (resting) return resting
    const found = firstFile(snapshot, paths)
    if (found.status === 'unread') return unreadableFile(found.path, found.fact)
    if (found.status === 'absent')
      return fail({ message: messages.missing, next: 'Add README.md with what this is and how it is run' })
    return /\S/.test(found.content.text)
      ? pass(`${plain(found.path)} is there.`)
      : fail({
          message: messages.empty(found.path),
          location: { path: found.path, line: 1 },
          next: `Write into ${found.path} what this is and how it is run`,
        })
  },
}
