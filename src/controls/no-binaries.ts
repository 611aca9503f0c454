import { nameOf } from '../snapshot/files/tree-files.ts'
import { plain } from '../snapshot/quoted-text.ts'
import type { TreeEntry } from '../snapshot/snapshot.ts'
import type { Control } from './control.ts'
import { failIfAny, pass } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { bounded } from './support/bounded.ts'
import { namedFiles } from './support/named-files.ts'
import { globs } from './support/parameter.ts'

const messages = {
  found: (path: string, what: string): string =>
    `${plain(path)} is ${what}, by its name. Expected what it is built from, so that somebody can review it.`,
}

/** The wrappers are how Gradle and Maven are meant to be committed; what unpacks archives is tested with archives. */
const ignore = globs([
  '**/gradle/wrapper/gradle-wrapper.jar',
  '**/.mvn/wrapper/maven-wrapper.jar',
  '**/testdata/**',
  '**/fixtures/**',
  '**/__fixtures__/**',
  '**/{test,tests}/data/**',
  '**/src/test/resources/**',
])

export const noBinaries: Control = {
  id: 'no-binaries',
  title: 'No binaries committed',
  why: 'Nobody can review what a binary does, and it stays in the history when its source has long been repaired.',
  satisfies: evidenceOf('no-binaries'),
  reads: { files: [], facts: ['metadata'], tree: true },
  parameters: { ignore },
  check: (snapshot, context) => {
    const files = namedFiles(snapshot, context, ignore, kindOf)
    if ('status' in files) return files
    const findings = files.map(({ path, kind }) => ({
      message: messages.found(path, kind),
      location: { path },
      next: `Remove ${plain(path)}, build it where it is needed or keep it as a release or package`,
    }))
    return failIfAny(bounded(findings), () => pass('No file has a name that a binary or an archive has.'))
  },
}

const program = 'a compiled program or library'
const archive = 'an archive, an image or a package'

/** Without those that text has as well: obj and pdb are models and molecules, img and node the ends of many names. */
const programs = 'exe dll msi so dylib a lib o ko elf class dex pyc pyo pyd beam wasm'.split(' ')
const archives =
  'jar war ear aar apk aab ipa whl egg gem nupkg crx xpi deb rpm zip tar tgz gz bz2 xz zst 7z rar cab iso dmg'.split(
    ' ',
  )

const kinds: ReadonlyMap<string, string> = new Map([
  ...programs.map(extension => [extension, program] as const),
  ...archives.map(extension => [extension, archive] as const),
])

const kindOf = ({ path, mode }: TreeEntry): string | undefined => {
  // A link has a name and no content of its own.
  if (mode === '120000') return undefined
  const name = nameOf(path).toLowerCase()
  const dot = name.lastIndexOf('.')
  if (dot < 1) return undefined
  const kind = kinds.get(name.slice(dot + 1))
  // `libpay.so.1.2`
  return kind ?? (/\.so(?:\.\d{1,9}){1,4}$/.test(name) ? program : undefined)
}
