import { describe, expect, it } from 'vitest'
import { releaseIntegrity } from '../../src/controls/release-integrity.ts'
import { kindsOf } from '../../src/controls/support/release-files.ts'
import { type Release, unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'

const facts = (...assets: string[]): { latestRelease: Release } => ({
  latestRelease: { exists: true, tag: 'v1.2.0', notes: '', assets },
})

controlTable(releaseIntegrity, {
  pass: {
    checksums: {
      facts: facts('app.tar.gz', 'checksums.txt'),
      says: 'The release v1.2.0 has "checksums.txt" to verify it with.',
    },
    'a signature, which is what the policy asks for': {
      facts: facts('checksums.txt', 'app.tar.gz.sig'),
      parameters: { 'any-of': ['signature', 'attestation'] },
      says: 'The release v1.2.0 has "app.tar.gz.sig" to verify it with.',
    },
  },
  fail: {
    'only what was built': {
      facts: facts('app.tar.gz'),
      says: 'Nothing among the one file of the release "v1.2.0" lets anybody tell whether they are the ones that were built. Expected checksums, a signature, an attestation or an SBOM.',
      next: 'Have the release workflow attach checksums.txt, or an attestation by actions/attest-build-provenance',
    },
    'less than the policy asks for': {
      facts: facts('app.tar.gz', 'checksums.txt'),
      parameters: { 'any-of': ['attestation'] },
      says: 'Nothing among the 2 files of the release "v1.2.0" lets anybody tell whether they are the ones that were built. Expected an attestation.',
    },
  },
  unknown: {
    'releases that could not be read': {
      facts: { latestRelease: unknown('unavailable', 'GitHub did not answer') },
      says: 'GitHub did not answer.',
    },
  },
  'not-applicable': {
    'no release': {
      facts: { latestRelease: { exists: false } },
      says: 'There is no release yet, and so nothing to verify.',
    },
    'a release of the source alone': {
      facts: facts(),
      says: 'The release "v1.2.0" has no files of its own, only the source that GitHub packs.',
    },
  },
})

describe('what a file of a release is', () => {
  it.each<[string, string[]]>([
    ['checksums.txt', ['checksums']],
    ['app_1.2.0_SHA256SUMS', ['checksums']],
    ['app.tar.gz.sha256', ['checksums']],
    ['app.tar.gz.asc', ['signature']],
    ['checksums.txt.sigstore.json', ['checksums', 'signature']],
    ['multiple.intoto.jsonl', ['attestation']],
    ['app-provenance.json', ['attestation']],
    ['app.cdx.json', ['sbom']],
    ['bom.xml', ['sbom']],
    ['sbom.spdx.json.sig', ['signature', 'sbom']],
    ['bombardier.exe', []],
    ['signal.tar.gz', []],
    ['sha1sum.txt', []],
    ['design.png', []],
  ])('%s is %j', (name, kinds) => {
    expect(kindsOf(name)).toEqual(kinds)
  })
})
