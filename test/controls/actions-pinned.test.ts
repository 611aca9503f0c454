import { actionsPinned } from '../../src/controls/actions-pinned.ts'
import { unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { metadata } from '../support/facts.ts'

const ci = '.github/workflows/ci.yml'
const sha = 'a'.repeat(40)
const digest = `sha256:${'b'.repeat(64)}`
const workflow = (...uses: string[]): string =>
  `on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n${uses.map(each => `      - uses: ${each}\n`).join('')}`

controlTable(actionsPinned, {
  pass: {
    'commits, digests and what is local': {
      files: {
        [ci]: workflow(
          `actions/checkout@${sha} # v4`,
          './.github/actions/setup',
          `docker://alpine@${digest}`,
        ),
      },
      says: 'All 3 uses of an action are pinned, local or trusted.',
    },
    'trusted owners and repositories': {
      files: { [ci]: workflow('actions/checkout@v4', 'Acme/deploy/eu@main') },
      parameters: { trusted: ['Actions', 'acme/deploy'] },
      says: 'All 2 uses of an action are pinned, local or trusted.',
    },
    'one use': {
      files: { [ci]: workflow(`x/y@${sha}`) },
      says: 'The one use of an action is pinned, local or trusted.',
    },
    'a workflow that uses none': {
      files: { [ci]: 'on: push\njobs:\n  a:\n    steps:\n      - run: make\n' },
      says: 'The workflows use no action of anybody else.',
    },
  },
  fail: {
    'a tag, a branch, a short commit and no version at all': {
      files: { [ci]: workflow('actions/checkout@v4', 'acme/deploy@main', 'x/y@abc1234', 'x/y') },
      says: [
        '.github/workflows/ci.yml:6:15 "actions/checkout@v4" is whatever its owner makes of that name tomorrow. Expected a full commit SHA after the @.',
        '.github/workflows/ci.yml:7:15 "acme/deploy@main" is whatever its owner makes of that name tomorrow. Expected a full commit SHA after the @.',
        '.github/workflows/ci.yml:8:15 "x/y@abc1234" is whatever its owner makes of that name tomorrow. Expected a full commit SHA after the @.',
        '.github/workflows/ci.yml:9:15 "x/y" names no version. Expected a full commit SHA after an @.',
      ],
      next: 'Write actions/checkout@ and the 40 digits of the commit that v4 is at now, with the version in a comment',
    },
    'a reusable workflow, an image and an action of its own': {
      files: {
        [ci]: 'on: push\njobs:\n  call:\n    uses: acme/ci/.github/workflows/build.yml@v1\n',
        '.github/ci/deep/setup/action.yml':
          'runs:\n  using: composite\n  steps:\n    - uses: docker://alpine:3\n',
      },
      says: [
        '.github/workflows/ci.yml:4:11 "acme/ci/.github/workflows/build.yml@v1" is whatever its owner makes of that name tomorrow. Expected a full commit SHA after the @.',
        '.github/ci/deep/setup/action.yml:4:13 "docker://alpine:3" is whatever stands under that name tomorrow. Expected the image by its digest (@sha256:…).',
      ],
    },
    'what stands behind an alias, once': {
      files: {
        [ci]: 'on: push\njobs:\n  a:\n    steps:\n      - &checkout\n        uses: actions/checkout@v4\n  b:\n    steps: [*checkout]\n',
      },
      says: '.github/workflows/ci.yml:6:15 "actions/checkout@v4" is whatever its owner makes of that name tomorrow. Expected a full commit SHA after the @.',
    },
    'a file that is no YAML': {
      files: { [ci]: 'on: push\njobs: [\n' },
      says: '.github/workflows/ci.yml:3:1 .github/workflows/ci.yml is not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]. Expected a workflow that can be read.',
    },
    'a file that is too large': {
      files: { [ci]: unknown('too-large', `${ci} has 5.0 MiB, at most 512 KiB are read`) },
      says: `${ci} ${ci} has 5.0 MiB, at most 512 KiB are read.`,
    },
  },
  unknown: {
    'no list of files': {
      tree: unknown('offline', 'The list of files was not asked for'),
      says: 'The list of files was not asked for.',
    },
    'a workflow that GitHub did not send': {
      files: { [ci]: unknown('partial-answer', `${ci} was not read`) },
      says: '.github/workflows/ci.yml was not read.',
    },
  },
  'not-applicable': {
    'no workflow': { files: { 'README.md': '' }, says: 'There is no workflow in .github/workflows.' },
    'an archived repository': {
      files: { [ci]: workflow('a/b@v1') },
      facts: { metadata: metadata({ isArchived: true }) },
      says: 'The repository is archived: nothing in it can change.',
    },
  },
})
