import { sbomAvailable } from '../../src/controls/sbom-available.ts'
import { type Release, unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'

const languages = { Go: 1200 }
const none = { exists: false } as const
const release = (...assets: string[]): Release => ({ exists: true, tag: 'v1.2.0', notes: '', assets })
const off = unknown('not-configured', 'The dependency graph is switched off for this repository')

controlTable(sbomAvailable, {
  pass: {
    'a dependency graph that names packages': {
      facts: { languages, latestRelease: none, sbom: { packages: 214 } },
      says: "GitHub's dependency graph gives an SBOM that names 214 packages.",
    },
    'an SBOM among the files of the release': {
      facts: { languages, sbom: off, latestRelease: release('app.tar.gz', 'app_1.2.0.spdx.json') },
      says: 'The release v1.2.0 has the SBOM "app_1.2.0.spdx.json".',
    },
  },
  fail: {
    'a dependency graph that is switched off': {
      facts: { languages, sbom: off, latestRelease: release('app.tar.gz') },
      says: 'The dependency graph is switched off for this repository, and the latest release has no SBOM among its files. Expected one of them to say what is in here.',
      next: 'Enable the dependency graph, under Settings, Advanced Security, or have the release attach an SBOM, such as sbom.spdx.json',
    },
  },
  unknown: {
    'a dependency graph that may not be read': {
      facts: {
        languages,
        latestRelease: none,
        sbom: unknown('permission', 'Grant the app "Contents: read"'),
      },
      says: 'Grant the app "Contents: read".',
    },
    'a dependency graph that is empty, for one reason or another': {
      facts: { languages, latestRelease: none, sbom: { packages: 0 } },
      says: "GitHub's dependency graph names no package: this repository depends on nothing, or says so in a file that GitHub doesn't read. An SBOM among the files of its release would settle it.",
    },
  },
  'not-applicable': {
    'no code': {
      facts: { languages: {}, latestRelease: none, sbom: off },
      says: 'GitHub finds no programming language in this repository, so there is nothing that could have parts.',
    },
  },
})
