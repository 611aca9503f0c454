import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startGitHub } from '../../demo/github/start.ts'
import { builtInControls } from '../../src/controls/index.ts'
import { AppOctokit, createGitHubClients, type GitHub } from '../../src/github.ts'
import { evaluate } from '../../src/policy/evaluate.ts'
import { parsePolicy } from '../../src/policy/parse.ts'
import type { Policy } from '../../src/policy/policy.ts'
import { policyReads } from '../../src/policy/reads.ts'
import type { ControlVerdict, Verdict } from '../../src/policy/verdict.ts'
import { known, type Snapshot } from '../../src/snapshot/snapshot.ts'
import { type Sources, type TakeRequest, takeSnapshot } from '../../src/snapshot/take.ts'
import { person } from '../support/person.ts'
import { type Case, cases, healthy } from './introduced-cases.ts'

/**
 * Pairs of a base and a head, read from the emulated GitHub as a pull request is, and judged by the library: what each
 * introduces, fixes and finds as it was. The base that is put together from the head and a comparison must be judged as the
 * same commit is when it is read by itself.
 */

const now = new Date('2026-11-22T12:00:00Z')

const policyWith = (pullRequests: 'introduced' | 'all'): Policy => {
  const text = `version: 1
pull-requests: ${pullRequests}
rules:
  - name: Everything
    require:
      catalog-info-valid: enforce
      owner-exists: enforce
      codeowners-valid: enforce
      codeowners-cover: enforce
      actions-pinned: enforce
      workflow-permissions: enforce
      base-images-pinned: enforce
      no-binaries: enforce
      readme-present: advise
      logging-kept: enforce
controls:
  logging-kept:
    title: Audit logs are kept for a year
    why: They are asked for.
    require:
      - file: config/logging.yaml
        where: doc.audit.retentionDays >= 365
        message: Set audit.retentionDays to at least 365.
`
  const parsed = parsePolicy([{ path: 'golden-path.yml', text }], { version: 'p', library: builtInControls })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.policy
}
const policies = { introduced: policyWith('introduced'), all: policyWith('all') }
const plan = policyReads(policies.introduced)

let github: Awaited<ReturnType<typeof startGitHub>>
let client: GitHub
let asked: string[] = []
let somebody: ReturnType<typeof person>
let repository: TakeRequest['repository']

beforeAll(async () => {
  github = await startGitHub({
    org: {
      login: 'acme',
      users: ['jane'],
      teams: [{ slug: 'payments', members: ['jane'], repositories: { api: 'push' } }],
      repositories: { api: { files: healthy } },
    },
  })
  somebody = person(github)
  const octokit = new AppOctokit({
    auth: { token: github.userToken },
    baseUrl: `${github.url}/api/v3`,
  })
  const inner = await createGitHubClients({
    auth: async () => octokit,
    dryRun: true,
  }).asInstallation(1001)
  client = {
    ...inner,
    request: (route, parameters) => {
      asked.push(route)
      return inner.request(route, parameters)
    },
    graphql: (query, variables) => {
      asked.push('graphql')
      return inner.graphql(query, variables)
    },
  }
  const { id, node_id } = (await somebody.ask('GET', '/repos/acme/api')) as { id: number; node_id: string }
  repository = { id, nodeId: node_id, name: 'api', owner: 'acme', ownerId: 1, installationId: 1001, url: '' }
}, 30_000)
afterAll(() => github?.stop())

const sources = (): Sources => ({
  github: client,
  directory: known({ owner: 'acme', teams: [{ id: 1, slug: 'payments' }], members: ['jane'] }, 'directory'),
  properties: known({}, 'directory'),
  twoFactor: known(true, 'directory'),
  registered: [],
  templates: async () => ({}),
})

/** With what it cost. */
const take = async (more: Partial<TakeRequest>): Promise<{ snapshot: Snapshot; reads: string[] }> => {
  asked = []
  const snapshot = await takeSnapshot({ repository, kind: 'merge-group', plan, now, ...more }, sources())
  return { snapshot, reads: asked }
}

/** As the store would have it, were this commit the default branch's. */
const asStored = (snapshot: Snapshot): Snapshot => {
  const { base: _, ...rest } = snapshot
  return { ...rest, target: { kind: 'default-branch', ref: 'refs/heads/main', sha: snapshot.target.sha } }
}

const withPath = (id: string, path: string | undefined): string => (path === undefined ? id : `${id} ${path}`)

const listed = (verdict: Verdict, since: string): string[] =>
  verdict.controls
    .flatMap(({ id, findings }) =>
      findings.flatMap(finding => (finding.since === since ? [withPath(id, finding.location?.path)] : [])),
    )
    .sort()

