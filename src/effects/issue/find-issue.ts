import type { Outside } from '../outside.ts'
import { markedRepository } from './render-issue.ts'

/**
 * Pages of 100 that are looked through after a lost answer; our issue is among the newest of ours. In a repository that
 * has the issues of all, others may have been opened since.
 */
const pagesLimit = { own: 5, central: 30 }

/** What is read of GitHub's answer. */
interface Issue {
  number: number
  body?: string | null
  user?: { login?: string } | null
  performed_via_github_app?: { id?: number } | null
  pull_request?: unknown
}

/** Our issue by its marker. Anybody can write the marker into an issue of theirs: it counts only where the app wrote it. */
export async function findIssue(
  home: { owner: string; name: string },
  { github, app, repository }: Outside,
): Promise<number | undefined> {
  const { slug, id } = app
  const isOwn = home.owner === repository.owner && home.name === repository.name
  for (let page = 1; page <= pagesLimit[isOwn ? 'own' : 'central']; page++) {
    const { data } = await github.request('GET /repos/{owner}/{repo}/issues', {
      owner: home.owner,
      repo: home.name,
      state: 'all',
      ...(slug ? { creator: `${slug}[bot]` } : {}),
      per_page: 100,
      page,
    })
    const issues = data as Issue[]
    const ours = issues.find(
      issue =>
        issue.pull_request === undefined &&
        markedRepository(issue.body ?? '') === repository.id &&
        (issue.performed_via_github_app?.id === id || (slug && issue.user?.login === `${slug}[bot]`)),
    )
    if (ours) return ours.number
    if (issues.length < 100) return undefined
  }
  return undefined
}
