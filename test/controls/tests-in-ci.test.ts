import { describe, expect, it } from 'vitest'
import { testsInCi } from '../../src/controls/tests-in-ci.ts'
import { unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { metadata } from '../support/facts.ts'
import { checked, snapshotOf } from '../support/snapshot.ts'

const ci = '.github/workflows/ci.yml'
const run = (command: string, on = 'pull_request'): string =>
  `on: ${on}\njobs:\n  build:\n    steps:\n      - run: ${command}\n`
const facts = { metadata: metadata({ primaryLanguage: 'TypeScript' }) }
const passes = '.github/workflows/ci.yml runs tests in the job build (line 3).'

controlTable(testsInCi, {
  pass: {
    'a command that runs tests': { facts, files: { [ci]: run('npm test') }, says: passes },
    'a step that is called so': {
      facts,
      files: {
        [ci]: 'on: { push: {} }\njobs:\n  build:\n    steps:\n      - name: Unit tests\n        run: ./all.sh\n',
      },
      says: passes,
    },
    'a job that is called so': {
      facts,
      files: { [ci]: 'on: push\njobs:\n  unit-test:\n    steps: []\n' },
      says: '.github/workflows/ci.yml runs tests in the job unit-test (line 3).',
    },
  },
  fail: {
    'no workflow': {
      facts,
      tree: ['src/a.ts'],
      says: 'There is no workflow in .github/workflows. Expected one that runs the tests of each change.',
      next: 'Add a job on pull_request whose steps run the tests',
    },
    'one that only builds': {
      facts,
      files: { [ci]: run('cargo check && npm run typecheck') },
      says: '.github/workflows/ci.yml:1 The workflow runs no tests on pull requests or pushes, as far as its steps show. Expected a step that does.',
    },
    'tests that run at night only': {
      facts,
      files: { [ci]: run('npm test', 'schedule'), '.github/workflows/b.yml': run('make') },
      says: '.github/workflows/b.yml:1 None of the 2 workflows runs tests on pull requests or pushes, as far as its steps show. Expected a step that does.',
      tree: ['.github/workflows/b.yml', ci],
    },
  },
  unknown: {
    'what another workflow does': {
      facts,
      files: { [ci]: 'on: push\njobs:\n  all:\n    uses: acme/ci/.github/workflows/all.yml@v1\n' },
      says: "No step here runs tests; what acme/ci/.github/workflows/all.yml@v1 does can't be seen from here.",
    },
    'what another system does': {
      facts,
      files: { Jenkinsfile: '' },
      says: 'No workflow runs tests; Jenkinsfile shows that something else than GitHub Actions builds it, which is not read.',
    },
    'no list of files': {
      facts,
      tree: unknown('offline', 'The list of files was not asked for'),
      says: 'The list of files was not asked for.',
    },
    'a workflow that GitHub did not send': {
      facts,
      files: { [ci]: unknown('partial-answer', `${ci} was not read`) },
      says: '.github/workflows/ci.yml was not read.',
    },
  },
  'not-applicable': {
    'a repository without code': {
      facts: { metadata: metadata() },
      says: 'GitHub finds no programming language in the repository.',
    },
    'an archived one': {
      facts: { metadata: metadata({ isArchived: true }) },
      says: 'The repository is archived: nothing in it can change.',
    },
  },
})

describe('commands that run tests', () => {
  const isTest = async (command: string): Promise<boolean> =>
    checked(testsInCi, await snapshotOf({ facts, files: { [ci]: run(JSON.stringify(command)) }, tree: [ci] }))
      .status === 'pass'

  it.each([
    'npm run test:unit',
    'pnpm -r test',
    'go test ./...',
    'python -m pytest -q',
    './gradlew build',
    'mvn -B verify',
    'make check',
    'dotnet test --no-build',
    'bundle exec rspec',
  ])('%s', async command => expect(await isTest(command)).toBe(true))

  it.each([
    'npm ci',
    'cargo build',
    'go vet ./...',
    'docker build .',
    'echo latest',
    'npm run build; echo contest',
  ])('not %s', async command => expect(await isTest(command)).toBe(false))
})
