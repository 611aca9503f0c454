import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EmulatedGitHub, startGitHub } from '../../demo/github/start.ts'
import { observer, person } from '../support/person.ts'
import { createPostgresDatabase } from '../support/postgres.ts'
import { freePort, type Service, startService, temporaryDirectory, until } from '../support/service.ts'

/** The main job without Backstage: a push becomes a verdict, a check run and one tracking issue, and costs what it should. */

const policy = `version: 1
rules:
  - name: Every service has an accountable owner
    require:
      catalog-info-valid: enforce
      owner-exists: enforce
      codeowners-valid: enforce
      techdocs: advise
`

const catalogInfo = (owner: string, name = 'payments-api'): string => `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: ${name}
  annotations:
    backstage.io/techdocs-ref: dir:.
spec:
  type: service
  lifecycle: production
  owner: ${owner}
`

let github: EmulatedGitHub
let service: Service
let data: Awaited<ReturnType<typeof temporaryDirectory>>
let postgres: Awaited<ReturnType<typeof createPostgresDatabase>> | undefined
let somebody: ReturnType<typeof person>
let seen: ReturnType<typeof observer>

const open = async (database: 'PGlite' | 'PostgreSQL'): Promise<void> => {
  const port = await freePort()
  data = await temporaryDirectory()
  postgres = database === 'PostgreSQL' ? await createPostgresDatabase() : undefined
  github = await startGitHub({
    webhook: `http://127.0.0.1:${port}/api/github/webhooks`,
    org: {
      login: 'acme',
      users: ['jane', 'joe'],
      teams: [
        { slug: 'payments', members: ['jane'], repositories: { 'payments-api': 'push' } },
        { slug: 'platform', members: ['joe'], repositories: { '.github': 'push' } },
      ],
      repositories: {
        '.github': { files: { 'golden-path.yml': policy, CODEOWNERS: '* @acme/platform\n' } },
        'payments-api': {
          files: {
            'README.md': '# Payments\n',
            'catalog-info.yaml': catalogInfo('payments'),
            CODEOWNERS: '* @acme/payments\n',
            'mkdocs.yml': 'site_name: Payments\n',
            'docs/index.md': '# Payments\n',
          },
        },
      },
    },
  })
  service = await startService({ github, port, dataDirectory: data.path, databaseUrl: postgres?.url })
  somebody = person(github)
  seen = observer(github.url)
}

const close = async (): Promise<void> => {
  expect(await service?.stop()).toBe(0)
  await github?.stop()
  await data?.remove()
  await postgres?.drop()
}

const checkOf = (sha: string) => async () =>
  (await seen.repository('payments-api')).checkRuns.find(
    run => run.headSha === sha && run.status === 'completed',
  )

const waitForCheck = (sha: string) =>
  until(checkOf(sha), `a completed check run on ${sha}`, 20_000, () => service.output())

/** Until every delivery is answered and no job waits: what a push costs is only known then. */
async function settled(): Promise<void> {
  await until(
    async () =>
      ((await seen.control('GET', 'deliveries')) as { status_code: number | null }[]).every(
        delivery => delivery.status_code !== null,
      ),
    'all deliveries to be answered',
  )
  await service.idle()
}

