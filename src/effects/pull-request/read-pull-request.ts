import { z } from 'zod'
import { statusOf } from '../github-refusal.ts'
import { type Outside, ownerAndRepo } from '../outside.ts'

/** A pull request as GitHub has it now: decisions stand on this, not on what events told. */
export interface PullRequestState {
  number: number
  state: 'open' | 'closed'
  merged: boolean
  draft: boolean
  /** `inRepository`: not a fork's branch. */
  head: { branch: string; sha: string; inRepository: boolean }
  /** Name of the branch that it goes to. */
  base: string
  title: string
  body: string
  /** The app opened it. */
  byUs: boolean
  /** Who closed it without merging: us, or the login of a person; absent while it is open, and where GitHub does not tell. */
  closedBy?: { us: true } | { us: false; login: string }
}

/** `undefined`: there is no such pull request. */
export async function readPullRequest(
  number: number,
  outside: Outside,
): Promise<PullRequestState | undefined> {
  const read = outside.github.request('GET /repos/{owner}/{repo}/pulls/{pull_number}', {
    ...ownerAndRepo(outside),
    pull_number: number,
  })
  const answer = await read.catch(async error => {
    if (statusOf(error) !== 404) throw error
    // What we may not see answers 404 too: only a repository that lists its pull requests lacks this one.
    await list(outside, { state: 'all', per_page: 1 })
    return undefined
  })
  return answer && withCloser(stateOf(pullShape.parse(answer.data), outside), outside)
}

/** The newest pull request from a branch: an open one if there is one, whoever opened it, else the newest of ours. */
export async function findPullRequest(
  branch: string,
  outside: Outside,
): Promise<PullRequestState | undefined> {
  const head = `${outside.repository.owner}:${branch}`
  const found = await list(outside, { state: 'all', head, per_page: 100 })
  const here = found.filter(each => each.head.inRepository && each.head.branch === branch)
  const one = here.find(each => each.state === 'open') ?? here.find(each => each.byUs)
  return one && withCloser(one, outside)
}

/** Whether somebody's pull request goes to this branch: GitHub closes it where the branch is deleted. */
export const isBaseOfAnother = async (branch: string, outside: Outside): Promise<boolean> =>
  (await list(outside, { state: 'open', base: branch, per_page: 1 })).length > 0

async function list(outside: Outside, query: Record<string, unknown>): Promise<PullRequestState[]> {
  const { data } = await outside.github.request('GET /repos/{owner}/{repo}/pulls', {
    ...ownerAndRepo(outside),
    ...query,
  })
  return z
    .array(pullShape)
    .parse(data)
    .map(each => stateOf(each, outside))
}

const accountShape = z.object({ login: z.string() }).nullish()

const pullShape = z.object({
  number: z.number(),
  state: z.enum(['open', 'closed']),
  merged_at: z.string().nullish(),
  draft: z.boolean().nullish(),
  title: z.string(),
  body: z.string().nullish(),
  user: accountShape,
  head: z.object({
    ref: z.string(),
    sha: z.string(),
    repo: z.object({ id: z.number() }).nullish(),
  }),
  base: z.object({ ref: z.string() }),
})

export const isOurs = (login: string | undefined, { app }: Outside): boolean =>
  app.slug !== undefined && login === `${app.slug}[bot]`

const stateOf = (pull: z.infer<typeof pullShape>, outside: Outside): PullRequestState => ({
  number: pull.number,
  state: pull.state,
  merged: Boolean(pull.merged_at),
  draft: pull.draft ?? false,
  head: {
    branch: pull.head.ref,
    sha: pull.head.sha,
    inRepository: pull.head.repo?.id === outside.repository.id,
  },
  base: pull.base.ref,
  title: pull.title,
  body: pull.body ?? '',
  byUs: isOurs(pull.user?.login, outside),
})

/** Only as an issue does a pull request tell who closed it. */
async function withCloser(pull: PullRequestState, outside: Outside): Promise<PullRequestState> {
  if (pull.state === 'open' || pull.merged) return pull
  const { data } = await outside.github.request('GET /repos/{owner}/{repo}/issues/{issue_number}', {
    ...ownerAndRepo(outside),
    issue_number: pull.number,
  })
  const login = z.object({ closed_by: accountShape }).parse(data).closed_by?.login
  if (login === undefined) return pull
  return { ...pull, closedBy: isOurs(login, outside) ? { us: true } : { us: false, login } }
}
