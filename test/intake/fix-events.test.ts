import { describe, expect, it } from 'vitest'
import { toJobs } from '../../src/intake/to-jobs.ts'

/** What a press of "Fix this" wakes, and what others do to our pull request of fixes. */

const sha = 'b'.repeat(40)
const repository = {
  id: 42,
  node_id: 'R_42',
  name: 'payments',
  owner: { login: 'acme', id: 9 },
  default_branch: 'main',
}

const take = (event: string, payload: object, sender = 'jane') =>
  toJobs(
    {
      guid: 'g-1',
      event,
      payload: { installation: { id: 5 }, sender: { login: sender }, repository, ...payload },
    },
    { appId: 17, appSlug: 'golden-path' },
  )

describe('"Fix this"', () => {
  const run = (odd: object = {}, branch: string | null = 'main') => ({
    action: 'requested_action',
    requested_action: { identifier: 'fix' },
    check_run: {
      head_sha: sha,
      app: { id: 17 },
      pull_requests: [],
      check_suite: { head_branch: branch },
      ...odd,
    },
  })

  it.each<[string, object, object]>([
    ['on the default branch', run(), { kind: 'keep-fix', key: 'keep-fix:42', asked: { by: 'jane' } }],
    [
      'on the default branch, from which a pull request leads elsewhere',
      run({ pull_requests: [{ number: 7 }] }),
      { kind: 'keep-fix', asked: { by: 'jane' } },
    ],
    [
      'on a pull request',
      run({ pull_requests: [{ number: 7 }] }, 'change'),
      { kind: 'suggest', key: 'suggest:42:7', pullRequest: 7, sha, asked: { by: 'jane' } },
    ],
    [
      "on a fork's pull request, which the event does not name",
      run({}, null),
      { kind: 'keep-fix', asked: { by: 'jane', sha } },
    ],
  ])('%s', (_, payload, job) => {
    const { jobs } = take('check_run', payload)
    expect(jobs).toMatchObject([{ ...job, repositoryId: 42, installationId: 5, reason: { why: 'button' } }])
    expect(jobs[0]).toHaveProperty('asked', (job as { asked: object }).asked)
  })

  it.each<[string, object, string?]>([
    ['of another app', run({ app: { id: 18 } })],
    ['that is none of ours', { ...run(), requested_action: { identifier: 'deploy' } }],
    ['on no commit', run({ head_sha: 'main' })],
    ['by the app itself', run(), 'golden-path[bot]'],
  ])('is nothing on a button %s', (_, payload, sender) => {
    const { jobs, delivery } = take('check_run', payload, sender)
    expect(jobs).toEqual([])
    expect(delivery.ignored).toMatch(/\.$/)
  })
})

describe('our pull request of fixes', () => {
  const pull = (action: string, ref: string, repositoryId = 42) => ({
    action,
    pull_request: { number: 7, head: { sha, ref, repo: { id: repositoryId } }, base: { ref: 'main' } },
  })
  const woken = (payload: object, sender?: string) =>
    take('pull_request', payload, sender)
      .jobs.map(({ kind }) => kind)
      .sort()

  it.each<[string, object, string[], string?]>([
    ['closed', pull('closed', 'golden-path/fix'), ['keep-fix']],
    ['closed under its other name', pull('closed', 'golden-path/fix-2'), ['keep-fix']],
    ['reopened', pull('reopened', 'golden-path/fix'), ['assess', 'keep-fix']],
    ['pushed to', pull('synchronize', 'golden-path/fix'), ['assess', 'keep-fix']],
    ['opened', pull('opened', 'golden-path/fix'), ['assess']],
    ['moved by us', pull('synchronize', 'golden-path/fix'), ['assess'], 'golden-path[bot]'],
    ['closed by us', pull('closed', 'golden-path/fix'), [], 'golden-path[bot]'],
    ["closed, and a fork's", pull('closed', 'golden-path/fix', 43), []],
    ['closed, and a waiver', pull('closed', 'golden-path/waive-x'), []],
    ['closed, and somebody else’s', pull('closed', 'golden-path/fixes'), []],
  ])('%s', (_, payload, kinds, sender) => {
    expect(woken(payload, sender)).toEqual(kinds)
  })
})
