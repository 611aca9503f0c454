import { z } from 'zod'
import type { GitHub } from '../github.ts'
import { plain } from '../snapshot/quoted-text.ts'

/** Whether somebody writes a policy already, and where: to offer another one beside it would be in the way. */
export type PolicyDraft =
  | { found: true; where: string }
  | { found: false }
  /** A sentence that ends without a full stop. */
  | { found: 'unknown'; why: string }

/** Of 100 each: where there are more, nobody can tell, and nothing is offered. */
const mostPages = 20

/** Looks at the root of every branch and of every open pull request, forks included. `isOurs` by name of the branch. */
export async function findPolicyDraft(
  github: GitHub,
  repository: { owner: string; name: string },
  isOurs: (branch: string) => boolean,
): Promise<PolicyDraft> {
  const branches = await pages(github, repository, branchQuery, ({ refs }) => refs)
  if ('why' in branches) return { found: 'unknown', why: branches.why }
  const branch = branches.nodes.find(
    ({ name, target }) => name !== undefined && !isOurs(name) && isPolicyIn(target?.tree),
  )
  if (branch) return { found: true, where: `branch ${plain(branch.name ?? '')}` }
  const pulls = await pages(github, repository, pullQuery, ({ pullRequests }) => pullRequests)
  if ('why' in pulls) return { found: 'unknown', why: pulls.why }
  const pull = pulls.nodes.find(
    ({ headRefName, commits }) =>
      !isOurs(headRefName ?? '') && commits?.nodes.some(each => isPolicyIn(each?.commit.tree)),
  )
  return pull ? { found: true, where: `pull request ${pull.number}` } : { found: false }
}

/** Misspelt or in parts, it is a policy that somebody writes. */
const isPolicyIn = (tree: z.infer<typeof treeShape> | undefined): boolean =>
  (tree?.entries ?? []).some(({ name }) => /^golden-path(\.ya?ml)?$/.test(name))

const branchQuery = `query ($owner: String!, $name: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    refs(refPrefix: "refs/heads/", first: 100, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { name target { ... on Commit { tree { entries { name } } } } }
    }
  }
}`

const pullQuery = `query ($owner: String!, $name: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequests(states: OPEN, first: 100, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { number headRefName commits(last: 1) { nodes { commit { tree { entries { name } } } } } }
    }
  }
}`

const treeShape = z.object({ entries: z.array(z.object({ name: z.string() })).nullish() })

const connectionShape = z.object({
  pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
  nodes: z.array(
    z.object({
      name: z.string().optional(),
      target: z.object({ tree: treeShape.optional() }).nullish(),
      number: z.number().optional(),
      headRefName: z.string().optional(),
      commits: z
        .object({ nodes: z.array(z.object({ commit: z.object({ tree: treeShape }) }).nullable()) })
        .optional(),
    }),
  ),
})

const answerShape = z.object({
  repository: z.object({ refs: connectionShape.nullish(), pullRequests: connectionShape.nullish() }),
})

type Connection = z.infer<typeof connectionShape>

/** All of them, or why they can't be had: half a list would miss the draft. */
async function pages(
  github: GitHub,
  { owner, name }: { owner: string; name: string },
  query: string,
  part: (repository: z.infer<typeof answerShape>['repository']) => Connection | null | undefined,
): Promise<Pick<Connection, 'nodes'> | { why: string }> {
  const nodes: Connection['nodes'] = []
  let after: string | undefined
  for (let page = 0; page < mostPages; page++) {
    const { data, errors } = await github.graphql(query, { owner, name, after })
    const [error] = errors
    if (error) return { why: plain(error.message) }
    const answer = answerShape.safeParse(data)
    const connection = answer.success ? part(answer.data.repository) : undefined
    if (!connection) return { why: 'GitHub answered without them' }
    nodes.push(...connection.nodes)
    if (!connection.pageInfo.hasNextPage) return { nodes }
    after = connection.pageInfo.endCursor ?? undefined
  }
  return { why: `there are more than ${nodes.length}` }
}
