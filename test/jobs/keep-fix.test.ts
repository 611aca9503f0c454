import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type EmulatedGitHub, startGitHub } from '../../demo/github/start.ts'
import { type Job, jobKey, type KeepFixJob } from '../../src/intake/job.ts'
import { startJobsAt } from '../support/in-process.ts'
import { observer, person } from '../support/person.ts'
import { component } from '../support/snapshot.ts'

/** The life of a repository's pull request of fixes: the real jobs in this process, against the emulated GitHub. */

const policy = (fix: 'offered' | 'pull-request') => `version: 1
fix: ${fix}
rules:
  - name: Everybody is in the catalogue
    for: { not: { names: .github } }
    require:
      catalog-info-valid: enforce
      owner-exists: enforce
  - name: Says what its tokens may do
    for: { not: { names: .github } }
    require:
      workflow-permissions: enforce
`

/** The tracking issue is number 1 of each. */
const first = 2
const second = 3

const workflow = 'on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps: [{ run: npm test }]\n'

let github: EmulatedGitHub
let jobs: Awaited<ReturnType<typeof startJobsAt>>
let jane: ReturnType<typeof person>
let seen: ReturnType<typeof observer>

const names = [
  'asked',
  'kept',
  'mended',
  'refused',
  'taken',
  'merged',
  'lost',
  'noted',
  'seen-by-all',
  'not-given',
  'owned',
  'cut',
  'barred',
  'reopened',
]

beforeAll(async () => {
  github = await startGitHub({
    org: {
      login: 'acme',
      users: ['jane'],
      teams: [
        { slug: 'payments', members: ['jane'] },
        { slug: 'search', members: ['jane'] },
      ],
      repositories: {
        '.github': { files: { 'golden-path.yml': policy('offered') } },
        ...Object.fromEntries(
          names.map(name => [
            name,
            {
              private: name !== 'seen-by-all',
              files: { 'catalog-info.yaml': component(name, 'paymnts'), 'README.md': `# ${name}\n` },
            },
          ]),
        ),
        bare: {
          files: {
            CODEOWNERS: '* @acme/payments\n',
            'README.md': '# Bare\n\nTakes payments.\n',
            'package.json': '{ "name": "bare", "scripts": { "start": "node server.js" } }\n',
            Dockerfile: 'FROM node:24\nCMD ["node", "server.js"]\n',
          },
        },
      },
    },
  })
  jane = person(github)
  seen = observer(github.url)
  jobs = await startJobsAt(github, '2026-11-22T09:00:00Z', {
    unlimited: true,
    retry: { tries: 6, delaySeconds: 0, maxDelaySeconds: 0 },
  })
  await jobs.sweep()
}, 60_000)

afterAll(async () => {
  await jobs?.stop()
  await github?.stop()
})

describe('asked for', () => {
  it('opens one pull request that repairs what fails, and says what it does', async () => {
    await ask('asked')
    const pull = await pullRequest('asked', first)
    expect(pull).toMatchObject({
      state: 'open',
      draft: false,
      title: 'Golden path: make “Owner exists” pass',
      head: { ref: 'golden-path/fix' },
      base: { ref: 'main' },
    })
    expect(await diff('asked', first)).toEqual([
      ['catalog-info.yaml', '-  owner: paymnts', '+  owner: payments'],
    ])
    expect(pull.body).toMatch(
      /After this change every control passes \(checked against policy `[0-9a-f]{7}`\)\./,
    )
  })

  it('changes nothing when it is asked for again, or when another file changes', async () => {
    const before = await pullRequest('asked', first)
    await ask('asked')
    await push('asked', { 'README.md': '# Other words\n' })
    expect(await pullRequest('asked', first)).toEqual(before)
    expect(await numbers('asked')).toEqual([first])
  })
})

