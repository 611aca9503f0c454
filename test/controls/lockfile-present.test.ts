import { describe, expect, it } from 'vitest'
import { lockfilePresent } from '../../src/controls/lockfile-present.ts'
import { known, unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { metadata } from '../support/facts.ts'
import { checked, snapshotOf } from '../support/snapshot.ts'

const npm = '{"dependencies":{"hono":"^4"}}'
const one = 'The one manifest has its lockfile.'
const npmMissing = (path: string): string =>
  `${path}:1 ${path} names dependencies, and nothing says which versions of them are built. Expected package-lock.json, npm-shrinkwrap.json, yarn.lock, pnpm-lock.yaml, bun.lock or bun.lockb beside it or in a directory above.`

controlTable(lockfilePresent, {
  pass: {
    npm: { files: { 'package.json': npm, 'package-lock.json': '{}' }, says: one },
    'a workspace, whose lockfile is at its top': {
      files: { 'package.json': npm, 'pnpm-lock.yaml': '', 'packages/a/package.json': npm },
      says: 'All 2 manifests have their lockfiles.',
    },
    'beside examples and tests, which have none': {
      files: {
        'package.json': npm,
        'package-lock.json': '{}',
        'examples/web/requirements.txt': 'flask\n',
        'test_suite/no_std/Cargo.toml': '[package]\n',
        'test_suite/no_std/src/main.rs': '',
      },
      says: one,
    },
    'each kind with its own': {
      files: {
        'a/pyproject.toml': '[project]\ndependencies = ["flask"]\n',
        'a/uv.lock': '',
        'b/Cargo.toml': '[package]\n',
        'b/src/main.rs': '',
        'b/Cargo.lock': '',
        'c/go.mod': 'module c\nrequire x v1\n',
        'c/go.sum': '',
        'd/Gemfile': '',
        'd/Gemfile.lock': '',
        'e/composer.json': '{"require":{"a/b":"^1"}}',
        'e/composer.lock': '{}',
        'f/Pipfile': '',
        'f/Pipfile.lock': '{}',
        'g/requirements.txt':
          '# made by pip-compile\n-r base.txt\nflask==3.0.1\nacme @ https://x.example/a.whl\n',
      },
      says: 'All 7 manifests have their lockfiles.',
    },
    'a manifest that can not be read beside a lockfile': {
      files: { 'package.json': unknown('permission', 'withheld'), 'yarn.lock': '' },
      says: one,
    },
  },
  fail: {
    'an empty lockfile, and one that is a link': {
      files: { 'package.json': npm },
      tree: known(
        [
          { path: 'package.json', type: 'blob', mode: '100644', bytes: 30 },
          { path: 'yarn.lock', type: 'blob', mode: '100644', bytes: 0 },
          { path: 'pnpm-lock.yaml', type: 'blob', mode: '120000', bytes: 9 },
        ],
        'test',
      ),
      says: npmMissing('package.json'),
    },
    'npm without': {
      files: { 'package.json': npm },
      says: npmMissing('package.json'),
      next: 'Make the lockfile of package.json and commit it',
    },
    'one of two services': {
      files: { 'a/package.json': npm, 'a/yarn.lock': '', 'b/package.json': npm },
      says: npmMissing('b/package.json'),
    },
    'requirements with open versions': {
      files: { 'requirements.txt': '# web\nflask>=3 # or later\nrequests\ndjango==4.*\nok==1.0\n' },
      says: 'requirements.txt:2 requirements.txt leaves the version of flask and 2 more open. Expected name==version for each, or a lockfile.',
    },
    'a program in Rust, and a module in Go beside another': {
      files: {
        'Cargo.toml': '[package]\n',
        'src/bin/pay.rs': '',
        'go.sum': '',
        'tool/go.mod': 'module tool\n\nrequire x v1\n',
      },
      says: [
        'Cargo.toml:1 Cargo.toml names dependencies, and nothing says which versions of them are built. Expected Cargo.lock beside it or in a directory above.',
        'tool/go.mod:1 tool/go.mod names dependencies, and nothing says which versions of them are built. Expected go.sum or go.work.sum beside it or in a directory above.',
      ],
    },
    'a manifest that is no JSON': {
      files: { 'package.json': '{' },
      says: 'package.json:1 package.json is not valid JSON. Expected a manifest that can be read.',
    },
    'a manifest that nobody can read': {
      files: { 'package.json': unknown('too-large', 'package.json has 20.0 MiB, at most 512 KiB are read') },
      says: 'package.json package.json has 20.0 MiB, at most 512 KiB are read.',
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
    'a manifest that is withheld, without a lockfile': {
      files: { 'package.json': unknown('permission', 'The app may not read contents') },
      says: 'The app may not read contents.',
    },
  },
  'not-applicable': {
    'no manifest': {
      files: { 'pom.xml': '<project/>' },
      says: 'There is no manifest of npm, Python, Cargo, Go, Bundler or Composer that would need a lockfile.',
    },
    'manifests without dependencies, libraries and what is not ours': {
      files: {
        'package.json': '{"type":"module"}',
        'pyproject.toml': '[tool.ruff]\nline-length = 100\n[project]\ndependencies = [\n]\n',
        'lib/Cargo.toml': '[package]\n',
        'lib/src/lib.rs': '',
        'go.mod': 'module x\n',
        'gem/Gemfile': 'gemspec\n',
        'gem/pay.gemspec': '',
        'composer.json': '{"type":"library","require":{"a/b":"^1"}}',
        'test/fixtures/app/package.json': npm,
      },
      says: 'There is no manifest of npm, Python, Cargo, Go, Bundler or Composer that would need a lockfile.',
    },
    'what the policy leaves out': {
      files: { 'examples/a/package.json': npm },
      parameters: { ignore: ['examples/**'] },
      says: 'There is no manifest of npm, Python, Cargo, Go, Bundler or Composer that would need a lockfile.',
    },
    'an archived repository': {
      facts: { metadata: metadata({ isArchived: true }) },
      says: 'The repository is archived: nothing in it can change.',
    },
  },
})

describe('a tree made to be slow', () => {
  // GitHub's answer has at most 7 MB.
  it.each([
    ['100,000 manifests', Array.from({ length: 100_000 }, (_, index) => `d${index}/Cargo.toml`)],
    ['each below the last', Array.from({ length: 2_000 }, (_, index) => `${'d/'.repeat(index)}Gemfile`)],
  ])('is read in time: %s', async (_name, tree) => {
    const snapshot = await snapshotOf({ tree })
    const before = process.cpuUsage()
    checked(lockfilePresent, snapshot)
    expect(process.cpuUsage(before).user).toBeLessThan(5_000_000)
  })
})
