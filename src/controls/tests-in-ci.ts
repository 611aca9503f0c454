import type { Job, Workflow } from '../snapshot/files/workflow.ts'
import { workflowGlobs, workflowsOf } from '../snapshot/files/workflow.ts'
import { listed, plain } from '../snapshot/quoted-text.ts'
import type { Control, Outcome } from './control.ts'
import { fail, pass, undecided } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { atRest, unlessWithoutCode, withoutCode } from './support/at-rest.ts'

const messages = {
  none: 'There is no workflow in .github/workflows. Expected one that runs the tests of each change.',
  noTests: (count: number): string =>
    `${count === 1 ? 'The workflow runs' : `None of the ${count} workflows runs`} ${count === 1 ? 'no tests' : 'tests'} on pull requests or pushes, as far as its steps show. Expected a step that does.`,
  elsewhere: (path: string): string =>
    `No workflow runs tests; ${plain(path)} shows that something else than GitHub Actions builds it, which is not read.`,
  called: (names: readonly string[]): string =>
    `No step here runs tests; what ${listed(names.map(plain), 2)} does can't be seen from here.`,
}

/** Configurations of other systems; what they do is not read. */
const elsewhere = new Set([
  'Jenkinsfile',
  '.circleci/config.yml',
  '.gitlab-ci.yml',
  'azure-pipelines.yml',
  '.buildkite/pipeline.yml',
  '.travis.yml',
  'bitbucket-pipelines.yml',
  'cloudbuild.yaml',
  'buildspec.yml',
  '.drone.yml',
])

export const testsInCi: Control = {
  id: 'tests-in-ci',
  title: 'Tests run in CI',
  why: 'A test that runs only where somebody remembers it finds nothing on the day it is needed.',
  satisfies: evidenceOf('tests-in-ci'),
  reads: { files: [...workflowGlobs], facts: ['metadata'], tree: true },
  heuristic: true,
  check: snapshot => {
    const resting = atRest(snapshot) ?? withoutCode(snapshot)
    if (resting) return resting
    const files = workflowsOf(snapshot)
    if (!files.known || !snapshot.tree.known)
      return undecided(`${files.known ? 'The list of files was not asked for' : files.detail}.`)
    const workflows: { path: string; workflow: Workflow }[] = []
    let unread: string | undefined
    for (const { path, read } of files.value) {
      if (read.status === 'read') workflows.push({ path, workflow: read.workflow })
      else if (read.status === 'unread') unread ??= read.fact.detail
    }
    const other = snapshot.tree.value.find(({ path }) => elsewhere.has(path))?.path
    return unlessWithoutCode(snapshot, judged(workflows, files.value.length, unread, other))
  },
}

const judged = (
  workflows: readonly { path: string; workflow: Workflow }[],
  count: number,
  unread: string | undefined,
  other: string | undefined,
): Outcome => {
  const onChange = workflows.filter(({ workflow }) => workflow.events.some(event => changes.has(event)))
  for (const { path, workflow } of onChange) {
    const job = workflow.jobs.find(runsTests)
    if (job) return pass(`${plain(path)} runs tests in the job ${plain(job.id)} (line ${job.line}).`)
  }
  if (unread !== undefined) return undecided(`${unread}.`)
  const called = onChange.flatMap(({ workflow }) => workflow.jobs.flatMap(({ uses }) => uses?.text ?? []))
  if (called.length > 0) return undecided(messages.called(called))
  if (other !== undefined) return undecided(messages.elsewhere(other))
  const [first] = workflows
  return fail({
    message: count === 0 ? messages.none : messages.noTests(count),
    ...(first ? { location: { path: first.path, line: 1 } } : {}),
    next: 'Add a job on pull_request whose steps run the tests',
  })
}

const changes = new Set(['pull_request', 'push', 'merge_group', 'workflow_call'])

const named = /\btests?\b|\bspecs?\b|\be2e\b/i

// Commands that run tests, one word or two apart from the tool's name. Each repetition is bounded.
const command = new RegExp(
  [
    '\\b(?:npm|pnpm|yarn|bun|deno|make|just|task|go|cargo|dotnet|swift|mix|sbt|bazel|flutter|dart|lein|rake|composer|nx|turbo|stack|cabal|zig|meson|gradlew?|mvnw?)(?:\\.bat|\\.cmd)?\\b[^\\n;&|]{0,120}?\\b(?:tests?|spec|nextest)\\b',
    '\\b(?:pytest|tox|nox|jest|vitest|mocha|ava|karma|cypress|playwright test|rspec|phpunit|pest|ctest|bats|unittest|nosetests|robot|newman|gotestsum)\\b',
    '\\b(?:mvnw?|gradlew?|make|just|task)\\b[^\\n;&|]{0,120}?\\b(?:verify|check)\\b',
    // These run the tests on the way.
    '\\b(?:mvnw?|gradlew?)\\b[^\\n;&|]{0,120}?\\b(?:install|package|build)\\b',
  ].join('|'),
  'i',
)

const runsTests = (job: Job): boolean =>
  named.test(job.id.replaceAll(/[_-]/g, ' ')) ||
  named.test(job.name) ||
  job.steps.some(({ name, run }) => named.test(name) || (run !== undefined && command.test(run.text)))
