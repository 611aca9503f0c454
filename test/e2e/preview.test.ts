import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RepositorySeed } from '../../demo/github/seed.ts'
import { type EmulatedGitHub, startGitHub } from '../../demo/github/start.ts'
import { type AssessJob, jobKey } from '../../src/intake/job.ts'
import type { RepositoryChange } from '../../src/policy/preview.ts'
import { issueChange } from '../../src/policy/preview-summary.ts'
import type { Verdict } from '../../src/policy/verdict.ts'
import { previewStored, storedPages } from '../../src/preview-stored.ts'
import { startJobsAt } from '../support/in-process.ts'
import { observer, person } from '../support/person.ts'
import { component } from '../support/snapshot.ts'

/** What a policy's change is said to do is what it does, repository by repository. */

const own = `controls:
  pci-audit-logging:
    title: Audit events are kept for a year
    why: Somebody will ask for them.
    require:
      - file: config/logging.yaml
        where: doc.audit.retentionDays >= 365
        message: Keep them for a year.
`

const before = `version: 1
rules:
  - name: Everybody is in the catalogue
    for: { not: { archived: true } }
    require:
      catalog-info-valid: enforce
      owner-exists: advise
      techdocs: observe
  - name: Cards
    for: { topics: [pci] }
    require: { pci-audit-logging: advise }
${own}`

/** A new control, levels up and down, a rule with another selector, a rollout, a date and waivers. */
const after = `version: 1
preview: { fail-above: 25 }
rules:
  - name: Everybody is in the catalogue
    for: { not: { archived: true, names: ["sandbox-*"] } }
    require:
      catalog-info-valid: enforce
      owner-exists: enforce
      techdocs: { level: advise, rollout: 40% }
  - name: Services say how grown up they are
    for: { not: { names: .github } }
    require: { lifecycle-told: { level: enforce, from: 2027-01-15 } }
  - name: Cards
    for: { topics: [pci] }
    require: { pci-audit-logging: enforce }
waivers:
  - { repository: "svc-00*", control: pci-audit-logging, until: 2026-12-31, reason: Moves in December, approved-by: "@jane" }
  - { repository: "svc-1*", control: owner-exists, until: 2026-11-01, reason: Over, approved-by: "@jane" }
${own}  lifecycle-told:
    title: The lifecycle is told
    why: A prototype is not a product.
    require:
      - file: catalog-info.yaml
        where: doc.spec.lifecycle == "production"
        message: Say production, or take it out.
`

const amount = 300

const repositories = Object.fromEntries(
  Array.from({ length: amount }, (_, index): [string, RepositorySeed] => {
    const name = `${index % 17 === 0 ? 'sandbox' : 'svc'}-${String(index).padStart(3, '0')}`
    const entity = component(name, index % 7 === 0 ? 'nobody' : 'payments')
    return [
      name,
      {
        archived: index % 23 === 0,
        fork: index % 19 === 0,
        issues: index % 13 !== 0,
        topics: index % 4 === 0 ? ['pci'] : [],
        files: {
          'README.md': `# ${name}\n`,
          ...(index % 10 === 0
            ? {}
            : {
                'catalog-info.yaml': index % 3 === 0 ? entity.replace('production', 'experimental') : entity,
              }),
          ...(index % 8 === 0
            ? { 'config/logging.yaml': `audit: { retentionDays: ${index % 16 === 0 ? 30 : 400} }\n` }
            : {}),
          ...(index % 29 === 0
            ? { '.github/golden-path.yml': 'version: 1\nrequire: { techdocs: enforce }\n' }
            : {}),
        },
      },
    ]
  }),
)

let github: EmulatedGitHub
let jobs: Awaited<ReturnType<typeof startJobsAt>>

beforeAll(async () => {
  github = await startGitHub({
    org: {
      login: 'acme',
      users: ['jane'],
      teams: [{ slug: 'payments', members: ['jane'] }],
      repositories: { '.github': { files: { 'golden-path.yml': before } }, ...repositories },
    },
  })
  jobs = await startJobsAt(github, '2026-11-22T09:00:00Z', { unlimited: true })
  await jobs.sweep()
  expect((await jobs.store.verdicts.latest(await policyRepository()))?.policy).toMatch(/^[0-9a-f]{40}$/)
}, 60_000)

afterAll(async () => {
  await jobs?.stop()
  await github?.stop()
})