const fixedOf = (verdict: Verdict): string[] =>
  verdict.controls
    .flatMap(({ id, fixed = [] }) => fixed.map(({ location }) => withPath(id, location?.path)))
    .sort()

const summed = (verdict: Verdict) => ({
  introduced: listed(verdict, 'introduced'),
  fixed: fixedOf(verdict),
  before: listed(verdict, 'inherited'),
  conclusion: verdict.conclusion,
})

const expected = ({ introduced = [], fixed = [], before = [], conclusion }: Case) => ({
  introduced: [...introduced].sort(),
  fixed: [...fixed].sort(),
  before: [...before].sort(),
  conclusion,
})

const withoutSince = (controls: readonly ControlVerdict[]): unknown =>
  controls.map(({ fixed: _, ...control }) => control)

describe('what a pull request changes', () => {
  it('is told of at least 40 pairs', () => {
    expect(cases.length).toBeGreaterThanOrEqual(40)
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
  })

  it.each(cases.map((each, index) => [each.name, each, index] as const))('%s', async (_, each, index) => {
    const onto = `base-${index}`
    const from = `head-${index}`
    await somebody.branch('api', onto)
    const base = each.base ? await somebody.commit('api', each.base, onto) : await somebody.head('api')
    await somebody.branch('api', from, base)
    const only = await somebody.commit('api', each.head, from)
    const sha = each.next ? await somebody.commit('api', each.next, from) : only
    const pullRequest = (
      (await somebody.ask('POST', '/repos/acme/api/pulls', {
        title: each.name,
        head: from,
        base: onto,
      })) as { number: number }
    ).number
    const policy = policies[each.counts ?? 'introduced']
    const asPull = { kind: 'pull-request', sha, pullRequest, base: onto } as const

    // As a commit of its own, which is what a push to the default branch would cost.
    const alone = await take({ sha: base, base: base })
    const stored = asStored(alone.snapshot)
    const push = await take({ sha, before: stored, settings: stored })
    push.reads = push.reads.filter(route => !route.includes('/compare/'))

    const first = await take({ ...asPull })
    const later = await take({ ...asPull, before: stored, stored, settings: stored })
    for (const { snapshot } of [first, later]) {
      const verdict = evaluate(snapshot, policy, now)
      expect(summed(verdict)).toEqual(expected(each))
      expect(verdict.comparison).toEqual({ base, counts: each.counts ?? 'introduced' })
      if (!snapshot.base?.known) throw new Error('The base is not known')
      const derived = evaluate(asStored(snapshot.base.value.snapshot), policy, now)
      expect(withoutSince(derived.controls)).toEqual(withoutSince(evaluate(stored, policy, now).controls))
    }
    expect(later.reads.length).toBeLessThanOrEqual(push.reads.length + 1)
  })

  it.each([
    ['stood there', 'lib/old.jar'],
    ['was deleted', 'lib/pay.jar'],
  ])('is a binary where a link of such a name %s', async (_, added) => {
    const branch = `link-${added.slice(4, 7)}`
    const entry = (path: string, mode: string, sha: string | null) => ({ path, mode, type: 'blob', sha })
    const shaOf = async (path: string, body: unknown) =>
      ((await somebody.ask('POST', `/repos/acme/api/git/${path}`, body)) as { sha: string }).sha
    const commit = async (parent: string, tree: unknown[]) => {
      const { tree: before } = (await somebody.ask('GET', `/repos/acme/api/git/commits/${parent}`)) as {
        tree: { sha: string }
      }
      const made = await shaOf('trees', { base_tree: before.sha, tree })
      return shaOf('commits', { message: 'Links', tree: made, parents: [parent] })
    }
    const target = await shaOf('blobs', { content: '../src/a.js', encoding: 'utf-8' })
    const binary = await shaOf('blobs', {
      content: Buffer.from('PK\0\0').toString('base64'),
      encoding: 'base64',
    })
    const base = await commit(await somebody.head('api'), [entry('lib/old.jar', '120000', target)])
    const sha = await commit(base, [
      ...(added === 'lib/old.jar' ? [] : [entry('lib/old.jar', '100644', null)]),
      entry(added, '100644', binary),
    ])
    await somebody.branch('api', `${branch}-base`, base)
    await somebody.branch('api', branch, sha)
    const stored = asStored((await take({ sha: base, base })).snapshot)
    for (const more of [{}, { before: stored, stored, settings: stored }]) {
      const { snapshot } = await take({ sha, base: `${branch}-base`, ...more })
      expect(summed(evaluate(snapshot, policies.introduced, now))).toMatchObject({
        introduced: [`no-binaries ${added}`],
        conclusion: 'failure',
      })
    }
  })
})
