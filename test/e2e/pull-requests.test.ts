import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { openConversation } from '../support/conversation.ts'
import { observer, person } from '../support/person.ts'
import { component } from '../support/snapshot.ts'
import { policyOf } from '../support/stage.ts'

/** Which base a pull request is held against, whatever becomes of branches meanwhile; and what it costs. */

type Conversation = Awaited<ReturnType<typeof openConversation>>

const nobody = component('api', 'nobody')
const files = {
  'catalog-info.yaml': component('api'),
  CODEOWNERS: '* @acme/payments\n',
  'src/a.js': '',
}
/** Each situation has a repository of its own. */
const names = [
  'stacked',
  'long',
  'moved',
  'draft',
  'ignored',
  'edited',
  'group',
  'many',
  'binary',
  'orphan',
  'rerun',
  'refused',
  'twice',
  'all',
  'fork',
]

let stage: Conversation
let somebody: ReturnType<typeof person>
let seen: ReturnType<typeof observer>

beforeAll(async () => {
  stage = await openConversation(
    {
      users: ['jane'],
      outsiders: ['stranger'],
      teams: [
        {
          slug: 'payments',
          members: ['jane'],
          repositories: Object.fromEntries(names.map(name => [name, 'push' as const])),
        },
      ],
      repositories: {
        '.github': {
          files: {
            'golden-path.yml': policyOf(
              'catalog-info-valid: enforce',
              'owner-exists: enforce',
              'codeowners-valid: enforce',
            ),
          },
        },
        ...Object.fromEntries(names.map(name => [name, { files }])),
      },
    },
    '2026-11-22T09:00:00Z',
  )
  somebody = person(stage.github)
  seen = observer(stage.github.url)
  await stage.jobs.sweep()
}, 60_000)

afterAll(() => stage?.stop())

/** What GitHub was asked by the app from before `act` until all is settled. */
const cost = async (act: () => Promise<unknown>): Promise<{ read: number; write: number }> => {
  await stage.settled()
  await seen.resetRequests()
  await act()
  await stage.settled()
  const { read, write } = await seen.requests()
  return { read, write }
}

const pageShape = z.object({
  check_runs: z.array(
    z.object({
      id: z.number(),
      name: z.string(),
      conclusion: z.string().nullable(),
      output: z.object({ title: z.string(), summary: z.string() }),
    }),
  ),
})

/** The one check run of ours on a commit. */
const check = async (repository: string, sha: string) => {
  await stage.settled()
  const { check_runs } = pageShape.parse(
    await somebody.ask('GET', `/repos/acme/${repository}/commits/${sha}/check-runs`),
  )
  const runs = check_runs.filter(({ name }) => name === 'Golden Path')
  const [run] = runs
  if (!run || runs.length > 1) throw new Error(`${repository} has ${runs.length} check runs on ${sha}`)
  return { id: run.id, conclusion: run.conclusion, title: run.output.title, summary: run.output.summary }
}

const open = async (repository: string, head: string, more: Record<string, unknown> = {}): Promise<number> =>
  z.object({ number: z.number() }).parse(
    await somebody.ask('POST', `/repos/acme/${repository}/pulls`, {
      title: 'A change',
      head,
      base: 'main',
      ...more,
    }),
  ).number

/** Merges one branch into another; `files` are what the other one has of its own. */
const merge = async (repository: string, from: string, to: string, files: Record<string, string>) => {
  const git = `/repos/acme/${repository}/git`
  const shaped = z.object({ sha: z.string() })
  const [ours, theirs] = [await somebody.head(repository, to), await somebody.head(repository, from)]
  const { tree } = z.object({ tree: shaped }).parse(await somebody.ask('GET', `${git}/commits/${theirs}`))
  const made = shaped.parse(
    await somebody.ask('POST', `${git}/trees`, {
      base_tree: tree.sha,
      tree: Object.entries(files).map(([path, content]) => ({ path, mode: '100644', type: 'blob', content })),
    }),
  )
  const { sha } = shaped.parse(
    await somebody.ask('POST', `${git}/commits`, {
      message: `Merge ${from}`,
      tree: made.sha,
      parents: [ours, theirs],
    }),
  )
  await somebody.ask('PATCH', `${git}/refs/heads/${to}`, { sha })
  return sha
}

