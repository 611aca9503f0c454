import { describe, expect, it } from 'vitest'
import { toJobs } from '../../src/intake/to-jobs.ts'

const context = { appId: 17, appSlug: 'golden-path' }
const repository = {
  id: 42,
  node_id: 'R_42',
  name: 'payments',
  owner: { login: 'acme', id: 9 },
  default_branch: 'main',
}
const ours = { number: 7, user: { login: 'golden-path[bot]' }, performed_via_github_app: { id: 17 } }

const take = (payload: object) =>
  toJobs(
    {
      guid: 'g-1',
      event: 'issues',
      payload: { installation: { id: 5 }, sender: { login: 'jane' }, repository, ...payload },
    },
    context,
  )

describe('somebody does something to an issue', () => {
  it.each(['closed', 'reopened', 'deleted', 'transferred'])('%s: it is looked at', action => {
    const { jobs } = take({ action, issue: ours })
    expect(jobs).toEqual([
      {
        kind: 'keep-issue',
        key: 'keep-issue:42',
        installationId: 5,
        repositoryId: 42,
        priority: 'push',
        reason: { why: 'issue-changed', delivery: 'g-1' },
        touched: { number: 7, action, by: 'jane' },
      },
    ])
  })

  it.each<[string, object]>([
    ['is ours by its author alone', { issue: { ...ours, performed_via_github_app: null } }],
    ['is ours by its app alone', { issue: { ...ours, user: null } }],
  ])('one that %s counts', (_, odd) => {
    expect(take({ action: 'closed', ...odd }).jobs).toHaveLength(1)
  })

  it.each<[string, object]>([
    ['a person’s', { action: 'closed', issue: { number: 7, user: { login: 'jane' } } }],
    [
      'another app’s',
      {
        action: 'closed',
        issue: { ...ours, user: { login: 'x[bot]' }, performed_via_github_app: { id: 18 } },
      },
    ],
    ['a pull request of ours', { action: 'closed', issue: { ...ours, pull_request: {} } }],
    ['what the app did itself', { action: 'closed', issue: ours, sender: { login: 'golden-path[bot]' } }],
    ['a label', { action: 'labeled', issue: ours }],
    ['a lock', { action: 'locked', issue: ours }],
    ['an edit', { action: 'edited', issue: ours }],
    ['an action that is no action', { action: '__proto__', issue: ours }],
    ['no number', { action: 'closed', issue: { ...ours, number: '7' } }],
    ['no issue', { action: 'closed' }],
    ['no repository', { action: 'closed', issue: ours, repository: undefined }],
  ])('%s wakes nobody, and the delivery says why', (_, payload) => {
    const { jobs, delivery } = take(payload)
    expect(jobs).toEqual([])
    expect(delivery.ignored).toMatch(/\.$/)
  })
})
