import * as git from '../../demo/github/git.ts'
import type { World } from '../../demo/github/world.ts'
import type { Incoming } from '../../src/intake/to-jobs.ts'
import type { Answer } from './sequence-world.ts'

/** What a sequence did so far, as far as it decides what the app may do. */
export interface Seen {
  /** Login of the app's bot. */
  bot: string
  /** Tips that people pushed to branches of ours. */
  persons: Set<string>
  /** Branch to the commit at which a person left it. */
  touched: Map<string, string>
  /** Each state of the repository's controls, in their order, without repeats. */
  failing: string[]
  /** Pull requests that the app closed. */
  closings: number
  /** Comments of people, by id. */
  commands: Map<number, string>
}

/** Sentences of what should never be. */
export function breaches(
  world: World,
  repositoryId: number,
  seen: Seen,
  heard: readonly Incoming[],
): string[] {
  const { db } = world
  const isOurs = (row: { user_id: number }) => world.userById(row.user_id)?.login === seen.bot
  const issues = db.issues.findBy('repo_id', repositoryId).filter(row => !row.is_pull_request && isOurs(row))
  const pulls = db.pullRequests.findBy('repo_id', repositoryId).filter(isOurs)
  const comments = db.comments
    .findBy('repo_id', repositoryId)
    .filter(row => row.comment_type === 'issue' && isOurs(row))
  const found: string[] = []

  const open = (rows: { state: string; number: number }[]) =>
    rows.filter(row => row.state === 'open').map(row => row.number)
  if (open(issues).length > 1) found.push(`issues ${open(issues)} of ours are open`)
  if (open(pulls).length > 1) found.push(`pull requests ${open(pulls)} of ours are open`)

  const there = reachable(world, repositoryId)
  for (const sha of seen.persons) if (!there.has(sha)) found.push(`commit ${sha} of a person is lost`)
  for (const [branch, left] of seen.touched) {
    const moved = pushesAfter(heard, branch, left).find(each => each.sender?.login === seen.bot)
    const isMerged = git
      .history(db, repositoryId, world.commitSha(repositoryId, 'HEAD') ?? '')
      .some(commit => commit.sha === left)
    if (moved && !isMerged)
      found.push(`${branch}, which a person left at ${left}, was moved by us to ${moved.after}`)
  }

  const replies = comments.filter(row => row.body.includes('<!-- golden-path:reply:'))
  const answered = replies.map(row => Number(/golden-path:reply:(\d+)/.exec(row.body)?.[1]))
  for (const id of new Set(answered)) {
    if (!seen.commands.get(id)?.startsWith('/golden-path'))
      found.push(`comment ${id} commands nothing and was answered`)
    if (answered.filter(each => each === id).length > 1) found.push(`command ${id} was answered twice`)
  }
  const told = comments.filter(row => !replies.includes(row))
  const onPulls = told.filter(row => pulls.some(pull => pull.number === row.issue_number))
  if (onPulls.length > seen.closings)
    found.push(`${onPulls.length} comments on pull requests of ours, which we closed ${seen.closings} times`)
  for (const [index, row] of told.entries()) {
    const before = told.slice(0, index).findLast(each => each.issue_number === row.issue_number)
    if (before?.body === row.body) found.push(`#${row.issue_number} was told the same twice: ${row.body}`)
  }
  const onIssues = told.length - onPulls.length
  const changes = Math.max(0, seen.failing.length - 1)
  if (onIssues > changes)
    found.push(
      `${onIssues} comments on issues, with ${changes} changes of state: ${told.map(row => row.body).join(' | ')}`,
    )
  return found
}

/** Commits that some ref still leads to, those of pull requests too. */
export function reachable(world: World, repositoryId: number): Set<string> {
  const refs = world.refs(repositoryId, 'refs/')
  return new Set(refs.flatMap(ref => git.history(world.db, repositoryId, ref.sha).map(commit => commit.sha)))
}

/** Pushes to the branch since the one that a person left there; none once a person deleted or moved it again. */
function pushesAfter(heard: readonly Incoming[], branch: string, left: string): Answer[] {
  const pushes = heard
    .filter(({ event }) => event === 'push')
    .map(({ payload }) => payload as Answer)
    .filter(each => each.ref === `refs/heads/${branch}`)
  const from = pushes.findLastIndex(each => each.after === left)
  const after = from === -1 ? [] : pushes.slice(from + 1)
  const person = after.findIndex(each => each.sender?.type === 'User')
  return person === -1 ? after : after.slice(0, person)
}
