import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { problemsOf } from './openapi.ts'
import { type Ask, base64, openStage, type Payload, type Stage } from './support.ts'

const long = (changed: boolean) =>
  Array.from({ length: 4000 }, (_, line) => `line ${line}${changed ? ' changed' : ''}`).join('\n')

let stage: Stage
let app: Ask
let person: Ask

beforeAll(async () => {
  stage = await openStage({
    org: {
      login: 'acme',
      repositories: {
        web: {
          files: {
            'README.md': 'one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n',
            'docs/guide.md': 'a\nb\nc\nd\ne\nf\n',
            'docs/old.md': 'goodbye\n',
            'logo.png': Buffer.from([0, 1, 2, 3]),
            'long.txt': long(false),
          },
        },
        other: { files: { 'a.txt': 'a\n' } },
      },
    },
  })
  app = await stage.installation()
  person = stage.person
  await branch('fix')
})
afterAll(() => stage.stop())

async function branch(name: string, from = 'main') {
  const { body } = await person('GET', `/repos/acme/web/git/ref/heads/${from}`)
  await person('POST', '/repos/acme/web/git/refs', { ref: `refs/heads/${name}`, sha: body.object.sha })
}
async function change(on: string, tree: object[]): Promise<string> {
  const tip = (await person('GET', `/repos/acme/web/git/ref/heads/${on}`)).body.object.sha
  const base = (await person('GET', `/repos/acme/web/git/commits/${tip}`)).body.tree.sha
  const written = await person('POST', '/repos/acme/web/git/trees', { base_tree: base, tree })
  const commit = await person('POST', '/repos/acme/web/git/commits', {
    message: 'Change',
    tree: written.body.sha,
    parents: [tip],
  })
  await person('PATCH', `/repos/acme/web/git/refs/heads/${on}`, { sha: commit.body.sha })
  return commit.body.sha
}
const file = (path: string, content: string) => ({ path, mode: '100644', type: 'blob', content })
const gone = (path: string) => ({ path, mode: '100644', type: 'blob', sha: null })
const compare = (range: string) => app('GET', `/repos/acme/web/compare/${range}`)
const byName = (answer: { body: Payload }) =>
  Object.fromEntries(answer.body.files.map((each: Payload) => [each.filename, each]))

