import { releaseNotes } from '../../src/controls/release-notes.ts'
import { type Release, unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'

const release = (tag: string, notes = ''): Release => ({ exists: true, tag, notes, assets: [] })
const facts = (latestRelease: Release) => ({ latestRelease })
const named = (tag: string, line: string, says = `CHANGELOG.md has ${tag}.`) => ({
  facts: facts(release(tag)),
  files: { 'CHANGELOG.md': `# Changes\n\n${line}\n\n- Things\n` },
  says,
})
const unnamed = (tag: string, line: string) =>
  named(
    tag,
    line,
    `The release "${tag}" doesn't say what changed, and CHANGELOG.md doesn't name it. Expected notes, or its version as a heading of CHANGELOG.md.`,
  )

controlTable(releaseNotes, {
  pass: {
    'a release with notes': {
      facts: facts(release('v1.2.0', '## What changed\n- Faster')),
      says: 'The release v1.2.0 has notes.',
    },
    'its version as a heading': named('v1.2.0', '## 1.2.0'),
    'as Keep a Changelog writes it': named('v1.2.0', '## [1.2.0] - 2026-11-22'),
    'as a heading that is underlined': named('1.2.0', 'v1.2.0 (22 November 2026)\n---'),
    "one package of a monorepo's": named('web@1.2.0', '## web 1.2.0'),
    'a tag without a number': named('stable', '## stable'),
  },
  fail: {
    'nothing says what changed': {
      facts: facts(release('v1.2.0', ' \n')),
      says: 'The release "v1.2.0" doesn\'t say what changed, and there is no CHANGELOG.md. Expected notes, or its version as a heading of CHANGELOG.md.',
      next: 'Edit the release "v1.2.0" and write what changed, or press "Generate release notes"',
    },
    'only the link that GitHub generates': {
      facts: facts(
        release('v1.2.0', '**Full Changelog**: https://github.com/acme/pay/compare/v1.1.0...v1.2.0\n'),
      ),
      says: 'The release "v1.2.0" doesn\'t say what changed, and there is no CHANGELOG.md. Expected notes, or its version as a heading of CHANGELOG.md.',
    },
    'another version that begins alike': unnamed('v1.2.0', '## 1.2.0.1'),
    'another version that ends alike': unnamed('v1.2.0', '## 11.2.0'),
    'its release candidate': unnamed('v1.2.0', '## 1.2.0-rc.1'),
    'its version in the middle of a sentence': unnamed('v1.2.0', 'Since 1.2.0 it is faster.'),
    'a change log that is no text': {
      facts: facts(release('v1.2.0')),
      files: { 'CHANGELOG.md': unknown('binary', 'CHANGELOG.md is binary') },
      says: 'CHANGELOG.md CHANGELOG.md is binary.',
    },
  },
  unknown: {
    'releases that could not be read': {
      facts: { latestRelease: unknown('unavailable', 'GitHub did not answer') },
      says: 'GitHub did not answer.',
    },
    'a change log that could not be read': {
      facts: facts(release('v1.2.0')),
      files: { 'CHANGELOG.md': unknown('partial-answer', 'CHANGELOG.md was not read') },
      says: 'CHANGELOG.md was not read.',
    },
  },
  'not-applicable': {
    'no release': {
      facts: { latestRelease: { exists: false } },
      says: 'There is no release yet, and so nothing to tell of one.',
    },
  },
})
