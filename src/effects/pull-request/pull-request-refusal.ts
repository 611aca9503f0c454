import type { NotApplied } from '../applied.ts'
import type { PullRequestEffect } from '../effect.ts'
import { githubRefusal, said, statusOf } from '../github-refusal.ts'
import { fullName, type Outside } from '../outside.ts'

export const isWorkflow = (path: string): boolean => path.toLowerCase().startsWith('.github/workflows/')

/** What an error of GitHub's means for a branch or pull request of ours. */
export function pullRequestRefusal(
  error: unknown,
  effect: PullRequestEffect,
  at: 'branch' | 'pull request',
  outside: Outside,
): NotApplied {
  const where = fullName(outside)
  const what = at === 'branch' ? `write the branch ${effect.branch}` : `${effect.action} the pull request`
  const contents = effect.edits.some(({ path }) => isWorkflow(path))
    ? 'contents: write, and workflows: write for files below .github/workflows'
    : 'contents: write'
  const permission = at === 'branch' && effect.action !== 'close' ? contents : 'pull_requests: write'
  const text = said(error)
  const refused = (why: 'conflict' | 'permission', sentence: string): NotApplied => ({
    outcome: 'refused',
    row: 'keep',
    why,
    sentence: `Could not ${what} in ${where}: ${sentence}`,
  })
  if (/rule violation|protected branch|being restricted|hook declined/i.test(text))
    return refused(
      'conflict',
      `a rule of the repository refuses it (${text}). Leave branches that begin with golden-path/ out of the rule, or let the app bypass it.`,
    )
  if (statusOf(error) === 422 && /"field":"base"/.test(text))
    return refused('conflict', `there is no branch ${effect.base.branch} any more.`)
  if (statusOf(error) === 422 && /already exists/i.test(text))
    return {
      outcome: 'retry',
      row: 'keep',
      sentence: `Could not ${what} in ${where}: it was made in this moment (${text}). It is tried again.`,
    }
  const type = graphqlType(error)
  if (type === 'FORBIDDEN' || type === 'NOT_FOUND')
    return refused(
      'permission',
      `GitHub answered ${type} (${text}). Give the app the permission ${permission}.`,
    )
  if (type) return refused('conflict', `GitHub answered ${type} (${text}).`)
  return githubRefusal(error, what, permission, where)
}

/** Of the first error in a GraphQL answer; absent for any other error. */
function graphqlType(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('errors' in error) || !Array.isArray(error.errors)) return undefined
  const first: unknown = error.errors[0]
  const type = first && typeof first === 'object' && 'type' in first ? first.type : undefined
  return typeof type === 'string' ? type : 'UNKNOWN'
}