describe('the base of a pull request', () => {
  it('is the branch it is stacked on', async () => {
    await somebody.branch('stacked', 'lower')
    await somebody.commit('stacked', { 'catalog-info.yaml': nobody }, 'lower')
    await open('stacked', 'lower')
    await somebody.branch('stacked', 'upper', await somebody.head('stacked', 'lower'))
    const sha = await somebody.commit(
      'stacked',
      { CODEOWNERS: '* @acme/payments\n/src @acme/payments\n' },
      'upper',
    )
    expect(await cost(() => open('stacked', 'upper', { base: 'lower' }))).toEqual({ read: 2, write: 1 })
    expect(await check('stacked', sha)).toMatchObject({
      conclusion: 'success',
      title: 'No problem introduced, 1 was there before',
      summary: expect.stringContaining('| before | Owner exists |'),
    })
  })

  it('is what a long-lived branch began at, until it takes in what was merged since', async () => {
    const begun = await somebody.head('long')
    await somebody.branch('long', 'feature')
    // Broken and repaired on the default branch meanwhile: neither is the branch's doing.
    await somebody.commit('long', { 'catalog-info.yaml': nobody })
    await somebody.commit('long', { CODEOWNERS: '* @acme/gone\n' })
    const sha = await somebody.commit('long', { 'src/a.js': 'export {}\n' }, 'feature')
    await open('long', 'feature')
    const first = await check('long', sha)
    expect(first).toMatchObject({ conclusion: 'success', title: 'All 3 controls pass' })
    expect(first.summary).toContain(`compared with \`${begun.slice(0, 7)}\``)

    const merged = await merge('long', 'main', 'feature', { 'src/a.js': 'export {}\n' })
    expect(await check('long', merged)).toMatchObject({
      conclusion: 'success',
      title: 'No problem introduced, 2 were there before',
    })
  })

  it("does not move with its branch: what was repaired there since is nobody else's to repair", async () => {
    await somebody.commit('moved', { 'catalog-info.yaml': nobody })
    await somebody.branch('moved', 'feature')
    await somebody.commit('moved', { 'catalog-info.yaml': component('api') })
    const sha = await somebody.commit('moved', { CODEOWNERS: '* @acme/gone\n' }, 'feature')
    await open('moved', 'feature')
    const told = await check('moved', sha)
    expect(told).toMatchObject({ conclusion: 'failure' })
    expect(told.title).toBe('1 problem introduced, CODEOWNERS valid fails')
    expect(told.summary).toMatch(/1 more was there before and doesn't block\./)
  })

  it('is another one when somebody chooses another', async () => {
    await somebody.branch('edited', 'release')
    await somebody.commit('edited', { 'catalog-info.yaml': nobody }, 'release')
    await somebody.branch('edited', 'feature', await somebody.head('edited', 'release'))
    const sha = await somebody.commit('edited', { 'src/b.js': '' }, 'feature')
    const number = await open('edited', 'feature')
    expect(await check('edited', sha)).toMatchObject({ conclusion: 'failure' })
    await somebody.ask('PATCH', `/repos/acme/edited/pulls/${number}`, { base: 'release' })
    expect(await check('edited', sha)).toMatchObject({
      conclusion: 'success',
      title: 'No problem introduced, 1 was there before',
    })
  })

  it('is none where the two have no commit in common: all counts, and it says why', async () => {
    const git = '/repos/acme/orphan/git'
    const tree = z.object({ sha: z.string() }).parse(
      await somebody.ask('POST', `${git}/trees`, {
        tree: [{ path: 'catalog-info.yaml', mode: '100644', type: 'blob', content: nobody }],
      }),
    )
    const { sha } = z
      .object({ sha: z.string() })
      .parse(await somebody.ask('POST', `${git}/commits`, { message: 'Anew', tree: tree.sha, parents: [] }))
    await somebody.ask('POST', `${git}/refs`, { ref: 'refs/heads/anew', sha })
    await open('orphan', 'anew')
    const told = await check('orphan', sha)
    expect(told).toMatchObject({ conclusion: 'failure' })
    expect(told.title).not.toMatch(/introduced/)
    expect(told.summary).toMatch(
      /What was there before is not known, so everything counts as introduced: GitHub finds no commit/,
    )
  })

  it('is asked for once more when GitHub does not answer, and then all counts', async () => {
    await somebody.commit('refused', { 'catalog-info.yaml': nobody })
    await somebody.branch('refused', 'feature')
    const sha = await somebody.commit('refused', { 'src/b.js': '' }, 'feature')
    await stage.settled()
    await stage.fault({ match: '/repos/acme/refused/compare/', status: 502 })
    await open('refused', 'feature')
    const told = await check('refused', sha)
    expect(told.conclusion).toBe('failure')
    expect(told.summary).toMatch(/GitHub did not compare the two: .*A re-run of this check asks again\./)
    await seen.control('DELETE', 'faults')
    await somebody.ask('POST', `/repos/acme/refused/check-runs/${told.id}/rerequest`)
    expect(await check('refused', sha)).toMatchObject({
      conclusion: 'success',
      title: 'No problem introduced, 1 was there before',
    })
  })
})

describe('a pull request', () => {
  it('that is a draft is judged like any', async () => {
    await somebody.branch('draft', 'feature')
    const sha = await somebody.commit('draft', { 'catalog-info.yaml': nobody }, 'feature')
    await open('draft', 'feature', { draft: true })
    const told = await check('draft', sha)
    expect(told).toMatchObject({ conclusion: 'failure' })
    expect(told.summary.split('\n')[0]).toBe('**This pull request introduces 1 problem.** 2 controls pass.')
  })

  it('that edits only ignored paths costs one read, and carries what was there before', async () => {
    await somebody.commit('ignored', { 'catalog-info.yaml': nobody })
    await stage.settled()
    await somebody.branch('ignored', 'feature')
    const sha = await somebody.commit(
      'ignored',
      { 'src/a.js': 'export {}\n', 'docs/x.md': '# X\n' },
      'feature',
    )
    expect(await cost(() => open('ignored', 'feature'))).toEqual({ read: 1, write: 1 })
    expect(await check('ignored', sha)).toMatchObject({
      conclusion: 'success',
      title: 'No problem introduced, 1 was there before',
    })
    const stored = await stage.jobs.store.verdicts.stored(await stage.idOf('ignored'), { commit: sha })
    expect(stored?.snapshot?.base).toMatchObject({ known: true })
  })

  it('of more than 300 files is compared by what is read', async () => {
    await somebody.commit('many', { 'catalog-info.yaml': nobody })
    await somebody.branch('many', 'feature')
    const sha = await somebody.commit(
      'many',
      {
        CODEOWNERS: '* @acme/gone\n',
        ...Object.fromEntries(Array.from({ length: 320 }, (_, index) => [`src/${index}.js`, `${index}\n`])),
      },
      'feature',
    )
    expect(await cost(() => open('many', 'feature'))).toEqual({ read: 2, write: 1 })
    const told = await check('many', sha)
    expect(told.conclusion).toBe('failure')
    expect(told.title).toBe('1 problem introduced, CODEOWNERS valid fails')
    expect(told.summary).toMatch(/1 more was there before/)
  })

  it('that makes a file unreadable introduces that, with no patch to show it', async () => {
    await somebody.branch('binary', 'feature')
    const sha = await somebody.commit('binary', { 'catalog-info.yaml': 'kind: \0\n' }, 'feature')
    await open('binary', 'feature')
    const told = await check('binary', sha)
    expect(told.conclusion).toBe('failure')
    expect(told.title).toBe('2 problems introduced, these fail: Catalogue file valid, Owner exists')
  })

  it('from a fork is compared with the repository it is made to', async () => {
    await somebody.commit('fork', { 'catalog-info.yaml': nobody })
    await stage.settled()
    const stranger = stage.as('stranger')
    await stranger.ask('POST', '/repos/acme/fork/forks', {})
    const { sha: blob } = z
      .object({ sha: z.string() })
      .parse(await somebody.ask('GET', '/repos/stranger/fork/contents/CODEOWNERS'))
    const { commit } = z.object({ commit: z.object({ sha: z.string() }) }).parse(
      await stranger.ask('PUT', '/repos/stranger/fork/contents/CODEOWNERS', {
        message: 'Take it over',
        content: Buffer.from('* @acme/payments\n/src @acme/gone\n').toString('base64'),
        sha: blob,
      }),
    )
    await stranger.ask('POST', '/repos/acme/fork/pulls', {
      title: 'From outside',
      head: 'stranger:main',
      base: 'main',
    })
    const told = await check('fork', commit.sha)
    expect(told.conclusion).toBe('failure')
    expect(told.summary.split('\n')[0]).toMatch(
      /^\*\*This pull request introduces 1 problem\.\*\* 1 more was there before and doesn't block\./,
    )
    // Its check run names no pull request: the store knows what it was compared with.
    await somebody.ask('POST', `/repos/acme/fork/check-runs/${told.id}/rerequest`)
    expect((await check('fork', commit.sha)).title).toBe(told.title)
  })

  it('is judged again with its base when its check is run again', async () => {
    await somebody.branch('rerun', 'lower')
    await somebody.commit('rerun', { 'catalog-info.yaml': nobody }, 'lower')
    await somebody.branch('rerun', 'upper', await somebody.head('rerun', 'lower'))
    const sha = await somebody.commit('rerun', { 'src/b.js': '' }, 'upper')
    await open('rerun', 'upper', { base: 'lower' })
    const before = await check('rerun', sha)
    await somebody.ask('POST', `/repos/acme/rerun/check-runs/${before.id}/rerequest`)
    expect(await check('rerun', sha)).toEqual(before)
    expect(before.title).toBe('No problem introduced, 1 was there before')
  })

  it('does not pass by another one of the same commit, to a branch where nothing of it is new', async () => {
    await somebody.branch('twice', 'lower')
    const broken = await somebody.commit('twice', { 'catalog-info.yaml': nobody }, 'lower')
    await somebody.branch('twice', 'other', broken)
    const sha = await somebody.commit('twice', { 'src/b.js': '' }, 'lower')
    await somebody.branch('twice', 'same', sha)
    await open('twice', 'lower')
    const before = await check('twice', sha)
    expect(before.conclusion).toBe('failure')
    expect(before.summary).toContain('of `main`')
    const second = await open('twice', 'same', { base: 'other' })
    expect(await check('twice', sha)).toEqual(before)
    const own = await stage.jobs.store.verdicts.latest(await stage.idOf('twice'), `pull:${second}`)
    expect(own).toMatchObject({ conclusion: 'success', comparison: { base: broken } })
  })

  it('is held to what was there before where the policy says so', async () => {
    await somebody.commit('all', { 'catalog-info.yaml': nobody })
    await somebody.commit('.github', {
      'golden-path.yml': `${policyOf('owner-exists: enforce', 'codeowners-valid: enforce')}pull-requests: all\n`,
    })
    await stage.settled()
    await somebody.branch('all', 'feature')
    const sha = await somebody.commit('all', { 'src/b.js': '' }, 'feature')
    await open('all', 'feature')
    const told = await check('all', sha)
    expect(told.conclusion).toBe('failure')
    expect(told.title).toMatch(/^1 problem was there before: /)
    expect(told.summary).toContain('1 was there before and counts, too: the policy has `pull-requests: all`.')
    await somebody.commit('.github', {
      'golden-path.yml': policyOf(
        'catalog-info-valid: enforce',
        'owner-exists: enforce',
        'codeowners-valid: enforce',
      ),
    })
    await stage.settled()
  })
})

describe('a merge group', () => {
  it('is judged on its own commit and compared with what it stands on', async () => {
    await somebody.commit('group', { 'catalog-info.yaml': nobody })
    await stage.settled()
    const heads = [
      ['one', { 'src/b.js': '' }],
      ['two', { CODEOWNERS: '* @acme/gone\n' }],
    ] as const
    const numbers: number[] = []
    for (const [branch, change] of heads) {
      await somebody.branch('group', branch)
      await somebody.commit('group', change, branch)
      numbers.push(await open('group', branch))
    }
    const grouped = async (pullRequests: number[]) =>
      z
        .object({ head_sha: z.string() })
        .parse(await seen.control('POST', 'merge-group', { repository: 'acme/group', pullRequests })).head_sha
    const [one = 0] = numbers
    const good = await grouped([one])
    const bad = await grouped(numbers)
    expect(await check('group', good)).toMatchObject({ conclusion: 'success' })
    const told = await check('group', bad)
    expect(told.conclusion).toBe('failure')
    expect(told.summary).toMatch(/^\*\*This merge group introduces 1 problem\.\*\* 1 more was there before/)
  })
})
