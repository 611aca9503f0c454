import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { goldenPath } from '../cli/command.ts'
import { createPostgresDatabase } from '../support/postgres.ts'
import { until } from '../support/service.ts'
import { component } from '../support/snapshot.ts'
import { openStage, policyOf, type Stage } from '../support/stage.ts'

/** The check run beside a policy's own, and what has to be read before it can say everything. */

const policy = policyOf('catalog-info-valid: enforce')

const withRunbook = `${policy}      runbook-present: enforce
controls:
  runbook-present:
    title: Runbook present
    why: Somebody is called at night.
    require:
      - { file: docs/runbook.md, message: Write down what to do at night. }
`

let stage: Stage
let database: Awaited<ReturnType<typeof createPostgresDatabase>>

beforeAll(async () => {
  database = await createPostgresDatabase()
  stage = await openStage(
    {
      users: ['jane'],
      teams: [{ slug: 'payments', members: ['jane'] }],
      repositories: {
        '.github': {
          files: {
            'golden-path.yml': policy,
            'catalog-info.yaml': component('policy'),
            'README.md': '# Us\n',
          },
        },
        ...Object.fromEntries(
          ['api', 'shop', 'search', 'mail'].map((name, index) => [
            name,
            {
              files: {
                'catalog-info.yaml': component(name),
                ...(index === 0 ? { 'docs/runbook.md': '# At night\n' } : {}),
              },
            },
          ]),
        ),
      },
    },
    { databaseUrl: database.url },
  )
  await stage.settled()
}, 60_000)

afterAll(async () => {
  await stage?.close()
  await database?.drop()
})

const preview = (sha: string) => stage.page('.github', sha, 'Golden Path preview')

const proposed = async (branch: string, files: Record<string, string | undefined>): Promise<string> => {
  await stage.somebody.branch('.github', branch)
  const sha = await stage.somebody.commit('.github', files, branch)
  await stage.somebody.openPullRequest('.github', branch)
  return sha
}

describe('a pull request on the policy', () => {
  let runbook: string

  it('with a control that needs more than was read has just that read, and then says what would fail', async () => {
    await stage.seen.resetRequests()
    runbook = await proposed('runbook', { 'golden-path.yml': withRunbook })
    await until(
      async () => (await preview(runbook).catch(() => undefined))?.title?.startsWith('4 of 5'),
      'the preview to be complete',
      20_000,
      stage.output,
    )
    const { title, summary, conclusion } = await preview(runbook)
    expect(title).toBe('4 of 5 repositories would newly fail, 4 of them at enforce')
    expect(conclusion).toBe('neutral')
    expect(summary).toContain('| Runbook present (`runbook-present`, enforce) | 4 | 0 | 0 | 4 | payments 4 |')
    expect(summary).toContain('but what was missing in 5 of them')
    // One for each repository and the look at the pull request; none is read as a whole.
    expect((await stage.seen.requests()).read).toBeLessThanOrEqual(8)
  })

  it('is read again on request, without asking again', async () => {
    const { id } = await preview(runbook)
    await stage.settled()
    await stage.seen.resetRequests()
    await stage.somebody.ask('POST', `/repos/acme/.github/check-runs/${id}/rerequest`)
    await stage.settled()
    const { read, write } = await stage.seen.requests()
    // The look at the pull request, and what the policy repository itself lacks at that commit.
    expect(read).toBeLessThanOrEqual(3)
    expect(write).toBeLessThanOrEqual(3)
    expect((await preview(runbook)).title).toContain('4 of 5')
  })

  it('says the same on the command line, repository by repository', async () => {
    const file = join(stage.dataDirectory, 'golden-path.yml')
    await writeFile(file, withRunbook.replace('version: 1', 'version: 1\npreview: { fail-above: 2 }'))
    const told = await goldenPath(
      'policy',
      'preview',
      '--to',
      file,
      '--database-url',
      database.url,
      '--format',
      'json',
    )
    expect(told.code, told.err).toBe(1)
    const { newlyFailing, limit, repositories } = JSON.parse(told.out)
    expect({ newlyFailing, limit }).toEqual({ newlyFailing: 3, limit: 2 })
    expect(
      Object.fromEntries(
        repositories.map(
          (each: { repository: string; after: { conclusion: string }; issue: string | null }) => [
            each.repository,
            [each.after.conclusion, each.issue],
          ],
        ),
      ),
    ).toEqual({
      // Of the policy repository only the pull request's commit was read.
      '.github': ['neutral', null],
      api: ['success', null],
      shop: ['failure', 'open'],
      search: ['failure', 'open'],
      mail: ['failure', 'open'],
    })
  })

  it('that does not parse is not previewed, and says so', async () => {
    const sha = await proposed('broken', { 'golden-path.yml': policy.replace('enforce', 'enfroce') })
    await stage.check('.github', sha, 'failure')
    await stage.settled()
    const { title, conclusion, summary } = await preview(sha)
    expect({ title, conclusion }).toEqual({
      title: 'Nothing can be previewed until the policy parses',
      conclusion: 'neutral',
    })
    expect(summary).toContain('`golden-path.yml:5:')
  })

  it('that takes the policy away says that nothing would be asked', async () => {
    const sha = await proposed('away', { 'golden-path.yml': undefined })
    await stage.settled()
    const { title, conclusion } = await preview(sha)
    expect({ title, conclusion }).toEqual({
      title: 'The policy is taken away: nothing would be asked of 5 repositories',
      conclusion: 'neutral',
    })
  })

  it('that touches no file of the policy is left alone', async () => {
    const sha = await proposed('readme', { 'README.md': '# About us\n' })
    await stage.check('.github', sha)
    await stage.settled()
    await expect(preview(sha)).rejects.toThrow()
  })
})
