import type { Published } from '../../src/effects/effect.ts'
import { type FixSituation, planFix } from '../../src/effects/pull-request/plan-fix.ts'
import {
  lineChanges,
  type Suggestions,
  suggestionsFor,
} from '../../src/effects/pull-request/plan-suggestions.ts'
import type { PullRequestState } from '../../src/effects/pull-request/read-pull-request.ts'
import { type FixAnswer, renderFixAnswer } from '../../src/effects/pull-request/render-fix-answer.ts'
import {
  renderReview,
  renderSuggestAnswer,
  renderSuggestion,
} from '../../src/effects/pull-request/render-suggestions.ts'
import { evaluate } from '../../src/policy/evaluate.ts'
import { patched } from '../../src/snapshot/patched.ts'
import { known, type Snapshot } from '../../src/snapshot/snapshot.ts'
import { type Chapter, type Message, markdown, type Part, plain } from './shape.ts'
import {
  broken,
  changeOf,
  changes,
  directory,
  filesIn,
  fixed,
  now,
  policy,
  proposed,
  protection,
  pullRequest,
  repositoryOf,
  sound,
} from './stage.ts'

const branch = 'golden-path/fix'

export const fixes = async (): Promise<Chapter> => {
  const main = await repositoryOf({ files: broken })
  const first = await situationOf(main)
  const withSettings = await situationOf(
    await repositoryOf({
      files: broken,
      facts: { protection: known({ ...protection, requiredApprovals: 0, blocksForcePush: false }, 'github') },
    }),
  )
  const search = await situationOf(
    await repositoryOf({
      id: 43,
      name: 'search',
      topics: [],
      metadata: { description: 'Finds what customers look for' },
      files: filesIn('before/search'),
    }),
  )
  const none = await situationOf(await repositoryOf({ files: sound, target: { sha: fixed } }))
  const stands = published(first)
  return {
    title: 'The pull request of fixes',
    about:
      'One a repository, on a branch of its own: opened when somebody presses *Fix this* or comments `/golden-path fix`, or by itself with `fix: pull-request` in the policy.',
    messages: [
      { name: 'With edits', seen: 'Whoever owns the repository.', parts: opened(first) },
      {
        name: 'With edits, and settings to click',
        seen: 'Whoever owns the repository; the settings are for an administrator of it.',
        parts: opened(withSettings),
      },
      {
        name: 'As a draft, with lines left',
        seen: 'Whoever owns a repository without a catalogue file, when nothing in it tells who that is.',
        parts: opened(search),
      },
      {
        name: 'Closed, since nothing is left to repair',
        seen: 'Whoever follows the pull request.',
        parts: closed({ ...none, published: stands, pull: pull() }),
      },
      {
        name: 'Closed, since it can’t be repaired any more',
        seen: 'Whoever follows the pull request.',
        parts: closed({ ...(await beyond()), published: stands, pull: pull() }),
      },
    ],
  }
}

export const suggestions = async (): Promise<Chapter> => {
  const some = await suggestionsOn(await pullRequest())
  const others = await suggestionsOn(
    await changeOf({ files: { ...broken, 'config/logging.yaml': 'level: info\n' }, changes }),
  )
  return {
    title: 'Suggestions on a pull request',
    about: 'A review of ours that neither approves nor refuses, on lines that the pull request changes.',
    messages: [
      {
        name: 'The review',
        seen: 'The author of a pull request, after *Fix this* or `/golden-path fix`.',
        parts: [
          markdown('Review', renderReview(some.found, some.snapshot)),
          ...some.found.suggestions.map(each =>
            markdown(`${each.path}:${each.line}`, renderSuggestion(each)),
          ),
        ],
      },
      {
        name: 'The review, with more than single lines to repair',
        seen: 'The author of a pull request.',
        parts: [markdown('Review', renderReview(others.found, others.snapshot))],
      },
      ...(['written', 'stands', 'none'] as const).map(
        (standing): Message => ({
          name: { written: 'Asked by a comment', stands: 'Asked again', none: 'Nothing can be suggested' }[
            standing
          ],
          seen: 'Who commented `/golden-path fix`.',
          parts: [
            markdown(
              'Reply',
              renderSuggestAnswer(
                standing === 'none' ? { suggestions: [], others: others.found.others } : some.found,
                standing,
              ),
            ),
          ],
        }),
      ),
    ],
  }
}

