import type { Activity, Snapshot } from '../snapshot/snapshot.ts'
import type { Component } from './component.ts'
import { namedInCodeowners } from './owner-by-codeowners.ts'
import type { Surroundings } from './surroundings.ts'
import { isWide, plainSlug, slugOf } from './team.ts'
import { type Sign, type Weighed, weigh } from './weighed.ts'

export interface Owners {
  /** Slugs of teams that are known to exist, the likeliest first. */
  teams: Weighed[]
  /** `user:jane`: a person may answer for it, and only a person may say so. Never proposed. */
  people: string[]
  /** Teams that are named and nobody could be asked about. */
  unsure: string[]
}

/** Who answers for it. A team that is not known to exist is none. */
export const ownersFor = (component: Component, around: Surroundings): Owners => {
  const { snapshot } = around
  const activity = snapshot.activity?.known ? snapshot.activity.value : undefined
  const named = namedInCodeowners(component, snapshot)
  const exists = teamsThatExist(snapshot, activity)
  // Where CODEOWNERS tells of a part, what is told of the whole repository counts less.
  const isToldApart = component.isPart && named.teams.some(({ weight }) => weight > 0.5)
  const ofWhole = (sign: Sign): Sign => (isToldApart ? { ...sign, weight: sign.weight * 0.4 } : sign)
  const signs = [
    ...named.teams,
    ...ofPermissions(activity).map(ofWhole),
    ...ofProperties(around.properties, exists),
    ...ofTopics(around.topics, exists).map(ofWhole),
    ...ofReadme(around.readme, snapshot.repository.owner, exists),
    ...ofPeople(activity).map(ofWhole),
  ]
  return {
    teams: weigh(signs.filter(sign => exists.has(sign.for))),
    people: [...new Set([...named.people, ...busiest(activity)])].slice(0, 5),
    unsure: [...new Set(signs.map(sign => sign.for))]
      .filter(team => plainSlug.test(team) && !exists.has(team) && !isGone(team, snapshot))
      .slice(0, 5),
  }
}

const teamsThatExist = (snapshot: Snapshot, activity: Activity | undefined): ReadonlySet<string> => {
  const found = new Set<string>()
  for (const { slug } of activity?.teams ?? []) found.add(slug.toLowerCase())
  for (const { teams } of activity?.people ?? []) for (const team of teams) found.add(team.toLowerCase())
  for (const [name, fact] of Object.entries(snapshot.accounts)) {
    if (!fact.known || !fact.value.exists) continue
    const slug = slugOf(name, snapshot) ?? /^group:default\/(.+)$/.exec(name)?.[1]
    if (slug) found.add(slug)
  }
  return new Set([...found].filter(slug => plainSlug.test(slug) && !isGone(slug, snapshot)))
}

/** Somebody was asked, and there is no such team. */
const isGone = (slug: string, snapshot: Snapshot): boolean => {
  const fact = snapshot.accounts[`@${snapshot.repository.owner.toLowerCase()}/${slug}`]
  return fact?.known === true && !fact.value.exists
}

/** They own nothing, and are still named to the person who decides. */
const wide = 0.15

const rights = { admin: 0.5, maintain: 0.5, write: 0.3, triage: 0.05, read: 0.02 } as const

const ofPermissions = (activity: Activity | undefined): Sign[] => {
  const teams = activity?.teams ?? []
  const narrow = teams.filter(({ slug }) => !isWide(slug))
  const deciding = narrow.filter(({ permission }) => permission === 'admin' || permission === 'maintain')
  const writing = narrow.filter(({ permission }) => permission === 'write')
  return teams.slice(0, 50).map(({ slug, permission }): Sign => {
    const isAlone = deciding.length + writing.length === 1
    const weight = rights[permission]
    const alone = permission === 'write' ? 0.5 : weight + 0.12
    return {
      for: slug.toLowerCase(),
      weight:
        (isWide(slug) ? wide : 1) *
        (isAlone && weight > 0.1
          ? alone
          : weight / Math.max(1, Math.sqrt(deciding.length || writing.length))),
      because: `it ${isAlone && weight > 0.1 ? 'is the only team that may write, and ' : ''}has the permission ${permission}`,
    }
  })
}

