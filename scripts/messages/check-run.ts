import { builtInControls } from '../../src/controls/index.ts'
import { renderGivenUp } from '../../src/effects/check-run/plan-given-up.ts'
import { type RenderedCheckRun, renderCheckRun } from '../../src/effects/check-run/render-check-run.ts'
import type { Annotation } from '../../src/effects/effect.ts'
import { withPolicyCheck } from '../../src/policy/policy-valid.ts'
import type { Snapshot } from '../../src/snapshot/snapshot.ts'
import { type Chapter, markdown, type Part, plain } from './shape.ts'
import {
  broken,
  changeOf,
  changes,
  fixed,
  head,
  judged,
  now,
  policy,
  policyFiles,
  pullRequest,
  repositoryOf,
  sound,
  unseenProtection,
} from './stage.ts'

export const checkRuns = async (): Promise<Chapter> => {
  const pull = await pullRequest()
  const withUnknown = await changeOf({ files: sound, changes, facts: { protection: unseenProtection } })
  const inherited = await changeOf({
    files: broken,
    begins: broken,
    changes: [{ path: 'README.md', line: 1 }],
  })
  return {
    title: 'The check run',
    about:
      'On every commit that a pull request, a merge group or the default branch has at its head. The title stands in the list of checks; the summary and the details stand on the page of the check, the annotations beside the lines.',
    messages: [
      {
        name: 'A pull request that breaks something',
        seen: 'Its author, below the pull request and beside the changed lines.',
        parts: shown(renderCheckRun(judged(pull)), 'with details'),
      },
      {
        name: 'A pull request that breaks nothing',
        seen: 'Its author. What was there before does not block it.',
        parts: shown(renderCheckRun(judged(inherited))),
      },
      {
        name: 'The same, where the policy counts everything',
        seen: 'Its author, with `pull-requests: all` in the policy.',
        parts: shown(renderCheckRun(judged(inherited, { ...policy, pullRequests: 'all' }))),
      },
      {
        name: 'A pull request that could not be compared',
        seen: 'Its author, when GitHub did not tell where the changes begin.',
        parts: shown(renderCheckRun(judged(await uncompared(pull)))),
      },
      {
        name: 'A merge group',
        seen: 'Whoever waits in the merge queue.',
        parts: shown(
          renderCheckRun(
            judged(
              await changeOf({
                files: broken,
                changes,
                target: {
                  kind: 'merge-group',
                  ref: 'refs/heads/gh-readonly-queue/main/pr-7',
                  pullRequest: undefined,
                },
              }),
            ),
          ),
        ),
      },
      {
        name: 'The default branch',
        seen: 'Whoever looks at the last commit of the default branch.',
        parts: shown(renderCheckRun(judged(await repositoryOf({ files: broken })))),
      },
      {
        name: 'Everything passes',
        seen: 'Everybody, most of the time.',
        parts: shown(
          renderCheckRun(judged(await repositoryOf({ files: { ...sound, ...documented(sound) } }))),
          'with details',
        ),
      },
      {
        name: 'Something can’t be decided',
        seen: 'The author of a pull request, when GitHub withholds what a control needs. It blocks nobody.',
        parts: shown(renderCheckRun(judged(withUnknown)), 'with details'),
      },
      {
        name: 'Only something waived is left',
        seen: 'Whoever looks at the default branch.',
        parts: shown(renderCheckRun(judged(await repositoryOf({ files: sound }))), 'with details'),
      },
      {
        name: 'Nothing is asked',
        seen: 'Whoever looks at a repository that no rule of the policy is for.',
        parts: shown(renderCheckRun(judged(await repositoryOf({ files: sound }), { ...policy, rules: [] }))),
      },
      {
        name: 'Issues are switched off',
        seen: 'Whoever looks at the default branch of a repository without issues.',
        parts: shown(
          renderCheckRun(
            judged(await repositoryOf({ files: broken, metadata: { hasIssuesEnabled: false } })),
          ),
        ),
      },
      {
        name: 'Given up: the service failed',
        seen: 'Whoever waits for a check that the service could not carry out.',
        parts: givenUp({ isDead: true, sentence: 'Golden Path failed at it, by a mistake of its own.' }),
      },
      {
        name: 'Given up for now: GitHub is away',
        seen: 'Whoever waits for a check longer than ten minutes.',
        parts: givenUp({ isDead: false, sentence: 'GitHub did not answer as it should.' }),
      },
      {
        name: 'A mistake in the policy',
        seen: 'The author of a pull request in the repository of the policy.',
        parts: shown(
          renderCheckRun(
            judged(await policyRepository('policy-with-mistake'), withPolicyCheck(policy, builtInControls)),
          ),
        ),
      },
    ],
  }
}

const documented = (files: Record<string, string>): Record<string, string> => ({
  'catalog-info.yaml': (files['catalog-info.yaml'] ?? '').replace(
    '  name: payments-api\n',
    '  name: payments-api\n  annotations:\n    backstage.io/techdocs-ref: dir:.\n',
  ),
  'mkdocs.yml': 'site_name: payments-api\ndocs_dir: docs\nplugins: [techdocs-core]\n',
  'docs/index.md': '# payments-api\n\nHow it is run.\n',
})

const uncompared = async (pull: Snapshot): Promise<Snapshot> => ({
  ...pull,
  base: { known: false, reason: 'unavailable', detail: 'GitHub did not compare this commit with main' },
})

const policyRepository = (folder: string): Promise<Snapshot> =>
  repositoryOf({
    id: 1,
    name: '.github',
    topics: [],
    files: Object.fromEntries(policyFiles(folder).map(({ path, text }) => [path, text])),
    target: { sha: fixed, ref: 'refs/pull/3/head', kind: 'pull-request', pullRequest: 3, base: 'main' },
  })

const givenUp = (odd: { isDead: boolean; sentence: string }): Part[] => {
  const { title, summary } = renderGivenUp(
    {
      sha: head,
      since: '2026-11-23T09:48:00.000Z',
      tries: 5,
      job: 'assess:42:pull:7',
      ...odd,
    },
    now,
  )
  return [plain('Title (timed out)', title), markdown('Summary', summary)]
}

const shown = (
  { conclusion, title, summary, text, annotations, actions }: RenderedCheckRun,
  details?: 'with details',
): Part[] => [
  plain(`Title (${conclusion})`, title),
  markdown('Summary', summary),
  ...(details && text ? [markdown('Details', text)] : []),
  ...(annotations.length > 0 ? [plain('Annotations', annotations.map(annotated).join('\n\n'))] : []),
  ...(actions ?? []).map(({ label, description }) => plain('Button', `${label}: ${description}`)),
]

const annotated = ({ path, startLine, level, title, message }: Annotation): string =>
  `${path}:${startLine} (${level})\n${title}\n${message}`