describe('a comparison', () => {
  it('tells file by file what a branch changes', async () => {
    await change('fix', [
      file('README.md', 'one\nTWO\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\neleven\n'),
      gone('docs/guide.md'),
      file('docs/manual.md', 'a\nb\nc\nd\ne\nF\n'),
      gone('docs/old.md'),
      file('new/empty.txt', ''),
      file('new/one.txt', 'only'),
      file('long.txt', long(true)),
    ])
    const answer = await compare('main...fix')
    expect(answer.status).toBe(200)
    expect(problemsOf('GET /repos/{owner}/{repo}/compare/{basehead}', 200, answer.body)).toEqual([])
    expect(answer.body).toMatchObject({ status: 'ahead', ahead_by: 1, behind_by: 0, total_commits: 1 })
    const files = byName(answer)
    expect(Object.keys(files)).toEqual([
      'README.md',
      'docs/manual.md',
      'docs/old.md',
      'long.txt',
      'new/empty.txt',
      'new/one.txt',
    ])
    expect(files['README.md']).toMatchObject({ status: 'modified', additions: 2, deletions: 1, changes: 3 })
    expect(files['README.md'].patch).toBe(
      '@@ -1,5 +1,5 @@\n one\n-two\n+TWO\n three\n four\n five\n@@ -8,3 +8,4 @@\n eight\n nine\n ten\n+eleven',
    )
    expect(files['docs/manual.md']).toMatchObject({
      status: 'renamed',
      previous_filename: 'docs/guide.md',
      additions: 1,
      deletions: 1,
    })
    expect(files['docs/old.md']).toMatchObject({ status: 'removed', patch: '@@ -1 +0,0 @@\n-goodbye' })
    expect(files['new/empty.txt']).toMatchObject({ status: 'added', additions: 0 })
    expect(files['new/one.txt'].patch).toBe('@@ -0,0 +1 @@\n+only\n\\ No newline at end of file')
    expect(files['long.txt']).toMatchObject({ additions: 4000, deletions: 4000 })
    expect(files['long.txt'].patch).toBeUndefined()
  })

  it('begins where the two parted, not at the tip of the base', async () => {
    await branch('long-lived')
    const parted = (await person('GET', '/repos/acme/web/git/ref/heads/main')).body.object.sha
    await change('long-lived', [file('theirs.txt', 'x\n')])
    await change('main', [file('ours.txt', 'y\n')])
    const answer = await compare('main...long-lived')
    expect(answer.body).toMatchObject({ status: 'diverged', ahead_by: 1, behind_by: 1 })
    expect(answer.body.merge_base_commit.sha).toBe(parted)
    expect(Object.keys(byName(answer))).toEqual(['theirs.txt'])
    expect((await compare(`main...${parted}`)).body).toMatchObject({
      status: 'behind',
      behind_by: 1,
      files: [],
    })
    expect((await compare('main...main')).body).toMatchObject({ status: 'identical', total_commits: 0 })
    expect((await compare('main...acme:long-lived')).body.ahead_by).toBe(1)
  })

  it('says of a binary file only that it changed', async () => {
    await branch('binary')
    const { body } = await person('POST', '/repos/acme/web/git/blobs', {
      content: Buffer.from([9, 0, 9]).toString('base64'),
      encoding: 'base64',
    })
    await change('binary', [{ path: 'logo.png', mode: '100644', type: 'blob', sha: body.sha }])
    const changed = byName(await compare('main...binary'))['logo.png']
    expect(changed).toMatchObject({ status: 'modified', additions: 0, deletions: 0 })
    expect(changed).not.toHaveProperty('patch')
  })

  it('lists at most 300 files, with the first page of commits', async () => {
    await branch('many')
    await change(
      'many',
      Array.from({ length: 310 }, (_, at) => file(`many/${at}.txt`, `${at}\n`)),
    )
    expect((await compare('main...many')).body.files).toHaveLength(300)
    expect((await compare('main...many?page=2')).body).not.toHaveProperty('files')
  })

  it.each([
    'main...nothing',
    'nothing...main',
    'main...0123456789012345678901234567890123456789',
    'main..fix',
    'main...zoe:main',
    'main...acme:other:main',
  ])('is refused for %s', async range => {
    expect((await compare(range)).status).toBe(404)
  })

  it('has nothing to say of histories without a common commit', async () => {
    const { body } = await person('POST', '/repos/acme/web/git/trees', { tree: [file('a', 'a')] })
    const commit = await person('POST', '/repos/acme/web/git/commits', {
      message: 'Orphan',
      tree: body.sha,
      parents: [],
    })
    const answer = await compare(`main...${commit.body.sha}`)
    expect(answer.status).toBe(404)
    expect(answer.body.message).toMatch(/^No common ancestor/)
  })

  it("sees a fork's branch by its owner", async () => {
    const zoe = stage.github.tokenFor('zoe')
    expect(zoe).toMatch(/^ghp_/)
    const made = await fetch(`${stage.github.url}/api/v3/repos/acme/other/forks`, {
      method: 'POST',
      headers: { authorization: `token ${zoe}` },
      body: '{}',
    })
    expect(made.status).toBe(202)
    await fetch(`${stage.github.url}/api/v3/repos/zoe/other/contents/b.txt`, {
      method: 'PUT',
      headers: { authorization: `token ${zoe}` },
      body: JSON.stringify({ message: 'b', content: base64('b\n') }),
    })
    const answer = await app('GET', '/repos/acme/other/compare/main...zoe:main')
    expect(Object.keys(byName(answer))).toEqual(['b.txt'])
  })
})