const seen = () => observer(github.url)
const policyRepository = async () => {
  const id = await jobs.store.repositories.owners().then(async ([owner]) => {
    const found = owner && (await jobs.store.repositories.named(owner.id, '.github'))
    return found?.id
  })
  if (id === undefined) throw new Error('The policy repository is not known')
  return id
}

const lookAt = async (target: AssessJob['target'], reason: AssessJob['reason']): Promise<void> => {
  const id = await policyRepository()
  await jobs.enqueue([
    {
      kind: 'assess',
      key: jobKey.assess(id, target),
      installationId: github.installations[0]?.id ?? 0,
      repositoryId: id,
      target,
      priority: 'pull-request',
      reason,
    },
  ])
}

/** What is compared: nothing that names a version or a time. */
const essence = (verdict: Verdict | undefined) =>
  verdict && {
    conclusion: verdict.conclusion,
    controls: verdict.controls.map(
      ({ id, level, status, message }) => `${id} ${level} ${status}: ${message}`,
    ),
  }

const openIssues = async (): Promise<number> =>
  Object.values((await seen().state()).repositories)
    .flatMap(({ issues }) => issues)
    .filter(({ state }) => state === 'open').length

describe('a pull request that changes the policy of 300 repositories', () => {
  const predicted = new Map<number, RepositoryChange>()
  let pullRequest: number
  let head: string

  it('is previewed without a read of any of them', async () => {
    const somebody = person(github)
    await somebody.branch('.github', 'stricter')
    head = await somebody.commit('.github', { 'golden-path.yml': after }, 'stricter')
    pullRequest = await somebody.openPullRequest('.github', 'stricter')
    await seen().resetRequests()
    await lookAt({ kind: 'pull-request', pullRequest, sha: head }, { why: 'pull-request', after: head })
    const { read, write, byRoute } = await seen().requests()
    // The look at the pull request itself, and the two check runs.
    expect(read, JSON.stringify(byRoute)).toBeLessThanOrEqual(3)
    expect(write).toBe(2)
  }, 60_000)

  it('is told what would follow, and that it is more than allowed', async () => {
    const id = await policyRepository()
    const snapshot = await jobs.store.snapshots.latest(id, `pull:${pullRequest}`)
    if (!snapshot) throw new Error('The pull request was not looked at')
    const proposal = await jobs.deps.policies.proposed(snapshot)
    if (!proposal || 'problems' in proposal) throw new Error(JSON.stringify(proposal))
    const ids = await jobs.store.repositories.idsOf(snapshot.repository.ownerId)
    const preview = await previewStored(storedPages(jobs.store, ids), ids.length, {
      subjectOf: stored => proposal.subjectOf(stored, snapshot),
      after: proposal.after,
      now: jobs.deps.now(),
      onChange: change => predicted.set(change.snapshot.repository.id, change),
    })
    expect(predicted.size).toBe(amount + 1)
    expect(preview.unread.repositories.count).toBe(0)
    const run = (await seen().repository('.github')).checkRuns.find(
      each => each.headSha === head && each.name === 'Golden Path preview',
    )
    const failing = preview.fails.enforce.count + preview.fails.advise.count
    expect(run).toMatchObject({
      conclusion: 'failure',
      title: `${failing} of ${preview.judged} repositories would newly fail, ${preview.fails.enforce.count} of them at enforce`,
    })
    expect(failing).toBeGreaterThan(60)
    expect(preview.dates[0]?.fails.count).toBeGreaterThan(50)
    expect(preview.waivers.map(({ covers }) => covers.count > 0)).toEqual([true, false])
  })

  it('does just that when it is merged', async () => {
    const [openBefore, predictedIssues] = [await openIssues(), [...predicted.values()].map(issueChange)]
    await person(github).merge('.github', pullRequest)
    await lookAt({ kind: 'default-branch' }, { why: 'push', after: await person(github).head('.github') })
    const wrong: string[] = []
    for (const [id, { after: expected }] of predicted) {
      const verdict = await jobs.store.verdicts.latest(id)
      const [is, was] = [essence(verdict), essence(expected)].map(each => JSON.stringify(each))
      if (is !== was) wrong.push(`${id}: ${is}, predicted ${was}`)
    }
    expect(wrong.slice(0, 3), `${wrong.length} are wrong`).toEqual([])
    const opened = predictedIssues.filter(issue => issue === 'open').length
    const closed = predictedIssues.filter(issue => issue === 'close').length
    expect(opened).toBeGreaterThan(10)
    expect(await openIssues()).toBe(openBefore + opened - closed)
  }, 60_000)
})
