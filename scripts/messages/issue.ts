import type { Published } from '../../src/effects/effect.ts'
import type { IssuePlace } from '../../src/effects/issue/issue-place.ts'
import { planIssue } from '../../src/effects/issue/plan-issue.ts'
import type { PlanInput } from '../../src/effects/plan.ts'
import { done } from '../../src/effects/planned.ts'
import type { Policy } from '../../src/policy/policy.ts'
import type { Snapshot } from '../../src/snapshot/snapshot.ts'
import { type Chapter, markdown, type Part, plain } from './shape.ts'
import { broken, fixed, judged, march, now, policy, repositoryOf, sound, unseenProtection } from './stage.ts'

/** How each begins: what the planner would do next, given what it did before. */
interface Step {
  snapshot: Snapshot
  by?: Policy
  at?: Date
  place?: IssuePlace
  /** What a person did since. */
  person?: 'closed'
}

export const issues = async (): Promise<Chapter> => {
  const first = await repositoryOf({ files: broken })
  const at = { sha: fixed }
  const ownerFixed = await repositoryOf({ files: { ...sound, ...onlyLogging() }, target: at })
  const all = await repositoryOf({ files: sound, target: at })
  const unseen = await repositoryOf({ files: sound, target: at, facts: { protection: unseenProtection } })
  const worse = await repositoryOf({ files: { ...broken, 'README.md': '' }, target: at })
  const open = await repositoryOf({ files: broken, metadata: { visibility: 'public' } })
  const openWorse = await repositoryOf({
    files: { ...broken, 'README.md': '' },
    target: at,
    metadata: { visibility: 'public' },
  })
  const openSound = await repositoryOf({ files: sound, target: at, metadata: { visibility: 'public' } })
  const mentioning: IssuePlace = { settings: { ...policy.issues, mentionOwners: true } }
  const central: IssuePlace = {
    settings: { ...policy.issues, repository: { owner: 'acme', name: 'compliance' } },
    home: { id: 77, owner: 'acme', name: 'compliance', isPublic: false, takesIssues: true },
  }
  const about = (name: string, seen: string, ...steps: Step[]) => ({ name, seen, parts: told(steps) })
  return {
    title: 'The tracking issue',
    about:
      'One issue a repository, about its default branch. Its text is kept up to date in place; a comment is written only when what fails has changed while it stays open.',
    messages: [
      about('Opened', 'Whoever owns the repository, when something enforced fails.', { snapshot: first }),
      about('Opened, with a mention', 'The owning team, with `mention-owners: true` in the policy.', {
        snapshot: await repositoryOf({ files: { ...sound, ...onlyLogging() } }),
        place: mentioning,
      }),
      about(
        'Something is fixed, something is left',
        'Whoever follows the issue: the edit, and the comment that notifies.',
        { snapshot: first },
        { snapshot: ownerFixed },
      ),
      about('Something new fails', 'Whoever follows the issue.', { snapshot: first }, { snapshot: worse }),
      about(
        'Something can’t be decided any more',
        'Whoever reads the issue while GitHub withholds what a control needs.',
        { snapshot: await repositoryOf({ files: sound, facts: { protection: unprotected() } }) },
        { snapshot: unseen },
      ),
      about(
        'Closed',
        'Whoever follows the issue, when nothing that blocks is left.',
        { snapshot: first },
        { snapshot: all },
      ),
      about(
        'Opened again',
        'Whoever follows the issue, when something fails again.',
        { snapshot: first },
        { snapshot: all },
        { snapshot: first },
      ),
      about(
        'Closed by a person',
        'Whoever looks at it later: it stays closed.',
        { snapshot: first },
        { snapshot: { ...first, target: { ...first.target, ...at } }, person: 'closed' },
      ),
      about(
        'Closed by a person, and something new is found',
        'Whoever follows the issue.',
        { snapshot: first },
        { snapshot: { ...first, target: { ...first.target, ...at } }, person: 'closed' },
        { snapshot: worse },
      ),
      about('A waiver ends soon', 'Whoever owns the repository, two weeks before the end.', {
        snapshot: all,
        at: march,
      }),
      about(
        'A waiver ends soon, and the issue is open',
        'Whoever follows the issue: the comment reminds once.',
        { snapshot: first },
        { snapshot: first, at: march },
      ),
      about('In a central repository', 'Whoever watches acme/compliance.', {
        snapshot: first,
        place: central,
      }),
      about(
        'Moved to a central repository',
        'Whoever follows the old issue, when the policy names another place.',
        { snapshot: first },
        { snapshot: first, place: { ...central, former: { id: 42, owner: 'acme', name: 'payments-api' } } },
      ),
      about('In a public repository', 'Everybody: what fails is not told where anybody may read it.', {
        snapshot: open,
      }),
      about(
        'In a public repository, when something changes',
        'Everybody.',
        { snapshot: open },
        { snapshot: openWorse },
      ),
      about('In a public repository, closed', 'Everybody.', { snapshot: open }, { snapshot: openSound }),
    ],
  }
}

const onlyLogging = () => ({ 'config/logging.yaml': broken['config/logging.yaml'] ?? '' })

const unprotected = () => ({
  known: true as const,
  source: 'github',
  value: {
    requiresPullRequest: false,
    requiredApprovals: 0,
    requiresCodeOwnerReview: false,
    blocksForcePush: false,
    blocksDeletion: true,
    requiredChecks: [],
    dismissesStaleReviews: false,
    requiresLastPushApproval: false,
    sources: [],
  },
})

/** What the last step writes, after those before it were carried out. */
const told = (steps: readonly Step[]): Part[] => {
  let published: Published[] = []
  let parts: Part[] = []
  for (const { snapshot, by = policy, at = now, place, person } of steps) {
    if (person === 'closed')
      published = published.map(row => ({
        ...row,
        detail: { ...row.detail, open: false, closedBy: 'person' },
      }))
    const { verdict, fixable, policyUrl } = judged(snapshot, by, at)
    const since = new Map(verdict.controls.map(({ id }) => [id, '2026-11-22T08:00:00.000Z']))
    const input: PlanInput = {
      ...{ verdict, snapshot, policyUrl, fixable, since, published },
      backstage: { configured: false },
      ...(place ? { issues: place } : {}),
    }
    const [effect] = planIssue(input)
    if (!effect) throw new Error('Nothing is written here')
    published = [done(effect, '5')]
    const { title, body, comment, labels, action } = effect
    parts = [
      plain(`Title (${action})`, title),
      markdown('Text', body),
      ...(comment ? [markdown('Comment', comment)] : []),
      ...(labels ? [plain('Labels', labels.join(', '))] : []),
    ]
  }
  return parts
}
