import { dependencyUpdates } from '../../src/controls/dependency-updates.ts'
import { unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { metadata } from '../support/facts.ts'

const path = '.github/dependabot.yml'
const entry = (ecosystem: string): string =>
  `  - package-ecosystem: ${ecosystem}\n    directory: /\n    schedule:\n      interval: weekly\n`
const dependabot = (...ecosystems: string[]): string =>
  `version: 2\nupdates:\n${ecosystems.map(entry).join('')}`

controlTable(dependencyUpdates, {
  pass: {
    'Dependabot for what is there': {
      files: { 'package.json': '{}', [path]: dependabot('npm') },
      says: '.github/dependabot.yml covers npm.',
    },
    'Dependabot for a part of it, which is said': {
      files: {
        'package.json': '{}',
        Dockerfile: '',
        '.github/workflows/ci.yml': '',
        '.github/dependabot.yaml': dependabot('npm'),
      },
      says: '.github/dependabot.yaml covers npm; docker and github-actions are not covered.',
    },
    'uv, which keeps what pip keeps': {
      files: { 'pyproject.toml': '', [path]: dependabot('uv') },
      says: '.github/dependabot.yml covers pip.',
    },
    'Renovate for what Dependabot leaves to it': {
      files: {
        'package.json': '{}',
        '.github/workflows/ci.yml': '',
        [path]: dependabot('github-actions'),
        'renovate.json': '{}',
      },
      says: 'renovate.json configures Renovate, beside .github/dependabot.yml.',
    },
    'Dependabot for workflows, where there is nothing else': {
      files: { '.github/workflows/ci.yml': '', [path]: dependabot('github-actions') },
      says: '.github/dependabot.yml covers github-actions.',
    },
    'Dependabot for workflows, where the rest is only an example': {
      files: {
        'examples/web/package.json': '{}',
        '.github/workflows/ci.yml': '',
        [path]: dependabot('github-actions'),
      },
      says: '.github/dependabot.yml covers github-actions.',
    },
    Renovate: {
      files: { 'go.mod': '', '.github/renovate.json5': '{}' },
      says: '.github/renovate.json5 configures Renovate.',
    },
  },
  fail: {
    neither: {
      files: { 'package.json': '{}', 'services/pay/go.mod': '', 'services/"x: y"/go.mod': '' },
      says: 'Nothing keeps the dependencies up to date (npm and gomod). Expected .github/dependabot.yml or a configuration of Renovate.',
      next: 'Add .github/dependabot.yml with an entry for each',
    },
    'only others': {
      files: { 'package.json': '{}', [path]: dependabot('gomod') },
      says: '.github/dependabot.yml:2 .github/dependabot.yml covers nothing that a program here is made of (npm). Expected an entry for at least one.',
      next: 'Add an entry with package-ecosystem: npm',
    },
    'only the workflows, of what runs in production nothing': {
      files: { 'package.json': '{}', '.github/workflows/ci.yml': '', [path]: dependabot('github-actions') },
      says: '.github/dependabot.yml:2 .github/dependabot.yml covers nothing that a program here is made of (npm). Expected an entry for at least one.',
      next: 'Add an entry with package-ecosystem: npm',
    },
    'only programs, where there are only workflows': {
      files: { '.github/workflows/ci.yml': '', [path]: dependabot('npm') },
      says: '.github/dependabot.yml:2 .github/dependabot.yml covers none of what is here (github-actions). Expected an entry for at least one.',
    },
    'no version, no schedule and a name that GitHub refuses': {
      files: {
        'package.json': '{}',
        [path]:
          'updates:\n  - package-ecosystem: yarn\n    directory: /\n  - package-ecosystem: npm\n    directory: /\n  - package-ecosystem: npm\n',
      },
      says: [
        '.github/dependabot.yml:1 .github/dependabot.yml has no version: 2. Expected it, or Dependabot ignores the file.',
        '.github/dependabot.yml:2:5 "yarn" is no ecosystem of Dependabot. Expected "npm".',
        '.github/dependabot.yml:4:5 This entry has no schedule with an interval. Expected one, or Dependabot refuses the file.',
        '.github/dependabot.yml:6:5 This entry has no directory or directories. Expected one, or Dependabot refuses the file.',
      ],
    },
    'no entry': {
      files: { 'package.json': '{}', [path]: 'version: 2\nupdates: []\n' },
      says: '.github/dependabot.yml:2 .github/dependabot.yml updates nothing. Expected an entry under updates.',
    },
    'no YAML': {
      files: { 'package.json': '{}', [path]: 'version: 2\nupdates: [\n' },
      says: '.github/dependabot.yml:3:1 .github/dependabot.yml is not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]. Expected a configuration that Dependabot can read.',
    },
  },
  unknown: {
    'no list of files': {
      tree: unknown('offline', 'The list of files was not asked for'),
      says: 'The list of files was not asked for.',
    },
    'a configuration that is withheld': {
      files: { 'package.json': '{}', [path]: unknown('permission', 'The app may not read contents') },
      says: 'The app may not read contents.',
    },
  },
  'not-applicable': {
    'nothing to keep up to date': {
      files: { 'README.md': '' },
      says: 'There is nothing here that Dependabot or Renovate would keep up to date.',
    },
    'an archived repository': {
      files: { 'package.json': '{}' },
      facts: { metadata: metadata({ isArchived: true }) },
      says: 'The repository is archived: nothing in it can change.',
    },
  },
})
