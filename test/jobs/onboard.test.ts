import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type OrganisationSeed, startGitHub } from '../../demo/github/start.ts'
import { onboard, onboardJob } from '../../src/jobs/onboard.ts'
import { type Onboarding, onboardings } from '../../src/onboarding.ts'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { createPages } from '../../src/web/server.ts'
import { startJobsAt } from '../support/in-process.ts'
import { observer, person } from '../support/person.ts'
import { component } from '../support/snapshot.ts'

/** An installation without a policy: the app looks, then offers one, once. */

const good = {
  'README.md': '# A service\n\nDoes one thing.\n',
  'catalog-info.yaml': component('service'),
  '.github/CODEOWNERS': '* @acme/payments\n',
}
const files = (name: string, more: Record<string, string | undefined> = {}) => ({
  ...Object.fromEntries(
    Object.entries({ ...good, 'catalog-info.yaml': component(name), ...more }).flatMap(([path, text]) =>
      text === undefined ? [] : [[path, text]],
    ),
  ),
})

/** Twelve services: ten in order, one without a README, one whose owner nobody knows. */
const services = Object.fromEntries(
  Array.from({ length: 12 }, (_, index) => {
    const name = `service-${index}`
    if (index === 9) return [name, { files: files(name, { 'README.md': undefined }) }]
    if (index === 10)
      return [name, { files: files(name, { 'catalog-info.yaml': component(name, 'nobody') }) }]
    return [name, { files: files(name) }]
  }),
)

let database: Database
beforeAll(async () => {
  database = await openDatabase({})
}, 60_000)
afterAll(() => database?.close())

let close: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const each of close.reverse()) await each()
  close = []
  await database.execute(
    'drop schema if exists pgboss cascade; drop schema public cascade; create schema public',
  )
})

type Repositories = NonNullable<OrganisationSeed['repositories']>

async function install(repositories: Repositories) {
  const github = await startGitHub({
    org: {
      login: 'acme',
      users: ['jane'],
      teams: [
        {
          slug: 'payments',
          members: ['jane'],
          repositories: Object.fromEntries(Object.keys(repositories).map(name => [name, 'push'])),
        },
      ],
      repositories,
    },
  })
  close.push(() => github.stop())
  const jobs = await startJobsAt(github, '2026-11-22T09:00:00Z', { unlimited: true, database })
  close.push(() => jobs.stop())
  const log: string[] = []
  jobs.deps.log.info = (_: unknown, sentence?: string) => {
    if (sentence) log.push(sentence)
  }
  const somebody = person(github)
  const seen = observer(github.url)
  return {
    github,
    jobs,
    somebody,
    seen,
    log,
    pulls: async () => (await seen.repository('.github')).pullRequests,
    checkRuns: async () =>
      Object.values((await seen.state()).repositories).flatMap(({ checkRuns }) => checkRuns),
    /** Through the front door. */
    api: async (): Promise<Onboarding> => {
      const pages = createPages({
        problems: async () => [],
        metrics: async () => ({ contentType: 'text/plain', body: '' }),
        onboarding: () => onboardings(jobs.deps),
      })
      const answer = (await (await pages.request('/api/onboarding')).json()) as {
        installations: Onboarding[]
      }
      const [only, second] = answer.installations
      if (!only || second) throw new Error('One installation was expected')
      return only
    },
    policy: async (branch: string) => {
      const answer = await somebody.ask('GET', `/repos/acme/.github/contents/golden-path.yml?ref=${branch}`)
      return Buffer.from(z.object({ content: z.string() }).parse(answer).content, 'base64').toString()
    },
    /** Repositories that the app is told of and never gets to see. */
    hide: (...ids: number[]) =>
      jobs.store.repositories.upsert(
        ids.map(id => ({
          id,
          nodeId: `R_${id}`,
          name: `hidden-${id}`,
          owner: 'acme',
          ownerId: 1,
          installationId: github.installations[0]?.id ?? 0,
        })),
      ),
    /** The job once, in the clear: what it throws is thrown here. */
    onboard: (since = jobs.deps.now()) => {
      const job = onboardJob(github.installations[0]?.id ?? 0, since)
      return onboard(
        {
          kind: 'onboard',
          key: job.key,
          installationId: job.installationId,
          jobs: [job],
          settle: async () => {},
          signal: new AbortController().signal,
        },
        jobs.deps,
      )
    },
  }
}

