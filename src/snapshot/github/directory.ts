import { z } from 'zod'
import type { GitHub } from '../../github.ts'
import { type Fact, known, unknown } from '../snapshot.ts'

/** Who there is in an account: read once for all its repositories, kept up by webhooks, so that a push asks nothing. */
export interface Directory {
  owner: string
  teams: { id: number; slug: string }[]
  /** Logins, as GitHub writes them. */
  members: string[]
  /** Members must have a second factor; absent where nobody asked. */
  twoFactor?: Fact<boolean>
}

/** Custom property values by repository id. */
export type PropertyValues = Record<number, Record<string, string | string[]>>

/** A page that fails makes the whole listing unknown: a short list would call people gone who are there. */
export async function readDirectory(
  github: GitHub,
  owner: string,
  accountType: 'Organization' | 'User',
): Promise<Fact<Directory>> {
  // A person has no teams, and its only member is itself. Only the installation tells the two apart: an organisation
  // that was renamed a moment ago is "not found" as well.
  if (accountType === 'User')
    return known(
      {
        owner,
        teams: [],
        members: [owner],
        twoFactor: unknown(
          'not-configured',
          `${owner} is a person's account: there is no organisation that could ask for a second factor`,
        ),
      },
      'github',
    )

  const teams = new Map<number, string>()
  const members = new Set<string>()
  let teamsAfter: string | null = null
  let membersAfter: string | null = null
  let twoFactor: Fact<boolean> | undefined
  let more = { teams: true, members: true }
  while (more.teams || more.members) {
    const answer = await github.graphql(query, {
      owner,
      teamsAfter,
      membersAfter,
      teams: more.teams,
      members: more.members,
      twoFactor: twoFactor === undefined,
    })
    const { organization } = answerShape.parse(answer.data ?? {})
    // Not to be told of the second factor leaves people and teams as known as they were.
    const problem = answer.errors.find(error => error.path?.[1] !== 'requiresTwoFactorAuthentication')
    if (problem || !organization)
      return unknown(
        problem?.type === 'FORBIDDEN' ? 'permission' : 'unavailable',
        `The teams and members of ${owner} can't be read: ${(problem?.message ?? 'no answer').slice(0, 200)}${problem?.type === 'FORBIDDEN' ? '. Grant the app the permission "Members: read"' : ''}`,
      )
    twoFactor ??= twoFactorOf(owner, organization.requiresTwoFactorAuthentication)
    for (const team of organization.teams?.nodes ?? []) if (team) teams.set(team.databaseId, team.slug)
    for (const member of organization.membersWithRole?.nodes ?? []) if (member) members.add(member.login)
    teamsAfter = organization.teams?.pageInfo.endCursor ?? teamsAfter
    membersAfter = organization.membersWithRole?.pageInfo.endCursor ?? membersAfter
    more = {
      teams: organization.teams?.pageInfo.hasNextPage ?? false,
      members: organization.membersWithRole?.pageInfo.hasNextPage ?? false,
    }
  }
  return known(
    { owner, teams: [...teams].map(([id, slug]) => ({ id, slug })), members: [...members], twoFactor },
    'github',
  )
}

/** GitHub answers null, with an error or without, to whoever may not know. */
const twoFactorOf = (owner: string, value: boolean | null | undefined): Fact<boolean> =>
  typeof value === 'boolean'
    ? known(value, 'github')
    : unknown(
        'permission',
        `GitHub does not show the app whether ${owner} asks for a second factor. Grant it the organisation permission "Administration: read"`,
      )

/** Values of every repository of an organisation; GraphQL does not have them. A person's account has none. */
export async function readPropertyValues(github: GitHub, owner: string): Promise<Fact<PropertyValues>> {
  const values: PropertyValues = {}
  for (let page = 1; ; page++) {
    let rows: z.infer<typeof propertyRows>
    try {
      const answer = await github.request('GET /orgs/{org}/properties/values', {
        org: owner,
        per_page: 100,
        page,
      })
      rows = propertyRows.parse(answer.data)
    } catch (error) {
      const status = error instanceof Error && 'status' in error ? error.status : undefined
      if (status !== 403 && status !== 404) throw error
      return unknown(
        'permission',
        `The custom properties of ${owner} can't be read (${status}). Grant the app the permission "Custom properties: read"`,
      )
    }
    for (const row of rows)
      values[row.repository_id] = Object.fromEntries(
        row.properties.flatMap(property =>
          property.value === null ? [] : [[property.property_name, property.value]],
        ),
      )
    if (rows.length < 100) return known(values, 'github')
  }
}

const query = `query($owner: String!, $teamsAfter: String, $membersAfter: String, $teams: Boolean!, $members: Boolean!, $twoFactor: Boolean!) {
  organization(login: $owner) {
    requiresTwoFactorAuthentication @include(if: $twoFactor)
    teams(first: 100, after: $teamsAfter) @include(if: $teams) {
      nodes { databaseId slug } pageInfo { hasNextPage endCursor }
    }
    membersWithRole(first: 100, after: $membersAfter) @include(if: $members) {
      nodes { login } pageInfo { hasNextPage endCursor }
    }
  }
}`

const pageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() })
const answerShape = z.object({
  organization: z
    .object({
      requiresTwoFactorAuthentication: z.boolean().nullish(),
      teams: z
        .object({
          nodes: z.array(z.object({ databaseId: z.number(), slug: z.string() }).nullable()),
          pageInfo,
        })
        .optional(),
      membersWithRole: z
        .object({ nodes: z.array(z.object({ login: z.string() }).nullable()), pageInfo })
        .optional(),
    })
    .nullish(),
})

const propertyRows = z.array(
  z.object({
    repository_id: z.number(),
    properties: z.array(
      z.object({ property_name: z.string(), value: z.union([z.string(), z.array(z.string())]).nullable() }),
    ),
  }),
)
