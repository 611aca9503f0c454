import type { Published } from '../../src/effects/effect.ts'
import type { FixSituation } from '../../src/effects/pull-request/plan-fix.ts'
import type { PullRequestState } from '../../src/effects/pull-request/read-pull-request.ts'
import type { FixPart, FixProposal } from '../../src/fix-proposal.ts'
import type { ControlVerdict } from '../../src/policy/verdict.ts'
import { controlOf, loggingAdvised, ownerFails, snapshotOf, verdictOf } from './situation.ts'

/** Pull requests of fixes and what they would repair, as plain data. */

export const ownerPart: FixPart = {
  control: 'owner-exists',
  title: 'Owner exists',
  level: 'enforce',
  why: 'Names payments instead of team-paymnts, which is no team or user of acme.',
  paths: ['catalog-info.yaml'],
  also: [],
}

export const loggingPart: FixPart = {
  control: loggingAdvised.id,
  title: loggingAdvised.title,
  level: 'advise',
  why: 'Sets audit.retentionDays to 365 in config/logging.yaml.',
  paths: ['config/logging.yaml'],
  also: [],
}

const ownerEdit = { path: 'catalog-info.yaml', text: 'kind: Component # payments\n' }

export function proposalOf(
  odd: Partial<FixProposal> & { failing?: ControlVerdict[]; failingAfter?: ControlVerdict[] } = {},
): FixProposal {
  const { failing = [ownerFails], failingAfter = [], ...rest } = odd
  const passes = controlOf('codeowners-valid')
  return {
    edits: [ownerEdit],
    parts: [ownerPart],
    settings: [],
    left: [],
    notFixed: [],
    before: verdictOf([...failing, passes]),
    after: verdictOf([...failingAfter, passes]),
    ...rest,
  }
}

/** Nothing of it can be done by changing files any more. */
export const unfixable = (failing: ControlVerdict[]): FixProposal =>
  proposalOf({ edits: [], parts: [], failing, failingAfter: failing })

export const fixSituation = (odd: Partial<FixSituation> = {}): FixSituation => ({
  proposal: proposalOf(),
  snapshot: snapshotOf(),
  pushedTo: false,
  wanted: 'asked',
  validated: false,
  ...odd,
})

export const head = 'aaaaaaa000000000000000000000000000000001'

export const pullOf = (odd: Partial<PullRequestState> = {}): PullRequestState => ({
  number: 7,
  state: 'open',
  merged: false,
  draft: false,
  head: { branch: 'golden-path/fix', sha: head, inRepository: true },
  base: 'main',
  title: 'Golden path: make “Owner exists” pass',
  body: '',
  byUs: true,
  ...odd,
})

export const closedBy = (login: string | 'us' | undefined): PullRequestState =>
  pullOf({
    state: 'closed',
    ...(login ? { closedBy: login === 'us' ? { us: true } : { us: false, login } } : {}),
  })

/** The row after an effect was carried out. */
export const rowAfter = (
  effect: { hash: string; detail: Published['detail'] },
  odd: Partial<Published> = {},
): Published => ({
  key: 'fix',
  kind: 'pull-request',
  state: 'done',
  externalId: '7',
  hash: effect.hash,
  detail: { ...effect.detail, opening: undefined, head, base: snapshotOf().target.sha },
  ...odd,
})