describe.each(['PGlite', 'PostgreSQL'] as const)('on %s', database => {
  beforeAll(() => open(database))
  afterAll(close)

  describe('a repository that is there when the app comes', () => {
    it('is judged at its head', async () => {
      const run = await waitForCheck(await somebody.head('payments-api'))
      expect(run).toMatchObject({ name: 'Golden Path', conclusion: 'success' })
      expect((await seen.repository('payments-api')).issues).toEqual([])
    })
  })

  describe('a push', () => {
    it('that breaks ownership fails, opens one issue, and costs one read and two writes', async () => {
      await settled()
      await seen.resetRequests()
      const sha = await somebody.commit('payments-api', { 'catalog-info.yaml': catalogInfo('team-paymnts') })
      const run = await waitForCheck(sha)
      expect(run.conclusion).toBe('failure')
      await until(async () => (await seen.repository('payments-api')).issues[0], 'an issue')
      await settled()
      const { read, write } = await seen.requests()
      expect({ read, write }).toEqual({ read: 1, write: 2 })
      expect((await seen.repository('payments-api')).issues).toMatchObject([{ state: 'open', byApp: true }])
    })

    it('that touches nothing any control reads costs no read and one write', async () => {
      await settled()
      await seen.resetRequests()
      const sha = await somebody.commit('payments-api', { 'src/index.js': 'export {}\n' })
      expect((await waitForCheck(sha)).conclusion).toBe('failure')
      await settled()
      const { read, write } = await seen.requests()
      expect({ read, write }).toEqual({ read: 0, write: 1 })
    })

    it('that is delivered again costs nothing', async () => {
      await settled()
      const deliveries = (await seen.control('GET', 'deliveries')) as { guid: string; event: string }[]
      const push = deliveries.findLast(delivery => delivery.event === 'push')
      await seen.resetRequests()
      await seen.control('POST', `redeliver/${push?.guid}`)
      await settled()
      const { read, write } = await seen.requests()
      expect({ read, write }).toEqual({ read: 0, write: 0 })
    })

    it('that repairs it passes and closes the same issue', async () => {
      await settled()
      await seen.resetRequests()
      const sha = await somebody.commit('payments-api', { 'catalog-info.yaml': catalogInfo('payments') })
      expect((await waitForCheck(sha)).conclusion).toBe('success')
      await until(
        async () => (await seen.repository('payments-api')).issues.every(issue => issue.state === 'closed'),
        'the issue to be closed',
      )
      await settled()
      const { read, write } = await seen.requests()
      expect({ read, write }).toEqual({ read: 1, write: 2 })
      expect((await seen.repository('payments-api')).issues).toHaveLength(1)
    })

    it('that breaks it again opens the same issue again', async () => {
      const sha = await somebody.commit('payments-api', { 'catalog-info.yaml': catalogInfo('nobody') })
      expect((await waitForCheck(sha)).conclusion).toBe('failure')
      await until(
        async () => (await seen.repository('payments-api')).issues[0]?.state === 'open',
        'the issue to be open again',
      )
      expect((await seen.repository('payments-api')).issues).toHaveLength(1)
    })
  })

  describe('a re-run', () => {
    it('judges the head again in one read and one write', async () => {
      await settled()
      const runs = (await somebody.ask(
        'GET',
        `/repos/acme/payments-api/commits/${await somebody.head('payments-api')}/check-runs`,
      )) as { check_runs: { id: number }[] }
      await seen.resetRequests()
      await somebody.ask('POST', `/repos/acme/payments-api/check-runs/${runs.check_runs[0]?.id}/rerequest`)
      await until(async () => (await seen.requests()).write > 0, 'the check run to be written again')
      await settled()
      const { read, write } = await seen.requests()
      expect({ read, write }).toEqual({ read: 1, write: 1 })
    })
  })

  describe('a pull request', () => {
    it('is judged at its head, and again when it is pushed to', async () => {
      await somebody.branch('payments-api', 'repair')
      const first = await somebody.commit(
        'payments-api',
        { 'catalog-info.yaml': catalogInfo('payments') },
        'repair',
      )
      await somebody.openPullRequest('payments-api', 'repair')
      expect((await waitForCheck(first)).conclusion).toBe('success')
      const second = await somebody.commit('payments-api', { 'catalog-info.yaml': 'kind: [' }, 'repair')
      expect((await waitForCheck(second)).conclusion).toBe('failure')
    })
  })

  describe('a policy', () => {
    it('that does not parse fails on its own commit and leaves the last good one in force', async () => {
      const sha = await somebody.commit('.github', { 'golden-path.yml': policy.replace('advise', 'advice') })
      const run = await until(
        async () => (await seen.repository('.github')).checkRuns.find(each => each.headSha === sha),
        'a check run on the broken policy',
      )
      expect(run.conclusion).toBe('failure')
      const other = await somebody.commit('payments-api', { 'catalog-info.yaml': catalogInfo('payments') })
      expect((await waitForCheck(other)).conclusion).toBe('success')
    })
  })
})
