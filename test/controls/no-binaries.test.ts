import { describe, expect, it } from 'vitest'
import { noBinaries } from '../../src/controls/no-binaries.ts'
import { known, type TreeEntry, unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { metadata } from '../support/facts.ts'
import { checked, snapshotOf } from '../support/snapshot.ts'

const passes = 'No file has a name that a binary or an archive has.'
const link: TreeEntry = { path: 'lib/pay.so', type: 'blob', mode: '120000' }
const directory: TreeEntry = { path: 'old.jar', type: 'tree', mode: '040000' }

controlTable(noBinaries, {
  pass: {
    'sources, images and fonts': {
      tree: ['src/pay.ts', 'logo.png', 'font.woff2', 'docs/example.com', 'a', '.so', 'molecule.pdb'],
      says: passes,
    },
    'the wrappers of Gradle and Maven': {
      tree: ['gradle/wrapper/gradle-wrapper.jar', 'services/pay/.mvn/wrapper/maven-wrapper.jar'],
      says: passes,
    },
    'what unpacking is tested with': {
      tree: ['pkg/testdata/a.zip', 'tests/fixtures/a.whl', 'tests/data/a.gz', 'src/test/resources/a.jar'],
      says: passes,
    },
    'a link and a directory of such a name': { tree: known([link, directory], 'test'), says: passes },
    'what the policy leaves out': {
      tree: ['test/data/a.zip'],
      parameters: { ignore: ['test/data/**'] },
      says: passes,
    },
  },
  fail: {
    'a program, a versioned library and an archive': {
      tree: ['bin/pay.EXE', 'lib/libpay.so.1.2', 'lib/pay.jar'],
      says: [
        'bin/pay.EXE bin/pay.EXE is a compiled program or library, by its name. Expected what it is built from, so that somebody can review it.',
        'lib/libpay.so.1.2 lib/libpay.so.1.2 is a compiled program or library, by its name. Expected what it is built from, so that somebody can review it.',
        'lib/pay.jar lib/pay.jar is an archive, an image or a package, by its name. Expected what it is built from, so that somebody can review it.',
      ],
      next: 'Remove bin/pay.EXE, build it where it is needed or keep it as a release or package',
    },
    'a wrapper, where the policy leaves out something else': {
      tree: ['gradle/wrapper/gradle-wrapper.jar'],
      parameters: { ignore: ['test/**'] },
      says: 'gradle/wrapper/gradle-wrapper.jar gradle/wrapper/gradle-wrapper.jar is an archive, an image or a package, by its name. Expected what it is built from, so that somebody can review it.',
    },
  },
  unknown: {
    'a tree that is too large': {
      tree: unknown(
        'partial-answer',
        'The repository has more files than GitHub lists in one answer (100,000)',
      ),
      says: 'The repository has more files than GitHub lists in one answer (100,000).',
    },
  },
  'not-applicable': {
    'an archived repository': {
      facts: { metadata: metadata({ isArchived: true }) },
      says: 'The repository is archived: nothing in it can change.',
    },
  },
})

describe('100,000 binaries', () => {
  it('are a hundred findings, the last of which says how many more there are', async () => {
    const tree = Array.from({ length: 100_000 }, (_, index) => `lib/${index}.jar`)
    const outcome = checked(noBinaries, await snapshotOf({ tree }))
    expect(outcome.status === 'fail' && outcome.findings.length).toBe(100)
    expect(outcome.status === 'fail' && outcome.findings.at(-1)?.message).toBe(
      '99,901 more findings like these follow from here on.',
    )
  })
})
