import { createRequire } from 'node:module'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Job } from '../../src/intake/job.ts'
import { eventNames, type Intake, toJobs } from '../../src/intake/to-jobs.ts'

const context = { appId: 17, appSlug: 'golden-path' }
const zeroes = '0'.repeat(40)
const a = 'a'.repeat(40)
const b = 'b'.repeat(40)
const c = 'c'.repeat(40)

const common = {
  installation: { id: 5 },
  sender: { login: 'jane' },
  repository: {
    id: 42,
    node_id: 'R_42',
    name: 'payments',
    owner: { login: 'acme', id: 9 },
    default_branch: 'main',
    archived: false,
  },
}
const facts = {
  id: 42,
  nodeId: 'R_42',
  name: 'payments',
  owner: 'acme',
  ownerId: 9,
  installationId: 5,
  defaultBranch: 'main',
  archived: false,
}

const take = (event: string, payload: object, rest: object = common): Intake =>
  toJobs({ guid: 'g-1', event, payload: { ...rest, ...payload } }, context)

/** As a line: what would be run, and why. */
const line = (job: Job): string => `${job.priority} ${job.key} ${job.reason.why}`

const commit = (id: string, added: string[], modified: string[] = [], removed: string[] = []) => ({
  id,
  added,
  modified,
  removed,
})
const pushed = {
  ref: 'refs/heads/main',
  before: a,
  after: b,
  created: false,
  deleted: false,
  forced: false,
  commits: [commit(c, ['x'], ['y']), commit(b, [], ['y'], ['z'])],
}
const pull = { pull_request: { number: 7, head: { sha: b } } }
const group = { merge_group: { head_ref: 'refs/heads/gh-readonly-queue/main/pr-7', head_sha: b } }
const run = { head_sha: b, app: { id: 17 }, pull_requests: [{ number: 7 }] }
const account = { login: 'acme', id: 9, type: 'Organization' }
const installed = { installation: { id: 5, account, permissions: { checks: 'write' } } }

describe('a job says what its head is compared with', () => {
  it.each<[string, string, object, object]>([
    [
      'the branch of a pull request',
      'pull_request',
      { action: 'opened', pull_request: { ...pull.pull_request, base: { ref: 'release/1.x', sha: c } } },
      { kind: 'pull-request', pullRequest: 7, sha: b, base: 'release/1.x' },
    ],
    [
      'nothing where the event does not tell',
      'pull_request',
      { action: 'opened', ...pull },
      { kind: 'pull-request', pullRequest: 7, sha: b },
    ],
    [
      'the commit of a merge group',
      'merge_group',
      { action: 'checks_requested', merge_group: { ...group.merge_group, base_sha: c } },
      { kind: 'merge-group', ref: group.merge_group.head_ref, sha: b, base: c },
    ],
    [
      'the branch that a merge group is for, whatever group it stands on',
      'merge_group',
      {
        action: 'checks_requested',
        merge_group: { ...group.merge_group, base_sha: c, base_ref: 'refs/heads/release/1.x' },
      },
      { kind: 'merge-group', ref: group.merge_group.head_ref, sha: b, base: 'release/1.x' },
    ],
  ])('%s', (_, event, payload, target) => {
    expect(take(event, payload).jobs).toMatchObject([{ target }])
    expect(take(event, payload).jobs.map(job => job.kind === 'assess' && job.target)).toEqual([target])
  })
})

