import { z } from 'zod'
import { statusOf } from '../github-refusal.ts'
import { type Outside, ownerAndRepo } from '../outside.ts'
import { isOurs } from './read-pull-request.ts'

/** Where a branch stands. */
export interface Tip {
  sha: string
  tree: string
  parents: string[]
  /**
   * The app made the commit: its author, and signed by GitHub itself. A person who amends or rebases it stays below our name as its
   * author, and may sign it with a key of their own: only who committed it tells the two apart.
   */
  byUs: boolean
}

/** `undefined`: there is no such branch. */
export async function readTip(branch: string, outside: Outside): Promise<Tip | undefined> {
  const sha = await readRef(branch, outside)
  if (sha === undefined) return undefined
  const { data } = await outside.github.request('GET /repos/{owner}/{repo}/commits/{ref}', {
    ...ownerAndRepo(outside),
    ref: sha,
  })
  const { author, committer, commit, parents } = commitShape.parse(data)
  return {
    sha,
    tree: commit.tree.sha,
    parents: parents.map(parent => parent.sha),
    byUs:
      isOurs(author?.login, outside) &&
      commit.verification?.verified === true &&
      isGitHub(committer?.login, outside),
  }
}

/** GitHub commits by the name of `web-flow`; a server of an organisation's own may know nobody behind its address. */
const isGitHub = (committer: string | undefined, outside: Outside): boolean =>
  committer === undefined || committer === 'web-flow' || isOurs(committer, outside)

export async function readRef(branch: string, outside: Outside): Promise<string | undefined> {
  try {
    const { data } = await outside.github.request('GET /repos/{owner}/{repo}/git/ref/{ref}', {
      ...ownerAndRepo(outside),
      ref: `heads/${branch}`,
    })
    return refShape.parse(data).object.sha
  } catch (error) {
    if (statusOf(error) === 404) return undefined
    throw error
  }
}

export const makeRef = (branch: string, sha: string, outside: Outside): Promise<unknown> =>
  outside.github.request('POST /repos/{owner}/{repo}/git/refs', {
    ...ownerAndRepo(outside),
    ref: `refs/heads/${branch}`,
    sha,
  })

const noCommit = '0'.repeat(40)

/** Moves a branch if it still stands at `from`; GitHub compares and moves in one step. False: it stands elsewhere. */
export async function moveRef(branch: string, from: string, to: string, outside: Outside): Promise<boolean> {
  try {
    await outside.github.mutate(
      'mutation ($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }',
      {
        input: {
          repositoryId: outside.repository.nodeId,
          refUpdates: [{ name: `refs/heads/${branch}`, beforeOid: from, afterOid: to, force: true }],
        },
      },
    )
    return true
  } catch (error) {
    // What GitHub says when the branch stands elsewhere is nowhere written: the branch itself is asked.
    const now = (await readRef(branch, outside)) ?? noCommit
    if (now === to) return true
    if (now !== from) return false
    throw error
  }
}

/** Deletes a branch if it still stands at `from`. */
export const deleteRef = (branch: string, from: string, outside: Outside): Promise<boolean> =>
  moveRef(branch, from, noCommit, outside)

const refShape = z.object({ object: z.object({ sha: z.string() }) })

const accountShape = z.object({ login: z.string().optional() }).nullish()

const commitShape = z.object({
  author: accountShape,
  committer: accountShape,
  commit: z.object({
    tree: z.object({ sha: z.string() }),
    verification: z.object({ verified: z.boolean() }).nullish(),
  }),
  parents: z.array(z.object({ sha: z.string() })),
})