it('moves with the repository when a file that it changes is changed there', async () => {
  await ask('kept')
  await push('kept', { 'catalog-info.yaml': `# Ours\n${component('kept', 'paymnts')}` })
  const { head } = await pullRequest('kept', first)
  const commit = await jane.ask('GET', `/repos/acme/kept/commits/${head.sha}`)
  expect(commit).toMatchObject({ parents: [{ sha: await jane.head('kept') }] })
  expect(await diff('kept', first)).toEqual([
    ['catalog-info.yaml', '-  owner: paymnts', '+  owner: payments'],
  ])
  expect(await text('kept', head.sha)).toMatch(/^# Ours\n/)
})

it('repairs more in the same pull request when more comes to fail', async () => {
  await push('kept', { '.github/workflows/ci.yml': workflow })
  expect(await numbers('kept')).toEqual([first])
  expect((await diff('kept', first)).map(([path]) => path)).toEqual([
    '.github/workflows/ci.yml',
    'catalog-info.yaml',
  ])
})

it('is closed with a reason and without its branch once somebody has repaired it on their own', async () => {
  await ask('mended')
  await push('mended', { 'catalog-info.yaml': component('mended', 'payments') })
  const { state, body } = await pullRequest('mended', first)
  expect(state).toBe('closed')
  expect(body).toContain('Everything that it repairs is in order by now.')
  expect(await branches('mended')).toEqual(['main'])
  expect(await comments('mended', first)).toHaveLength(1)
})

it('opens another one when it is needed again after that', async () => {
  await push('mended', { 'catalog-info.yaml': component('mended', 'paymnts') })
  expect(await numbers('mended')).toEqual([first])
  await ask('mended')
  expect(await numbers('mended')).toEqual([first, second])
  expect(await pullRequest('mended', second)).toMatchObject({ state: 'open' })
})

it('opens nothing again after it was merged', async () => {
  await ask('merged')
  await jane.merge('merged', first)
  await look('merged')
  await ask('merged')
  expect(await numbers('merged')).toEqual([first])
  expect(await row('merged')).toMatchObject({ detail: { ended: 'merged' } })
})

it('looks before it opens: what was merged a moment ago is not opened again', async () => {
  await push('merged', { 'catalog-info.yaml': component('merged', 'paymnts') })
  await ask('merged')
  await jane.merge('merged', second)
  await ask('merged')
  expect(await numbers('merged')).toEqual([first, second])
})

it('leaves the branch to a person who pushed to it, for good', async () => {
  await ask('taken')
  const hers = await jane.commit('taken', { 'more.txt': 'mine\n' }, 'golden-path/fix')
  await ask('taken')
  await push('taken', { 'catalog-info.yaml': component('taken', 'payments') })
  expect(await pullRequest('taken', first)).toMatchObject({ state: 'open', head: { sha: hers } })
  expect(await row('taken')).toMatchObject({ detail: { ended: 'taken-over' } })
})

it('looks after it again once a person who closed it has opened it again', async () => {
  await ask('reopened')
  await jane.ask('PATCH', `/repos/acme/reopened/pulls/${first}`, { state: 'closed' })
  await look('reopened')
  expect(await row('reopened')).toMatchObject({ detail: { ended: 'person' } })
  await jane.ask('PATCH', `/repos/acme/reopened/pulls/${first}`, { state: 'open' })
  await touched('reopened')
  expect((await row('reopened'))?.detail.ended).toBeUndefined()
  await push('reopened', { 'catalog-info.yaml': component('reopened', 'payments') })
  expect(await pullRequest('reopened', first)).toMatchObject({ state: 'closed' })
  expect(await row('reopened')).toMatchObject({ detail: { ended: 'us' } })
})

it.each([
  ['noted', 'lacks the permission workflows: write'],
  ['seen-by-all', 'What else is to be done is told by [the check run]'],
])(
  'says what could not be done when a permission is missing, where not everybody reads it: %s',
  async (name, said) => {
    await push(name, { '.github/workflows/ci.yml': workflow })
    const installation = await jobs.store.installations.get((await repository(name)).installationId)
    if (!installation) throw new Error('No installation is known')
    const { workflows: _, ...permissions } = installation.permissions
    await jobs.store.installations.upsert({ ...installation, permissions })
    await ask(name)
    await jobs.store.installations.upsert(installation)
    expect((await diff(name, first)).map(([path]) => path)).toEqual(['catalog-info.yaml'])
    const { body } = await pullRequest(name, first)
    expect(body).toContain(said)
    expect(body).toContain('1 control still fails')
  },
)

it('writes nothing at all where it may open no pull request', async () => {
  const installation = await jobs.store.installations.get((await repository('not-given')).installationId)
  if (!installation) throw new Error('No installation is known')
  const permissions = { ...installation.permissions, pull_requests: 'read' }
  await jobs.store.installations.upsert({ ...installation, permissions })
  const before = await seen.requests()
  await ask('not-given')
  expect((await seen.requests()).write).toBe(before.write)
  expect(await row('not-given')).toBeUndefined()
  await jobs.store.installations.upsert(installation)
  await ask('not-given')
  expect(await numbers('not-given')).toEqual([first])
})

it('does not try again and again what GitHub refuses', async () => {
  await seen.control('POST', 'faults', { match: 'POST /repos/acme/barred/git/refs', status: 403 })
  await ask('barred')
  expect(await row('barred')).toBeUndefined()
  await seen.control('DELETE', 'faults')
  await look('barred')
  expect(await numbers('barred')).toEqual([])
  await ask('barred')
  expect(await numbers('barred')).toEqual([first])
})

it('keeps the owner that somebody named, whatever else changes', async () => {
  const changed = ['catalog-info.yaml', '-  owner: paymnts', '+  owner: search']
  await ask('owned', { owner: 'search' })
  expect(await diff('owned', first)).toEqual([changed])
  await push('owned', { 'catalog-info.yaml': `# Ours\n${component('owned', 'paymnts')}` })
  await ask('owned')
  expect(await diff('owned', first)).toEqual([changed])
  expect(await numbers('owned')).toEqual([first])
})

it('is one pull request, whichever answers of GitHub are lost', async () => {
  const calls = ['/git/trees', '/git/commits', '/git/refs', '/pulls$']
  for (const call of calls)
    await seen.control('POST', 'faults', { match: `POST /repos/.*${call}`, dropAfterWrite: true, count: 1 })
  await ask('cut')
  await ask('cut')
  await ask('cut')
  await seen.control('DELETE', 'faults')
  await ask('cut')
  expect(await numbers('cut')).toEqual([first])
  expect(await row('cut')).toMatchObject({ state: 'done', externalId: `${first}` })
  expect(await branches('cut')).toEqual(['golden-path/fix', 'main'])
})

it('proposes a catalogue file where there is none, with what each line was guessed from', async () => {
  await ask('bare')
  const { body } = await pullRequest('bare', first)
  expect(await diff('bare', first)).toEqual([
    expect.arrayContaining(['catalog-info.yaml', '+apiVersion: backstage.io/v1alpha1']),
  ])
  expect(body).toContain('**Guessed from what is in the repository: read it before merging.**')
  expect(body).toMatch(/- `spec\.owner`: `payments`, \d+ % sure\./)
})

describe('where the policy opens them by itself', () => {
  beforeAll(async () => {
    await jane.commit('.github', { 'golden-path.yml': policy('pull-request') })
    await look('.github')
  }, 60_000)

  it('opens one where something fails, and one only', async () => {
    expect(await numbers('refused')).toEqual([first])
    await look('refused')
    expect(await numbers('refused')).toEqual([first])
  })

  it('stays closed when a person closed it, until something else fails', async () => {
    await jane.ask('PATCH', `/repos/acme/refused/pulls/${first}`, { state: 'closed' })
    await look('refused')
    await push('refused', { 'catalog-info.yaml': `# Moved\n${component('refused', 'paymnts')}` })
    expect(await numbers('refused')).toEqual([first])
    expect(await row('refused')).toMatchObject({ detail: { ended: 'person' } })
    await push('refused', { '.github/workflows/ci.yml': workflow })
    expect(await numbers('refused')).toEqual([first, second])
  })

  it('stays refused when every record is lost', async () => {
    await jane.ask('PATCH', `/repos/acme/refused/pulls/${second}`, { state: 'closed' })
    const { id } = await repository('refused')
    for (const { key } of await jobs.store.published.list(id)) await jobs.store.published.remove(id, key)
    await look('refused')
    expect(await numbers('refused')).toEqual([first, second])
    expect(await row('refused')).toMatchObject({ externalId: `${second}`, detail: { ended: 'person' } })
  })

  it('is one pull request when every record is lost', async () => {
    const before = await numbers('lost')
    const { id } = await repository('lost')
    for (const { key } of await jobs.store.published.list(id)) await jobs.store.published.remove(id, key)
    await look('lost')
    expect(await numbers('lost')).toEqual(before)
    expect(await row('lost')).toMatchObject({ externalId: `${first}`, state: 'done' })
  })
})

async function repository(name: string) {
  const [found] = await jobs.store.repositories.withName(name)
  if (!found) throw new Error(`${name} is not known`)
  return found
}

async function ask(name: string, more: Partial<NonNullable<KeepFixJob['asked']>> = {}): Promise<void> {
  const { id, installationId } = await repository(name)
  await jobs.enqueue([
    {
      kind: 'keep-fix',
      key: jobKey.keepFix(id),
      installationId,
      repositoryId: id,
      priority: 'pull-request',
      reason: { why: 'button' },
      asked: { by: 'jane', ...more },
    },
  ])
}

/** As the delivery of what a person did to the pull request wakes it. */
async function touched(name: string): Promise<void> {
  const { id, installationId } = await repository(name)
  const reason = { why: 'pull-request-changed' } as const
  const job = {
    kind: 'keep-fix',
    key: jobKey.keepFix(id),
    repositoryId: id,
    priority: 'push',
    reason,
  } as const
  await jobs.enqueue([{ ...job, installationId }])
}

async function look(name: string): Promise<void> {
  const { id, installationId } = await repository(name)
  const target = { kind: 'default-branch' } as const
  const job: Job = {
    kind: 'assess',
    key: jobKey.assess(id, target),
    installationId,
    repositoryId: id,
    priority: 'push',
    reason: { why: 're-run' },
    target,
  }
  await jobs.enqueue([job])
}

async function push(name: string, files: Record<string, string>): Promise<void> {
  await jane.commit(name, files)
  await look(name)
}

const row = async (name: string) => jobs.store.published.get((await repository(name)).id, 'fix')

const pullShape = z.object({
  state: z.string(),
  draft: z.boolean(),
  title: z.string(),
  body: z.string(),
  head: z.object({ ref: z.string(), sha: z.string() }),
  base: z.object({ ref: z.string() }),
})
const pullRequest = async (name: string, number: number) =>
  pullShape.parse(await jane.ask('GET', `/repos/acme/${name}/pulls/${number}`))

const numbers = async (name: string): Promise<number[]> =>
  (await seen.repository(name)).pullRequests.map(({ number }) => number).sort()

/** Each file with the lines that it loses and gets. */
async function diff(name: string, number: number): Promise<string[][]> {
  const files = z
    .array(z.object({ filename: z.string(), patch: z.string() }))
    .parse(await jane.ask('GET', `/repos/acme/${name}/pulls/${number}/files`))
  return files.map(({ filename, patch }) => [
    filename,
    ...patch.split('\n').filter(line => /^[-+]/.test(line)),
  ])
}

async function text(name: string, ref: string): Promise<string> {
  const found = await jane.ask('GET', `/repos/acme/${name}/contents/catalog-info.yaml?ref=${ref}`)
  return Buffer.from(z.object({ content: z.string() }).parse(found).content, 'base64').toString()
}

const namedShape = z.array(z.object({ name: z.string() }))
const branches = async (name: string): Promise<string[]> =>
  namedShape.parse(await jane.ask('GET', `/repos/acme/${name}/branches`)).map(each => each.name)

const comments = async (name: string, number: number): Promise<string[]> =>
  z
    .array(z.object({ body: z.string() }))
    .parse(await jane.ask('GET', `/repos/acme/${name}/issues/${number}/comments`))
    .map(({ body }) => body)