describe('an event wakes', () => {
  it.each<[string, string, object, string[]]>([
    ['a push to the default branch', 'push', pushed, ['push assess:42:default-branch push']],
    [
      'a pull request',
      'pull_request',
      { action: 'opened', ...pull },
      ['pull-request assess:42:pull:7 pull-request'],
    ],
    [
      'new commits on it',
      'pull_request',
      { action: 'synchronize', ...pull },
      ['pull-request assess:42:pull:7 pull-request'],
    ],
    [
      'its reopening',
      'pull_request',
      { action: 'reopened', ...pull },
      ['pull-request assess:42:pull:7 pull-request'],
    ],
    [
      'its leaving draft',
      'pull_request',
      { action: 'ready_for_review', ...pull },
      ['pull-request assess:42:pull:7 pull-request'],
    ],
    [
      'another base',
      'pull_request',
      { action: 'edited', changes: { base: { ref: { from: 'main' } } }, ...pull },
      ['pull-request assess:42:pull:7 pull-request'],
    ],
    [
      "a pull request of the app's own, which needs its check too",
      'pull_request',
      { action: 'opened', sender: { login: 'golden-path[bot]' }, ...pull },
      ['pull-request assess:42:pull:7 pull-request'],
    ],
    [
      'a merge group',
      'merge_group',
      { action: 'checks_requested', ...group },
      ['pull-request assess:42:refs/heads/gh-readonly-queue/main/pr-7 merge-group'],
    ],
    [
      'a re-run',
      'check_run',
      { action: 'rerequested', check_run: run },
      ['pull-request assess:42:pull:7 re-run'],
    ],
    [
      'a re-run of a bare commit',
      'check_suite',
      { action: 'rerequested', check_suite: { ...run, pull_requests: [] } },
      [`pull-request assess:42:commit:${b} re-run`],
    ],
    ['a new repository', 'repository', { action: 'created' }, ['push assess:42:default-branch installed']],
    ...['renamed', 'transferred', 'archived', 'unarchived', 'publicized', 'privatized', 'edited'].map(
      action =>
        [
          `a repository ${action}`,
          'repository',
          { action },
          ['push assess:42:default-branch settings-changed'],
        ] as [string, string, object, string[]],
    ),
    ['a deleted repository', 'repository', { action: 'deleted' }, ['push forget:42 removed']],
    [
      'an installation',
      'installation',
      { action: 'created', ...installed },
      ['push sync-installation:5 installed'],
    ],
    [
      'its return',
      'installation',
      { action: 'unsuspend', ...installed },
      ['push sync-installation:5 installed'],
    ],
    [
      'its new permissions',
      'installation',
      { action: 'new_permissions_accepted', ...installed },
      ['push sync-installation:5 installed'],
    ],
    [
      'repositories granted and taken away',
      'installation_repositories',
      {
        action: 'added',
        ...installed,
        repositories_added: [{ id: 43, node_id: 'R_43', name: 'search' }],
        repositories_removed: [{ id: 44 }],
      },
      ['sweep assess:43:default-branch installed', 'push forget:44 removed'],
    ],
    [
      'a renamed account',
      'installation_target',
      { action: 'renamed', account: { login: 'acme2', id: 9 }, target_type: 'Organization' },
      ['push sync-installation:5 settings-changed'],
    ],
    [
      'a team that may now write',
      'team_add',
      { team: { id: 1 } },
      ['push sync-directory:5 directory-changed', 'push assess:42:default-branch directory-changed'],
    ],
    [
      'a new team',
      'team',
      { action: 'created', repository: undefined },
      ['push sync-directory:5 directory-changed'],
    ],
    [
      'a member of a team',
      'membership',
      { action: 'added', repository: undefined },
      ['push sync-directory:5 directory-changed'],
    ],
    [
      'a member who left',
      'organization',
      { action: 'member_removed', repository: undefined },
      ['push sync-directory:5 directory-changed'],
    ],
    [
      'a collaborator',
      'member',
      { action: 'added' },
      ['push sync-directory:5 directory-changed', 'push assess:42:default-branch directory-changed'],
    ],
    [
      'property values',
      'custom_property_values',
      { action: 'updated', new_property_values: [] },
      ['push assess:42:default-branch settings-changed'],
    ],
    ...[
      'branch_protection_rule',
      'branch_protection_configuration',
      'repository_ruleset',
      'dependabot_alert',
      'security_and_analysis',
      'secret_scanning_alert',
      'code_scanning_alert',
    ].map(
      event =>
        [event, event, { action: 'created' }, ['push assess:42:default-branch settings-changed']] as [
          string,
          string,
          object,
          string[],
        ],
    ),
    ['a release', 'release', { action: 'published' }, ['push assess:42:default-branch settings-changed']],
    [
      'an alert of code scanning that was closed by hand',
      'code_scanning_alert',
      { action: 'closed_by_user', ref: '' },
      ['push assess:42:default-branch settings-changed'],
    ],
    [
      "the organisation's ruleset, which names no repository",
      'repository_ruleset',
      { action: 'created', repository: undefined },
      ['push sync-installation:5 settings-changed'],
    ],
  ])('%s', (_, event, payload, jobs) => {
    const intake = take(event, payload)
    expect(intake.jobs.map(line)).toEqual(jobs)
    expect(intake.delivery.ignored).toBeUndefined()
    for (const job of intake.jobs)
      expect(job).toMatchObject({ installationId: 5, reason: { delivery: 'g-1' } })
  })
})

