import { builtInControls } from '../../src/controls/index.ts'
import {
  type RenderedPreview,
  renderPreview,
  renderUnparsed,
} from '../../src/effects/preview/render-preview.ts'
import { renderStarter } from '../../src/effects/pull-request/render-starter.ts'
import { parsePolicy } from '../../src/policy/parse.ts'
import type { Policy } from '../../src/policy/policy.ts'
import { mainPolicyFile } from '../../src/policy/policy-valid.ts'
import { starterOf, surveying } from '../../src/policy/starter.ts'
import { proposalOf } from '../../src/policy-book.ts'
import { previewStored } from '../../src/preview-stored.ts'
import { known, type Snapshot } from '../../src/snapshot/snapshot.ts'
import { type Chapter, markdown, type Part, plain } from './shape.ts'
import {
  broken,
  filesIn,
  now,
  policy,
  policyFiles,
  policyOf,
  protection,
  repositoryOf,
  sound,
} from './stage.ts'

/** A small organisation: each repository a bit different. */
const organisation = (): Promise<Snapshot[]> =>
  Promise.all([
    repositoryOf({ files: broken }),
    repositoryOf({
      id: 43,
      name: 'search',
      topics: [],
      metadata: { description: 'Finds what customers look for' },
      files: filesIn('before/search'),
    }),
    repositoryOf({
      id: 44,
      name: 'ledger',
      metadata: { hasSecurityPolicy: true },
      files: { ...sound, 'SECURITY.md': '# Security\n\nWrite to security@acme.example.\n' },
    }),
    repositoryOf({
      id: 45,
      name: 'invoices',
      topics: [],
      files: { ...sound, LICENSE: 'MIT License\n' },
      facts: { protection: known({ ...protection, requiredApprovals: 0 }, 'github') },
    }),
  ])

async function* pages(snapshots: readonly Snapshot[]) {
  yield snapshots
}

const previewOf = async (
  after: Policy | undefined,
  before: Policy | 'none' = policy,
  unread: readonly string[] = [],
): Promise<RenderedPreview> => {
  const snapshots = (await organisation()).map(each => ({
    ...each,
    whole: undefined,
    files: Object.fromEntries(
      Object.entries(each.files).filter(
        ([path, fact]) => !unread.includes(path) || (fact.known && fact.value.exists),
      ),
    ),
  }))
  const proposal = proposalOf(before === 'none' ? undefined : before, after, {
    library: builtInControls,
    isPolicyRepository: () => false,
  })
  const preview = await previewStored(pages(snapshots), snapshots.length + 1, {
    subjectOf: stored => proposal.subjectOf(stored, stored),
    after,
    now,
  })
  return renderPreview(preview, { now, ...(after ? { policy: after } : {}) })
}

export const previews = async (): Promise<Chapter> => {
  const proposedPolicy = policyOf('policy-proposed')
  const broke = parsePolicy(policyFiles('policy-with-mistake'), { version: '', library: builtInControls })
  return {
    title: 'The preview',
    about:
      'A second check run, *Golden Path preview*, on a pull request that changes the policy. `golden-path policy preview` prints the same.',
    messages: [
      {
        name: 'Somebody would newly fail',
        seen: 'Who changes the policy.',
        parts: shown(await previewOf(proposedPolicy)),
      },
      {
        name: 'Something was never read',
        seen: 'Who changes the policy.',
        parts: shown(await previewOf(proposedPolicy, policy, ['SECURITY.md', '.github/SECURITY.md'])),
      },
      { name: 'Nothing changes', seen: 'Who changes the policy.', parts: shown(await previewOf(policy)) },
      { name: 'A first policy', seen: 'Who writes it.', parts: shown(await previewOf(policy, 'none')) },
      {
        name: 'Less is asked',
        seen: 'Who changes the policy.',
        parts: shown(await previewOf({ ...policy, rules: policy.rules.slice(1) })),
      },
      { name: 'The policy is taken away', seen: 'Who deletes it.', parts: shown(await previewOf(undefined)) },
      {
        name: 'The policy does not parse',
        seen: 'Who changes the policy.',
        parts: shown(renderUnparsed(broke.problems)),
      },
    ],
  }
}

const shown = ({ conclusion, title, summary, text }: RenderedPreview): Part[] => [
  plain(`Title (${conclusion})`, title),
  markdown('Summary', summary),
  ...(text ? [markdown('Details', text)] : []),
]

const starterParts = async (odd: { known: number; isPublic: boolean }): Promise<Part[]> => {
  const survey = surveying(builtInControls, '.github')
  for (const snapshot of await organisation()) survey.add(snapshot, now)
  const drawn = starterOf(survey.result(), {
    library: builtInControls,
    account: 'acme',
    policyRepository: '.github',
    seen: 4,
    now,
    ...odd,
  })
  if (!drawn) throw new Error('No starter policy is drawn')
  const { title, body, commitMessage } = renderStarter(drawn, 'acme')
  return [
    plain('Title', title),
    markdown('Text', body),
    plain('Commit message', commitMessage),
    plain(`The proposed ${mainPolicyFile}`, drawn.text),
  ]
}

export const starter = async (): Promise<Chapter> => ({
  title: 'The starter policy',
  about: 'One pull request in the repository of the policy, where no policy was ever seen.',
  messages: [
    {
      name: 'It is offered',
      seen: 'Who installed the app.',
      parts: await starterParts({ known: 4, isPublic: false }),
    },
    {
      name: 'It is offered before all was seen, in a public repository',
      seen: 'Who installed the app, and everybody else.',
      parts: await starterParts({ known: 5, isPublic: true }),
    },
  ],
})