describe('an installation without a policy', { timeout: 90_000 }, () => {
  it('gets one pull request with the right figures; merged, it is in force and blocks nobody', async () => {
    const { jobs, pulls, policy, checkRuns, api, somebody, seen } = await install({
      '.github': { private: true, files: { 'README.md': '# About us\n' } },
      ...services,
    })
    await jobs.sweep()
    expect(await pulls()).toMatchObject([
      { title: 'Start with a policy that blocks nobody today', state: 'open', byApp: true },
    ])
    const text = await policy('golden-path/starter-policy')
    expect(text).toContain('from 13 of 13 repositories')
    expect(text).toMatch(/codeowners-valid: enforce +# 12 pass, 0 fail, 0 can't be told/)
    expect(text).toMatch(/readme-present: advise +# 11 pass, 1 fail, 0 can't be told/)
    expect(text).toMatch(/owner-exists: advise +# 11 pass, 1 fail, 0 can't be told/)
    expect(text).toMatch(/default-branch-protected: observe +# 0 pass, 12 fail, 0 can't be told/)
    expect(text).toContain('readme-present: 1 repository fails (service-9)')
    expect(text).toContain('owner-exists: 1 repository fails (service-10)')
    expect(await checkRuns()).toEqual([])
    expect(await api()).toMatchObject({
      account: 'acme',
      policy: 'none',
      policyRepository: { name: '.github', there: true },
      pullRequest: expect.stringMatching(/\/acme\/\.github\/pull\/1$/),
      sentence: expect.stringContaining('Pull request 1 of acme/.github offers a starter policy'),
    })

    await somebody.merge('.github', 1)
    await jobs.sweep()
    const { repositories } = await seen.state()
    const conclusions = Object.entries(repositories).flatMap(([name, each]) =>
      each.checkRuns.filter(run => run.name === 'Golden Path').map(run => [name, run.conclusion]),
    )
    expect(conclusions.filter(([name]) => name !== 'acme/.github')).toHaveLength(12)
    expect(conclusions.filter(([, conclusion]) => conclusion !== 'success').toSorted()).toEqual([
      ['acme/service-10', 'neutral'],
      ['acme/service-9', 'neutral'],
    ])
    expect(Object.values(repositories).flatMap(({ issues }) => issues)).toEqual([])
    expect(await api()).toMatchObject({ policy: 'in-force' })
    expect(await pulls()).toHaveLength(1)
  })

  it('is told once where to create the repository of the policy; then to fill it; then gets the pull request', async () => {
    const { jobs, log, pulls, policy, api, seen, onboard, github, somebody } = await install({
      shop: { files: good },
    })
    await jobs.sweep()
    await onboard()
    const sentence =
      `acme has no repository .github that Golden Path may see, so there is no place for a policy. Create it with a README at ` +
      `${github.url}/organizations/acme/repositories/new?name=.github, or add it to the installation if it exists. A starter policy is then offered there as a pull request.`
    expect(log.filter(each => each.includes('has no repository'))).toEqual([sentence])
    expect(await api()).toMatchObject({
      policy: 'none',
      policyRepository: { name: '.github', there: false },
      sentence,
    })
    expect((await seen.requests()).write).toBe(0)

    await somebody.ask('POST', '/orgs/acme/repos', { name: '.github' })
    await jobs.sweep()
    expect(await pulls()).toEqual([])
    expect((await api()).sentence).toBe(
      'acme/.github is empty, so no policy can be offered there. Add a README to it.',
    )

    await somebody.ask('PUT', '/repos/acme/.github/contents/README.md', {
      message: 'Begin',
      content: Buffer.from('# About us\n').toString('base64'),
    })
    await jobs.sweep()
    expect(await pulls()).toMatchObject([{ number: 1, state: 'open', byApp: true }])
    // It is public: nobody reads there which repository is weak.
    const text = await policy('golden-path/starter-policy')
    expect(text).toContain(': 1 repository fails\n')
    expect(text).not.toContain('shop')
    expect(await api()).toMatchObject({ policyRepository: { there: true }, policy: 'none' })
  })

  it('gets none beside the policy that somebody writes, none while most is unseen, one after any crash, and none after it was closed', async () => {
    const { jobs, pulls, api, somebody, seen, onboard, hide } = await install({
      '.github': { files: good },
      shop: { files: good },
      api: { files: good },
    })
    await somebody.branch('.github', 'draft')
    await somebody.commit('.github', { 'golden-path.yml': 'version: 1\n' }, 'draft')
    await jobs.sweep()
    const isWritten = (where: string) =>
      `A policy is being written in acme/.github (${where}), so none is offered. Merge it when it is ready.`
    expect((await api()).sentence).toBe(isWritten('branch draft'))

    await somebody.ask('DELETE', '/repos/acme/.github/git/refs/heads/draft')
    await somebody.branch('.github', 'parts')
    await somebody.commit('.github', { 'golden-path/waivers.yml': 'waivers: []\n' }, 'parts')
    await onboard()
    expect((await api()).sentence).toBe(isWritten('branch parts'))
    await somebody.ask('DELETE', '/repos/acme/.github/git/refs/heads/parts')

    await somebody.commit('.github', { 'golden-path.yaml': 'version: 1\n' })
    await onboard()
    expect((await api()).sentence).toBe(isWritten('branch main'))
    await somebody.commit('.github', { 'golden-path.yaml': undefined })

    await seen.control('POST', 'faults', { match: 'POST /graphql', status: 502, count: 1 })
    await onboard().catch(() => undefined)
    expect(await pulls()).toEqual([])

    // Ten minutes are waited for what is not seen; what a half looks like says nothing of the rest.
    await seen.resetRequests()
    await hide(9_001, 9_002, 9_003)
    const began = jobs.deps.now()
    await expect(onboard(began)).rejects.toThrow('3 of 6 so far')
    jobs.setClock('2026-11-22T09:10:00Z')
    await onboard(began)
    expect((await seen.requests()).write).toBe(0)
    await jobs.store.repositories.remove([9_003], undefined)
    await expect(onboard(jobs.deps.now())).rejects.toThrow('3 of 5 so far')
    expect((await seen.requests()).write).toBe(0)

    await seen.control('POST', 'faults', {
      match: 'POST /repos/acme/.github/git/trees',
      status: 403,
      count: 1,
    })
    await onboard(began)
    expect((await api()).sentence).toMatch(
      /^Could not write the branch golden-path\/starter-policy in acme\/\.github: .*contents: write/,
    )

    // The answer to each write in turn is lost: as if the process had been killed before it could record anything.
    for (const path of ['git/trees', 'git/commits', 'git/refs', 'pulls']) {
      await seen.control('POST', 'faults', {
        match: `POST /repos/acme/.github/${path}`,
        count: 1,
        dropAfterWrite: true,
      })
      await expect(onboard(began)).rejects.toThrow()
    }
    await seen.control('DELETE', 'faults')
    await onboard(began)
    expect(await pulls()).toMatchObject([{ number: 1, state: 'open', byApp: true }])

    await somebody.ask('PATCH', '/repos/acme/.github/pulls/1', { state: 'closed' })
    await onboard()
    await somebody.commit('.github', { 'README.md': '# Changed\n' })
    await jobs.store.repositories.remove([9_001, 9_002], undefined)
    await jobs.sweep()
    expect(await pulls()).toMatchObject([{ number: 1, state: 'closed' }])
    expect((await api()).sentence).toContain('was closed, and none is opened again')
  })
})
