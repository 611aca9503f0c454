import { globSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { proposalReads } from '../../src/proposal/reads.ts'
import { resolveAccounts } from '../../src/snapshot/accounts.ts'
import { codeownersPaths, parseCodeowners } from '../../src/snapshot/files/codeowners.ts'
import { anyGlob } from '../../src/snapshot/files/linear-glob.ts'
import { type Activity, known, type Snapshot, unknown } from '../../src/snapshot/snapshot.ts'
import { metadata } from '../support/facts.ts'
import { snapshotOf } from '../support/snapshot.ts'

const directory = join(import.meta.dirname, '../../fixtures')

/** What a careful engineer would accept: one value, any of some, or that it is left for a person; perhaps either. */
export interface Line {
  oneOf: string[]
  /** Present where leaving it open is right: what is to be offered then. */
  left?: string[]
}

export const fields = ['name', 'type', 'lifecycle', 'owner'] as const
export type Field = (typeof fields)[number]

export type ExpectedComponent = Record<Field, Line> & {
  /** The directory; `.` is the root. */
  path: string
  /** To leave it out is as right. */
  optional: boolean
}

export interface Fixture {
  name: string
  about: string
  snapshot: Snapshot
  /** Usually one; each is right as a whole. */
  expected: ExpectedComponent[][]
}

const texts = z.union([z.string(), z.array(z.string())]).transform(value => [value].flat())
const lineShape = z.union([
  texts.transform((oneOf): Line => ({ oneOf })),
  z
    .strictObject({ oneOf: texts.optional(), left: z.array(z.string()) })
    .transform(({ oneOf = [], left }): Line => ({ oneOf, left })),
])

const componentShape = z.strictObject({
  path: z.string(),
  optional: z.boolean().default(false),
  name: lineShape,
  type: lineShape,
  lifecycle: lineShape,
  owner: lineShape,
  why: z.string().min(8),
})

const permissions = {
  pull: 'read',
  triage: 'triage',
  push: 'write',
  maintain: 'maintain',
  admin: 'admin',
} as const
const permission = z.enum(['pull', 'triage', 'push', 'maintain', 'admin'])

const fixtureShape = z.strictObject({
  about: z.string(),
  github: z.strictObject({
    name: z.string(),
    description: z.string(),
    topics: z.array(z.string()),
    primaryLanguage: z.string().optional(),
    visibility: z.enum(['public', 'private', 'internal']),
    isArchived: z.boolean().default(false),
    isFork: z.boolean().default(false),
    createdAt: z.string(),
    pushedAt: z.string(),
    latestRelease: z.coerce.string().optional(),
  }),
  activity: z.union([
    z.literal('unknown'),
    z.strictObject({
      pullRequests: z.number(),
      teams: z.record(z.string(), permission),
      /** Login: pull requests written, reviewed. */
      people: z.record(z.string(), z.tuple([z.number(), z.number()])),
    }),
  ]),
  /** Files beside those in `repository`, whose text tells nothing. */
  paths: z.array(z.string()),
  expected: z.union([z.array(componentShape), z.strictObject({ anyOf: z.array(z.array(componentShape)) })]),
  why: z.string().optional(),
})

const organisation = z
  .object({ login: z.string(), teams: z.record(z.string(), z.array(z.string())) })
  .parse(parse(readFileSync(join(directory, 'proposals/organisation.yaml'), 'utf8')))

const teamsOf = (login: string): string[] =>
  Object.entries(organisation.teams).flatMap(([slug, members]) => (members.includes(login) ? slug : []))

/** `proposals-unseen`: no rule was changed because of them, but that Package.swift is read. */
export const fixtureSets = ['proposals', 'proposals-unseen'] as const
export type FixtureSet = (typeof fixtureSets)[number]

export const readFixtures = (set: FixtureSet = 'proposals'): Promise<Fixture[]> =>
  Promise.all(
    globSync('*/fixture.yaml', { cwd: join(directory, set) })
      .sort()
      .map(path => readFixture(path.slice(0, path.indexOf('/')), join(directory, set))),
  )

async function readFixture(name: string, inSet: string): Promise<Fixture> {
  const told = fixtureShape.parse(parse(readFileSync(join(inSet, name, 'fixture.yaml'), 'utf8')))
  const files = filesOf(join(inSet, name, 'repository'))
  const { expected } = told
  return {
    name,
    about: told.about,
    snapshot: await snapshotFrom(told, files),
    expected: Array.isArray(expected) ? [expected] : expected.anyOf,
  }
}

const filesOf = (root: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(root, { withFileTypes: true, recursive: true })
      .filter(entry => entry.isFile())
      .map(entry => relative(root, join(entry.parentPath, entry.name)))
      .sort()
      .map(path => [path, readFileSync(join(root, path), 'utf8')]),
  )

type Told = z.infer<typeof fixtureShape>

/** As a look takes it: only the files that a proposal reads, only the accounts that CODEOWNERS names. */
async function snapshotFrom(told: Told, files: Record<string, string>): Promise<Snapshot> {
  const { github } = told
  const isRead = anyGlob(proposalReads.files)
  const snapshot = await snapshotOf({
    repository: {
      name: github.name,
      owner: organisation.login,
      url: `https://github.com/acme/${github.name}`,
    },
    tree: [...Object.keys(files), ...told.paths].sort(),
    files: Object.fromEntries(Object.entries(files).filter(([path]) => isRead(path))),
    facts: {
      metadata: metadata({
        description: github.description,
        visibility: github.visibility,
        isArchived: github.isArchived,
        isFork: github.isFork,
        createdAt: `${github.createdAt}T08:00:00Z`,
        pushedAt: `${github.pushedAt}T08:00:00Z`,
        ...(github.primaryLanguage ? { primaryLanguage: github.primaryLanguage } : {}),
      }),
      topics: github.topics,
      languages: github.primaryLanguage ? { [github.primaryLanguage]: 10_000 } : {},
      latestRelease: github.latestRelease
        ? {
            exists: true,
            tag: github.latestRelease,
            publishedAt: `${github.pushedAt}T08:00:00Z`,
            notes: '',
            assets: [],
          }
        : { exists: false },
      environments: environmentsIn(files),
    },
    accounts: accountsIn(files),
  })
  for (const path of proposalReads.files.filter(pattern => !/[*?[]/.test(pattern)))
    snapshot.files[path] ??= { known: true, value: { exists: false }, source: 'test' }
  return { ...snapshot, activity: activityFrom(told.activity) }
}

/** GitHub makes an environment when a workflow first names it. */
const environmentsIn = (files: Record<string, string>) =>
  Object.entries(files)
    .filter(([path]) => path.startsWith('.github/workflows/'))
    .flatMap(([, text]) => [...text.matchAll(/environment: (?:\{ name: )?([\w-]+)/g)])
    .map(([, name = '']) => ({
      name,
      requiredReviewers: 0,
      preventsSelfReview: false,
      branches: 'all' as const,
    }))

function accountsIn(files: Record<string, string>): Snapshot['accounts'] {
  const path = codeownersPaths.find(each => each in files)
  const rules = path ? parseCodeowners(path, files[path] ?? '').rules : []
  const handles = rules.flatMap(rule => rule.owners.map(({ text }) => text.toLowerCase()))
  const teams = Object.keys(organisation.teams).map((slug, index) => ({ id: index + 1, slug }))
  const members = [...new Set(Object.values(organisation.teams).flat())]
  return resolveAccounts(
    { refs: [], handles },
    known({ owner: organisation.login, teams, members }, 'directory'),
    {},
  )
}

function activityFrom(told: Told['activity']): NonNullable<Snapshot['activity']> {
  if (told === 'unknown') return unknown('permission', 'The app may not read who works here')
  const activity: Activity = {
    pullRequests: told.pullRequests,
    teams: Object.entries(told.teams).map(([slug, granted]) => ({ slug, permission: permissions[granted] })),
    people: Object.entries(told.people).map(([login, [authored, reviewed]]) => ({
      login,
      authored,
      reviewed,
      teams: teamsOf(login),
    })),
  }
  return known(activity, 'github')
}