describe('an event is ignored', () => {
  it.each<[string, string, object, RegExp]>([
    ['a tag', 'push', { ...pushed, ref: 'refs/tags/v1' }, /refs\/tags\/v1 is no branch/],
    ['another branch', 'push', { ...pushed, ref: 'refs/heads/next' }, /is not the default branch/],
    [
      'the deletion of the branch',
      'push',
      { ...pushed, deleted: true, after: zeroes },
      /refs\/heads\/main was deleted/,
    ],
    ['our own push', 'push', { ...pushed, sender: { login: 'golden-path[bot]' } }, /by the app itself/],
    ['a closed pull request', 'pull_request', { action: 'closed', ...pull }, /Action closed/],
    ['a new title', 'pull_request', { action: 'edited', changes: { title: {} }, ...pull }, /Action edited/],
    ['a destroyed merge group', 'merge_group', { action: 'destroyed', ...group }, /Action destroyed/],
    ['our own check run', 'check_run', { action: 'completed', check_run: run }, /Action completed/],
    [
      "another app's check run",
      'check_run',
      { action: 'rerequested', check_run: { ...run, app: { id: 3 } } },
      /another app/,
    ],
    [
      'our own issue',
      'issues',
      { action: 'opened', sender: { login: 'golden-path[bot]' } },
      /done by the app itself/,
    ],
    ['an event that is no event', 'constructor', {}, /constructor changes nothing/],
    ['what no installation sent', 'push', { ...pushed, installation: undefined }, /no installation/],
    ['a push without a repository', 'push', { ...pushed, repository: undefined }, /no repository/],
    ['an invited member', 'organization', { action: 'member_invited' }, /Action member_invited/],
  ])('%s', (_, event, payload, sentence) => {
    const { delivery, jobs, changes } = take(event, payload)
    expect(jobs).toEqual([])
    expect(delivery.ignored).toMatch(sentence)
    expect(changes).toEqual({ repositories: [], gone: [] })
  })
})

describe('what a push changed', () => {
  const changed = (payload: object) => take('push', { ...pushed, ...payload }).jobs[0]?.reason.changed
  it('is every path of every commit', () => {
    expect(changed({})).toEqual(['x', 'y', 'z'])
  })
  it.each<[boolean | undefined, object]>([
    [true, { commits: [commit(c, [], ['x']), commit(b, [], ['y'])] }],
    [undefined, { commits: [commit(c, ['x'], ['z']), commit(b, [], ['y'])] }],
    [undefined, { commits: [commit(b, [], ['y'], ['z'])] }],
    [undefined, { forced: true, commits: [commit(b, [], ['y'])] }],
  ])('leaves the list of files as it was: %s', (same, payload) => {
    expect(take('push', { ...pushed, ...payload }).jobs[0]?.reason.samePaths).toBe(same)
  })
  it.each<[string, object]>([
    ['it was forced', { forced: true }],
    ['the branch is new', { created: true }],
    ['there was no commit before', { before: zeroes }],
    ['no commit is listed', { commits: [] }],
    ['2,048 commits are listed', { commits: [...Array(2047).fill(commit(c, [])), commit(b, [])] }],
    ['the list ends before the head', { commits: [commit(c, ['x'])] }],
    ['a commit has no lists', { commits: [{ id: b }] }],
    ['a path is no text', { commits: [{ ...commit(b, []), added: [7] }] }],
    [
      'it is too much to keep',
      {
        commits: [
          commit(
            b,
            Array.from({ length: 3001 }, (_, i) => `f${i}`),
          ),
        ],
      },
    ],
    ['it does not say whether it was forced', { forced: undefined }],
  ])('can not be told when %s', (_, payload) => {
    const { jobs } = take('push', { ...pushed, ...payload })
    expect(jobs).toHaveLength(1)
    expect(jobs[0]?.reason).not.toHaveProperty('changed')
    expect(jobs[0]?.reason).toMatchObject({ why: 'push', after: b })
  })
})

