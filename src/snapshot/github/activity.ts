import { z } from 'zod'
import type { GitHub, GraphqlAnswer } from '../../github.ts'
import {
  type Activity,
  type Fact,
  known,
  type RepositoryIdentity,
  type Unknown,
  unknown,
} from '../snapshot.ts'
import type { Directory } from './directory.ts'

/** People whose teams are asked for, in one query. */
const mostPeople = 20
const teamsPerPage = 100
const mostTeamPages = 5

/**
 * Who works on a repository, for an owner that nobody wrote down: three requests. What is refused makes all of it unknown,
 * since a half of it would speak for the wrong team. Throws `RateLimited`, or the client's error.
 */
export async function readActivity(
  github: GitHub,
  repository: Pick<RepositoryIdentity, 'owner' | 'name'>,
  directory: Fact<Directory>,
): Promise<Fact<Activity>> {
  if (!directory.known) return directory
  const work = await readWork(github, repository)
  if ('known' in work) return work
  // A person's account has no teams, and GitHub would answer "not found".
  if (directory.value.teams.length === 0) return known({ ...work, teams: [] }, 'github')
  const teams = await readTeams(github, repository)
  if ('known' in teams) return teams
  const busiest = work.people.slice(0, mostPeople)
  const teamsOf = await readTeamsOf(
    github,
    repository.owner,
    busiest.map(({ login }) => login),
  )
  if ('known' in teamsOf) return teamsOf
  return known(
    {
      teams,
      people: busiest.map(person => ({ ...person, teams: teamsOf.get(person.login) ?? [] })),
      pullRequests: work.pullRequests,
    },
    'github',
  )
}

const work = `query($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) {
    pullRequests(states: [MERGED], first: 20, orderBy: {field: UPDATED_AT, direction: DESC}) {
      nodes {
        author { __typename login }
        latestReviews(first: 10) { nodes { author { __typename login } } }
      }
    }
  }
}`

const actor = z.object({ __typename: z.string(), login: z.string() }).nullish()
const workShape = z.object({
  repository: z
    .object({
      pullRequests: z.object({
        nodes: z
          .array(
            z
              .object({
                author: actor,
                latestReviews: z
                  .object({ nodes: z.array(z.object({ author: actor }).nullable()).nullish() })
                  .nullish(),
              })
              .nullable(),
          )
          .nullish(),
      }),
    })
    .nullish(),
})

async function readWork(
  github: GitHub,
  { owner, name }: { owner: string; name: string },
): Promise<Pick<Activity, 'people' | 'pullRequests'> | Unknown> {
  const answer = await github.graphql(work, { owner, name })
  const { repository } = workShape.parse(answer.data ?? {})
  if (answer.errors.length > 0 || !repository)
    return refused(answer, `the pull requests of ${name}`, 'Pull requests: read')
  const people = new Map<string, { login: string; authored: number; reviewed: number }>()
  const count = (by: z.infer<typeof actor>, what: 'authored' | 'reviewed'): void => {
    if (by?.__typename !== 'User' || /\[bot\]$/i.test(by.login)) return
    const before = people.get(by.login) ?? { login: by.login, authored: 0, reviewed: 0 }
    people.set(by.login, { ...before, [what]: before[what] + 1 })
  }
  const nodes = (repository.pullRequests.nodes ?? []).filter(node => node !== null)
  for (const { author, latestReviews } of nodes) {
    count(author, 'authored')
    for (const review of latestReviews?.nodes ?? [])
      if (review?.author?.login !== author?.login) count(review?.author, 'reviewed')
  }
  return {
    people: [...people.values()]
      .sort((a, b) => b.authored + b.reviewed - a.authored - a.reviewed || (a.login < b.login ? -1 : 1))
      .map(person => ({ ...person, teams: [] })),
    pullRequests: nodes.length,
  }
}

const teamsShape = z.array(z.object({ slug: z.string(), permission: z.string() }))

const permissions: Readonly<Record<string, Activity['teams'][number]['permission']>> = {
  pull: 'read',
  triage: 'triage',
  push: 'write',
  maintain: 'maintain',
  admin: 'admin',
}

/** GraphQL lists a team's repositories and not a repository's teams. */
async function readTeams(
  github: GitHub,
  { owner, name }: { owner: string; name: string },
): Promise<Activity['teams'] | Unknown> {
  const teams: Activity['teams'] = []
  for (let page = 1; page <= mostTeamPages; page++) {
    let listed: z.infer<typeof teamsShape>
    try {
      const answer = await github.request('GET /repos/{owner}/{repo}/teams', {
        owner,
        repo: name,
        per_page: teamsPerPage,
        page,
      })
      listed = teamsShape.parse(answer.data)
    } catch (error) {
      const status = error instanceof Error && 'status' in error ? error.status : undefined
      if (status !== 403 && status !== 404) throw error
      return unknown(
        'permission',
        `The teams with access to ${name} can't be read (${status}). Grant the app the repository permission "Administration: read"`,
      )
    }
    // A role of the organisation's own has another name; it is at least what its base role may.
    for (const { slug, permission } of listed)
      teams.push({ slug, permission: permissions[permission] ?? 'write' })
    if (listed.length < teamsPerPage) return teams
  }
  return unknown(
    'partial-answer',
    `More than ${mostTeamPages * teamsPerPage} teams have access to ${name}, and no owner can be told from that`,
  )
}

const teamsOfShape = z.object({
  organization: z
    .record(
      z.string(),
      z.object({ nodes: z.array(z.object({ slug: z.string() }).nullable()).nullish() }).nullish(),
    )
    .nullish(),
})

/** Slugs by login: one field for each person, in one query; nobody's members are listed. */
async function readTeamsOf(
  github: GitHub,
  owner: string,
  logins: readonly string[],
): Promise<ReadonlyMap<string, string[]> | Unknown> {
  if (logins.length === 0) return new Map()
  const names = logins.map((_, index) => `$l${index}: [String!]`).join(', ')
  const fields = logins.map(
    (_, index) => `p${index}: teams(first: 20, userLogins: $l${index}) { nodes { slug } }`,
  )
  const answer = await github.graphql(
    `query($owner: String!, ${names}) { organization(login: $owner) { ${fields.join(' ')} } }`,
    { owner, ...Object.fromEntries(logins.map((login, index) => [`l${index}`, [login]])) },
  )
  const { organization } = teamsOfShape.parse(answer.data ?? {})
  if (answer.errors.length > 0 || !organization)
    return refused(answer, `the teams of ${owner}`, 'Members: read')
  return new Map(
    logins.map((login, index) => [
      login,
      (organization[`p${index}`]?.nodes ?? []).flatMap(team => (team ? [team.slug] : [])),
    ]),
  )
}

const refused = ({ errors }: GraphqlAnswer, what: string, permission: string): Unknown => {
  const [problem] = errors
  return problem?.type === 'FORBIDDEN'
    ? unknown('permission', `The app may not read ${what}. Grant it the permission "${permission}"`)
    : unknown(
        'unavailable',
        `GitHub does not tell ${what}: ${(problem?.message ?? 'no answer').slice(0, 200)}`,
      )
}
