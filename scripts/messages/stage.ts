import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { builtInControls } from '../../src/controls/index.ts'
import type { Judgement } from '../../src/effects/judgement.ts'
import { type FixProposal, proposeFixes } from '../../src/fix-proposal.ts'
import { evaluate } from '../../src/policy/evaluate.ts'
import { explain } from '../../src/policy/explain.ts'
import { fixableControls } from '../../src/policy/fixable.ts'
import { parsePolicy } from '../../src/policy/parse.ts'
import type { Policy, PolicyFile } from '../../src/policy/policy.ts'
import { policyReads } from '../../src/policy/reads.ts'
import { codeownersPaths } from '../../src/snapshot/files/codeowners.ts'
import { snapshotFromFiles } from '../../src/snapshot/from-files.ts'
import type { Directory } from '../../src/snapshot/github/directory.ts'
import {
  absentFile,
  type Fact,
  known,
  type Metadata,
  type Protection,
  type Snapshot,
  unknown,
} from '../../src/snapshot/snapshot.ts'

/** acme, as docs/messages.md tells of it: what is no file in fixtures/messages. */

export const fixtures = join(import.meta.dirname, '../../fixtures/messages')

export const now = new Date('2026-11-23T10:00:00.000Z')
/** After the waiver of TechDocs has come near its end. */
export const march = new Date('2027-03-20T10:00:00.000Z')

export const base = '7c9e2d4000000000000000000000000000000001'
export const head = '3f2c1ab000000000000000000000000000000002'
export const fixed = '8d1e0aa000000000000000000000000000000003'
export const policyCommit = '91d0e77000000000000000000000000000000004'
export const policyUrl = `https://github.com/acme/.github/blob/${policyCommit}`

/** Text by path, of every file below a folder of the fixtures. */
export const filesIn = (folder: string): Record<string, string> => {
  const root = join(fixtures, folder)
  return Object.fromEntries(
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name))
      .sort()
      .map(path => [relative(root, path), readFileSync(path, 'utf8')]),
  )
}

export const policyFiles = (folder: string): PolicyFile[] =>
  Object.entries(filesIn(folder)).map(([path, text]) => ({ path, text }))

export const policyOf = (folder: string): Policy => {
  const parsed = parsePolicy(policyFiles(folder), { version: policyCommit, library: builtInControls })
  if (parsed.ok) return parsed.policy
  throw new Error(`fixtures/messages/${folder} does not parse: ${parsed.problems[0]?.message}`)
}

export const policy = policyOf('policy')

export const directory: Fact<Directory> = known(
  {
    owner: 'acme',
    teams: [
      { id: 1, slug: 'payments' },
      { id: 2, slug: 'search' },
      { id: 3, slug: 'security' },
    ],
    members: ['jane', 'sam'],
  },
  'github',
)

const accounts: Snapshot['accounts'] = {
  ...Object.fromEntries(
    ['payments', 'search', 'security'].flatMap(slug => [
      [`group:default/${slug}`, known({ exists: true, as: `team @acme/${slug}` }, 'github')],
      [`@acme/${slug}`, known({ exists: true, as: `team @acme/${slug}` }, 'github')],
    ]),
  ),
  'group:default/team-paymnts': known({ exists: false, nearest: 'payments' }, 'github'),
  '@acme/old-team': known({ exists: false }, 'github'),
}

const metadata: Metadata = {
  visibility: 'private',
  isArchived: false,
  isFork: false,
  isTemplate: false,
  isEmpty: false,
  hasIssuesEnabled: true,
  description: 'Takes card payments',
  defaultBranch: 'main',
  licence: '',
  hasSecurityPolicy: false,
  hasDependencyAlerts: true,
}

export const protection: Protection = {
  requiresPullRequest: true,
  requiredApprovals: 1,
  requiresCodeOwnerReview: true,
  blocksForcePush: true,
  blocksDeletion: true,
  requiredChecks: [{ context: 'test' }],
  dismissesStaleReviews: true,
  requiresLastPushApproval: false,
  bypass: [],
  sources: ['ruleset "baseline"'],
}