export const fixAnswers = async (): Promise<Message[]> => {
  const { proposal } = await situationOf(await repositoryOf({ files: broken }))
  const { proposal: none } = await beyond()
  const answers: [string, FixAnswer][] = [
    ['`fix`: opened', { standing: 'opens', number: 8, proposal }],
    ['`fix`: brought up to date', { standing: 'updates', number: 8, proposal }],
    ['`fix`: stands already', { standing: 'stands', number: 8, proposal }],
    ['`fix`: closed', { standing: 'closes', number: 8, proposal: none }],
    ['`fix`: nothing fails', { standing: 'nothing-fails' }],
    ['`fix`: nothing can be repaired', { standing: 'nothing-fixable', proposal: none }],
    ['`fix`: can’t be decided', { standing: 'undecided', number: 8 }],
    ['`fix`: taken over', { standing: 'taken-over', number: 8 }],
    ['`fix`: read only', { standing: 'read-only' }],
    ['`fix`: no policy', { standing: 'no-policy' }],
    [
      '`fix`: refused',
      {
        standing: 'refused',
        sentence:
          'Could not write the branch golden-path/fix in acme/payments-api: a rule of the repository refuses it (Cannot create ref due to creations being restricted). Leave branches that begin with golden-path/ out of the rule, or let the app bypass it.',
      },
    ],
  ]
  return answers.map(([name, answer]) => ({
    name,
    seen: 'Who commented `/golden-path fix`.',
    parts: [markdown('Reply', renderFixAnswer(answer, { owner: 'acme', name: 'payments-api' }))],
  }))
}

const situationOf = async (snapshot: Snapshot): Promise<FixSituation> => {
  const proposal = await proposed(snapshot)
  return {
    snapshot,
    proposal,
    pushedTo: false,
    wanted: 'asked',
    validated: proposal.left.length === 0,
  }
}

/** An owner that nothing is near to, and no CODEOWNERS to tell another. */
const beyond = async (): Promise<FixSituation> => {
  const catalogue = (sound['catalog-info.yaml'] ?? '').replace('owner: payments', 'owner: nobody-we-know')
  const { '.github/CODEOWNERS': _, ...rest } = sound
  const { accounts, ...snapshot } = await repositoryOf({
    files: { ...rest, 'catalog-info.yaml': catalogue },
    target: { sha: fixed },
  })
  const nobody = known({ exists: false }, 'github')
  return situationOf({ ...snapshot, accounts: { ...accounts, 'group:default/nobody-we-know': nobody } })
}

const effectOf = (situation: FixSituation) => {
  const { effect } = planFix(situation)
  if (!effect) throw new Error('Nothing is written here')
  return effect
}

const published = (situation: FixSituation): Published => {
  const { hash, detail } = effectOf(situation)
  return {
    key: 'fix',
    kind: 'pull-request',
    state: 'done',
    externalId: '8',
    hash,
    detail: { ...detail, opening: undefined },
  }
}

const pull = (): PullRequestState => ({
  number: 8,
  state: 'open',
  merged: false,
  draft: false,
  head: { branch, sha: fixed, inRepository: true },
  base: 'main',
  title: '',
  body: '',
  byUs: true,
})

const opened = (situation: FixSituation): Part[] => {
  const { title, body, draft, commitMessage, edits } = effectOf(situation)
  return [
    plain(draft ? 'Title (draft)' : 'Title', title),
    markdown('Text', body),
    plain('Commit message', commitMessage),
    ...edits
      .filter(({ path }) => !(path in broken))
      .map(({ path, text }) => plain(`The proposed ${path}`, text)),
  ]
}

const closed = (situation: FixSituation): Part[] => [
  markdown('Comment, and text', effectOf(situation).comment ?? ''),
]

const suggestionsOn = async (snapshot: Snapshot): Promise<{ found: Suggestions; snapshot: Snapshot }> => {
  const proposal = await proposed(snapshot)
  const { changes: lines, edits } = lineChanges(proposal, snapshot)
  const after = evaluate(await patched(snapshot, edits, { directory }), policy, now)
  return { found: suggestionsFor(proposal, lines, after), snapshot }
}