describe('what is remembered', () => {
  it('of a push: the repository, the refs and the sender', () => {
    expect(take('push', pushed)).toMatchObject({
      delivery: {
        guid: 'g-1',
        event: 'push',
        installationId: 5,
        repositoryId: 42,
        sender: 'jane',
        ref: 'refs/heads/main',
        before: a,
        after: b,
      },
      changes: { repositories: [facts], gone: [] },
    })
  })
  it('of an installation: its account and its repositories, whose owner it is', () => {
    const { changes } = take('installation', {
      action: 'created',
      ...installed,
      repository: undefined,
      repositories: [{ id: 43, node_id: 'R_43', name: 'search', full_name: 'acme/search' }, { id: 'broken' }],
    })
    expect(changes).toEqual({
      installation: {
        id: 5,
        account: 'acme',
        accountId: 9,
        accountType: 'Organization',
        permissions: { checks: 'write' },
      },
      repositories: [
        { id: 43, nodeId: 'R_43', name: 'search', owner: 'acme', ownerId: 9, installationId: 5 },
      ],
      gone: [],
    })
  })
  it.each([
    ['deleted', 'removed'],
    ['suspend', 'suspended'],
  ])('of an installation that is gone by %s', (action, how) => {
    expect(take('installation', { action, ...installed }).changes.left).toEqual({ installationId: 5, how })
  })
  it('of a deleted repository: that it is gone', () => {
    expect(take('repository', { action: 'deleted' }).changes).toEqual({ repositories: [facts], gone: [42] })
  })
  it('of property values: what was set and what was taken away, whether all are listed or the changed ones', () => {
    const { changes } = take('custom_property_values', {
      action: 'updated',
      old_property_values: [
        { property_name: 'tier', value: '2' },
        { property_name: 'lang', value: ['go'] },
      ],
      new_property_values: [
        { property_name: 'tier', value: '1' },
        { property_name: 'data-class', value: null },
        { property_name: 'zones', value: ['eu', 'us'] },
      ],
    })
    expect(changes.properties).toEqual({
      ownerId: 9,
      repositoryId: 42,
      set: { tier: '1', zones: ['eu', 'us'] },
      unset: ['lang', 'data-class'],
    })
  })
})

describe('whatever arrives', () => {
  const examples = createRequire(import.meta.url)('@octokit/webhooks-examples') as {
    name: string
    examples: object[]
  }[]

  it.each(examples.map(({ name, examples }) => [name, examples] as const))(
    "GitHub's examples of %s are jobs or a reason",
    (event, payloads) => {
      for (const payload of payloads) {
        const intake = toJobs({ guid: 'g', event, payload: { installation: { id: 5 }, ...payload } }, context)
        const says = intake.jobs.length > 0 || intake.changes.left || intake.delivery.ignored
        expect(says).toBeTruthy()
      }
    },
  )

  it('nothing throws', () => {
    const value = fc.anything({ maxDepth: 3 })
    const payload = fc.record(
      Object.fromEntries(
        ['action', 'installation', 'repository', 'commits', 'pull_request', 'check_run', 'account', 'ref']
          .concat([
            'repositories',
            'repositories_removed',
            'new_property_values',
            'changes',
            'forced',
            'created',
          ])
          .map(key => [
            key,
            key === 'installation' ? fc.oneof(value, fc.constant(installed.installation)) : value,
          ]),
      ),
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.constantFrom(...eventNames), fc.oneof(payload, value), (event, payload) => {
        expect(Array.isArray(toJobs({ guid: 'g', event, payload }, context).jobs)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })
})