interface Told {
  id?: number
  name?: string
  files: Record<string, string>
  target?: Partial<Snapshot['target']>
  metadata?: Partial<Metadata>
  facts?: Partial<Snapshot['facts']>
  topics?: string[]
}

/** What nobody put there is known not to be there. */
const absent = Object.fromEntries(
  [...policyReads(policyOf('policy-proposed')).files, ...codeownersPaths].map(path => [
    path,
    absentFile('github'),
  ]),
)

/** A repository of acme in which GitHub knows of nothing wrong, unless it is told. */
export const repositoryOf = async (told: Told): Promise<Snapshot> => {
  const name = told.name ?? 'payments-api'
  const snapshot = await snapshotFromFiles(
    {
      name,
      files: told.files,
      facts: {
        metadata: known({ ...metadata, ...told.metadata }, 'github'),
        topics: known(told.topics ?? ['pci'], 'github'),
        properties: known({}, 'github'),
        protection: known(protection, 'github'),
        codeownersErrors: known([], 'github'),
        ...told.facts,
      },
    },
    now,
  )
  return {
    ...snapshot,
    repository: {
      id: told.id ?? 42,
      nodeId: `R_${told.id ?? 42}`,
      name,
      owner: 'acme',
      ownerId: 1,
      installationId: 9,
      url: `https://github.com/acme/${name}`,
    },
    target: { kind: 'default-branch', ref: 'refs/heads/main', sha: head, ...told.target },
    files: { ...absent, ...snapshot.files },
    accounts: Object.fromEntries(
      Object.keys(snapshot.accounts).flatMap(each => (accounts[each] ? [[each, accounts[each]]] : [])),
    ),
    catalogue: { [`component:default/${name}`]: known({ registered: false }, 'catalogue') },
  }
}

/** An administrator of the policy would read: what the app may not see, and how it comes to see it. */
export const unseenProtection = unknown(
  'permission',
  'The app may not read branch protection; grant it the permission "Administration: read"',
)

const before = filesIn('before/payments-api')
const changed = { ...before, ...filesIn('after/payments-api') }
const catalogue = 'catalog-info.yaml'

/** The default branch with what nobody has repaired: the owner, and how long audit logs are kept. */
export const broken: Record<string, string> = { ...before, [catalogue]: changed[catalogue] ?? '' }
export const sound: Record<string, string> = {
  ...changed,
  [catalogue]: before[catalogue] ?? '',
  'config/logging.yaml': (before['config/logging.yaml'] ?? '').replace('30', '365'),
}

/** Pull request 7, or a merge group: `files` on top of where the changes begin, with the lines that differ. */
export const changeOf = async (
  told: Told & { changes: { path: string; line: number }[]; begins?: Record<string, string> },
): Promise<Snapshot> => ({
  ...(await repositoryOf({
    ...told,
    target: { kind: 'pull-request', ref: 'refs/pull/7/head', pullRequest: 7, base: 'main', ...told.target },
  })),
  base: known(
    {
      snapshot: await repositoryOf({ ...told, files: told.begins ?? before, target: { sha: base } }),
      changes: known(
        told.changes.map(({ path, line }) => ({ path, status: 'modified', lines: [[line, line]] })),
        'github',
      ),
    },
    'github',
  ),
})

export const changes = [
  { path: catalogue, line: 10 },
  { path: '.github/CODEOWNERS', line: 3 },
]

export const pullRequest = (): Promise<Snapshot> => changeOf({ files: changed, changes })

export const judged = (snapshot: Snapshot, by: Policy = policy, at: Date = now): Judgement => {
  const verdict = evaluate(snapshot, by, at)
  return {
    verdict,
    snapshot,
    policyUrl,
    fixable: fixableControls(snapshot, by, verdict),
    explanation: explain(snapshot, by, verdict),
  }
}

export const proposed = (
  snapshot: Snapshot,
  options: { owner?: string; by?: Policy } = {},
): Promise<FixProposal> =>
  proposeFixes(snapshot, options.by ?? policy, now, {
    directory,
    ...(options.owner ? { owner: options.owner } : {}),
  })
