import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toJobs } from '../../src/intake/to-jobs.ts'

const context = { appId: 7, appSlug: 'golden-path' }

/** As GitHub sends it, in the parts that are read. */
const payload = {
  action: 'created',
  issue: { number: 3 } as Record<string, unknown>,
  comment: {
    id: 12,
    body: 'Thanks.\r\n/golden-path fix\r\n',
    user: { login: 'wanda', id: 5, type: 'User' },
    performed_via_github_app: null as unknown,
  },
  repository: {
    id: 1,
    node_id: 'R_1',
    name: 'orders',
    owner: { login: 'acme', id: 2 },
    default_branch: 'main',
  },
  sender: { login: 'wanda', id: 5, type: 'User' },
  installation: { id: 9 },
}

const take = (change: (copy: typeof payload) => void = () => {}) => {
  const copy = structuredClone(payload)
  change(copy)
  return toJobs({ guid: 'g', event: 'issue_comment', payload: copy }, context)
}

describe('a new comment', () => {
  it('that commands becomes one job, by its comment', () => {
    expect(take().jobs).toEqual([
      {
        kind: 'command',
        key: 'command:1:12',
        installationId: 9,
        priority: 'pull-request',
        reason: { why: 'comment', delivery: 'g' },
        repositoryId: 1,
        issue: 3,
        isPullRequest: false,
        comment: 12,
        author: { login: 'wanda', id: 5 },
        command: { name: 'fix' },
      },
    ])
  })

  it('tells a pull request from an issue', () => {
    const [job] = take(copy => {
      copy.issue.pull_request = { url: 'https://api.github.com/repos/acme/orders/pulls/3' }
    }).jobs
    expect(job).toMatchObject({ issue: 3, isPullRequest: true })
  })

  const nothing: [what: string, change: (copy: typeof payload) => void, why: RegExp][] = [
    ['edited', copy => void Object.assign(copy, { action: 'edited' }), /^Action edited/],
    ['deleted', copy => void Object.assign(copy, { action: 'deleted' }), /^Action deleted/],
    [
      'that commands nothing',
      copy => void Object.assign(copy.comment, { body: 'Thanks.' }),
      /commands nothing/,
    ],
    [
      'with a command in a quote',
      copy => void Object.assign(copy.comment, { body: '> /golden-path fix' }),
      /commands nothing/,
    ],
    ['of a bot', copy => void Object.assign(copy.comment.user, { type: 'Bot' }), /not written by a person/],
    [
      'of a person who is not the sender',
      copy => void Object.assign(copy.sender, { id: 6 }),
      /not written by a person/,
    ],
    [
      'by another app for a person',
      copy => void Object.assign(copy.comment, { performed_via_github_app: { id: 8 } }),
      /not written by a person/,
    ],
    ['of ours', copy => void Object.assign(copy.sender, { login: 'golden-path[bot]' }), /by the app itself/],
    [
      'without an author',
      copy => void Object.assign(copy.comment, { user: null }),
      /not written by a person/,
    ],
    ['without an id', copy => void Object.assign(copy.comment, { id: '12' }), /names no comment/],
    ['without an issue', copy => void Object.assign(copy, { issue: {} }), /names no comment/],
    ['without a repository', copy => void Object.assign(copy, { repository: null }), /names no repository/],
    ['without a body', copy => void Object.assign(copy.comment, { body: null }), /commands nothing/],
  ]
  it.each(nothing)('%s does nothing', (_what, change, why) => {
    const { jobs, delivery } = take(change)
    expect(jobs).toEqual([])
    expect(delivery.ignored).toMatch(why)
  })

  it('never throws, whatever its parts are', () => {
    const paths = ['action', 'issue', 'comment', 'repository', 'sender'] as const
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.anything(), (path, value) => {
        const { jobs } = take(copy => void Object.assign(copy, { [path]: value }))
        expect(jobs.length).toBeLessThanOrEqual(1)
      }),
      { numRuns: 300 },
    )
  })
})