const ofProperties = (properties: Surroundings['properties'], exists: ReadonlySet<string>): Sign[] =>
  Object.entries(properties).flatMap(([name, value]) => {
    if (
      !/^(?:owner|owners|team|owning-?_?team|owner-?_?team|service-owner|maintainer)$/i.test(name) ||
      typeof value !== 'string'
    )
      return []
    const slug = value
      .toLowerCase()
      .replace(/^@[^/]+\//, '')
      .replace(/\s+/g, '-')
      .slice(0, 100)
    return exists.has(slug) || plainSlug.test(slug)
      ? [{ for: slug, weight: 0.85, because: `the custom property ${name.slice(0, 40)} names it` }]
      : []
  })

const ofTopics = (topics: readonly string[], exists: ReadonlySet<string>): Sign[] =>
  topics.flatMap((topic): Sign[] => {
    const stated = /^(?:team|owner|owned-by|squad|tribe)-(.+)$/.exec(topic)?.[1]
    const team = [
      stated,
      topic,
      stated && `team-${stated}`,
      stated && `${stated}-team`,
      `${topic}-team`,
    ].find(each => each && exists.has(each))
    if (!team) return []
    return [
      {
        for: team,
        weight: stated ? 0.75 : team === topic ? 0.4 : 0.3,
        because: `the topic ${topic.slice(0, 50)} names it`,
      },
    ]
  })

const ofReadme = (readme: string, owner: string, exists: ReadonlySet<string>): Sign[] => {
  const found = new Map<string, Sign>()
  for (const line of readme.split('\n').slice(0, 300)) {
    const isClaim = /\b(?:owne[dr]s?|maintain(?:ed|ers?)?|team|contact|responsible)\b/i.test(
      line.slice(0, 300),
    )
    for (const match of line.slice(0, 300).matchAll(/@([\w-]{1,40})\/([\w.-]{1,100})/g)) {
      const slug = (match[2] ?? '').toLowerCase().replace(/[.-]+$/, '')
      if (match[1]?.toLowerCase() === owner.toLowerCase() && exists.has(slug) && !found.has(slug))
        found.set(slug, { for: slug, weight: isClaim ? 0.65 : 0.25, because: 'README.md names it' })
    }
  }
  return [...found.values()].slice(0, 5)
}

/** A review is a sign of who is asked, as good as having written. */
const ofPeople = (activity: Activity | undefined): Sign[] => {
  if (!activity || activity.pullRequests === 0) return []
  const work = new Map<string, number>()
  let total = 0
  for (const { authored, reviewed, teams } of activity.people) {
    total += authored + reviewed
    // Who is in many teams tells little of each.
    for (const team of teams)
      work.set(
        team.toLowerCase(),
        (work.get(team.toLowerCase()) ?? 0) +
          (authored + reviewed) / Math.sqrt(Math.max(1, teams.filter(each => !isWide(each)).length)),
      )
  }
  if (total === 0) return []
  const trust = Math.min(1, activity.pullRequests / 5)
  const withAccess = new Set(
    activity.teams.map(({ slug }) => slug.toLowerCase()).filter(slug => !isWide(slug)),
  )
  const bears = (team: string): number =>
    (isWide(team) ? wide : 1) * (withAccess.size > 0 && !withAccess.has(team) ? 0.5 : 1)
  return [...work].flatMap(([team, done]): Sign[] => {
    const share = Math.min(1, done / total)
    return share < 0.15
      ? []
      : [
          {
            for: team,
            weight: 0.75 * share * trust * bears(team),
            because: `its people did ${Math.round(share * 100)} % of the work on the last ${activity.pullRequests} pull requests`,
          },
        ]
  })
}

const busiest = (activity: Activity | undefined): string[] =>
  (activity?.people ?? [])
    .slice(0, 2)
    .flatMap(({ login }) => (plainSlug.test(login.toLowerCase()) ? [`user:${login.toLowerCase()}`] : []))
