import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RepositorySeed } from '../../../demo/github/start.ts'
import { asking, base64, openStage, type Payload, type Stage } from './support.ts'

const SUBMODULE = 'a'.repeat(40)
const big = Buffer.alloc(20 * 1024 * 1024, 'x')
let stage: Stage
beforeAll(async () => {
  stage = await openStage({
    org: {
      login: 'acme',
      users: ['mona'],
      teams: [
        { slug: 'web', members: ['mona'], repositories: { site: 'push' } },
        { slug: 'readers', repositories: { site: 'pull' } },
      ],
      repositories: {
        site: {
          private: true,
          files: {
            'README.md': '# site\n',
            'src/deep/a.ts': 'a',
            link: { symlink: 'README.md' },
            'vendor/lib': { submodule: SUBMODULE },
            'run.sh': { content: '#!/bin/sh\n', executable: true },
            'logo.png': Buffer.from([0x89, 0x50, 0, 1, 2, 255]),
            'big.txt': big,
            CODEOWNERS: [
              '* @acme/web',
              '/a @acme/readers',
              '/b @mona @nobody',
              '!c @mona',
              '*.txt docs@',
              '',
            ].join('\n'),
          },
        },
        empty: { empty: true },
        quiet: { issues: false, files: { a: 'a' } },
        old: { archived: true, files: { a: 'a' } },
        base: { template: true, files: { a: 'a' } },
      },
    },
  })
})
afterAll(() => stage.stop())

test('two hundred repositories are there in a second or two', async () => {
  const repositories: Record<string, RepositorySeed> = {}
  for (let index = 0; index < 200; index += 1)
    repositories[`service-${index}`] = {
      files: { 'catalog-info.yaml': `name: ${index}`, 'src/index.ts': `${index}` },
    }
  const started = performance.now()
  const crowded = await openStage({ org: { login: 'acme', repositories } })
  // Measured 150 ms alone on two cores; the rest is room for what runs beside it.
  expect(performance.now() - started).toBeLessThan(2000)
  const list = await crowded.person('GET', '/orgs/acme/repos?per_page=100&page=2')
  expect(list.body).toHaveLength(100)
  expect(list.headers.get('link')).toContain('/api/v3/orgs/acme/repos?per_page=100&page=1>; rel="prev"')
  await crowded.stop()
})

test('symlinks, submodules, programs, binaries and 20 MB are kept as git keeps them', async () => {
  const { body } = await stage.person('GET', '/repos/acme/site/git/trees/main?recursive=1')
  const modes = Object.fromEntries(
    body.tree.map((entry: Payload) => [entry.path, `${entry.mode} ${entry.type}`]),
  )
  expect(modes).toMatchObject({
    link: '120000 blob',
    'vendor/lib': '160000 commit',
    'run.sh': '100755 blob',
    'src/deep': '040000 tree',
    'README.md': '100644 blob',
  })
  const raw = await fetch(`${stage.github.url}/api/v3/repos/acme/site/contents/logo.png`, {
    headers: { authorization: `token ${stage.github.userToken}`, accept: 'application/vnd.github.v3.raw' },
  })
  expect([...Buffer.from(await raw.arrayBuffer())]).toEqual([0x89, 0x50, 0, 1, 2, 255])
  expect(stage.github.world.object(1, 'main:big.txt')).toMatchObject({
    byteSize: big.length,
    isBinary: false,
  })
})

test('objects have the names git itself would give them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'emulated-github-test-'))
  try {
    const git = (...given: string[]) => execFileSync('git', given, { cwd: folder, encoding: 'utf8' }).trim()
    await mkdir(join(folder, 'src'))
    await writeFile(join(folder, 'README.md'), '# old\n')
    await writeFile(join(folder, 'src', 'a.ts'), 'a')
    await symlink('README.md', join(folder, 'link'))
    git('init', '--quiet')
    git('add', '.')
    const expected = git('write-tree')
    const other = await openStage({
      org: {
        login: 'o',
        repositories: {
          r: { files: { 'src/a.ts': 'a', 'README.md': '# old\n', link: { symlink: 'README.md' } } },
        },
      },
    })
    const commit = other.github.world.object(1, 'main')
    expect(commit?.kind === 'commit' && commit.treeSha).toBe(expected)
    await other.stop()
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('an organisation is read from a folder with org.yaml', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'emulated-github-test-'))
  await mkdir(join(folder, 'site', '.github'), { recursive: true })
  await mkdir(join(folder, 'bare'))
  await writeFile(join(folder, 'site', '.github', 'CODEOWNERS'), '* @acme/web\n')
  await symlink('.github/CODEOWNERS', join(folder, 'site', 'owners'))
  const described =
    'login: acme\nusers: [mona]\nteams: [{slug: web, members: [mona], repositories: {site: maintain}}]\nrepositories: {site: {private: true, topics: [pci], protection: {approvals: 2}, properties: {tier: "1"}}, bare: {fork: true}}\n'
  await writeFile(join(folder, 'org.yaml'), described)
  const other = await openStage({ org: folder })
  const { world } = other.github
  expect(world.repository('acme', 'site')).toMatchObject({ isPrivate: true, topics: ['pci'], isEmpty: false })
  expect(world.repository('acme', 'bare')).toMatchObject({ isEmpty: true, isFork: true, isPrivate: false })
  expect(world.branchProtection(world.repository('acme', 'site')?.databaseId ?? 0, 'main')?.approvals).toBe(2)
  expect((await other.person('GET', '/repos/acme/site/codeowners/errors')).body).toEqual({ errors: [] })
  await other.stop()
  await rm(folder, { recursive: true })
})

test('an old name redirects until it is taken again', async () => {
  await stage.person('POST', '/orgs/acme/repos', { name: 'before', auto_init: true })
  const { id } = (await stage.person('PATCH', '/repos/acme/before', { name: 'after' })).body
  const moved = await stage.person('GET', '/repos/acme/before/contents/README.md?ref=main')
  expect(moved.status).toBe(301)
  expect(moved.headers.get('location')).toBe(
    `${stage.github.url}/api/v3/repositories/${id}/contents/README.md?ref=main`,
  )
  expect((await stage.person('GET', `/repositories/${id}/contents/README.md`)).body.name).toBe('README.md')
  expect((await stage.person('POST', '/repos/acme/before/issues', { title: 'x' })).status).toBe(307)
  await stage.person('POST', '/orgs/acme/repos', { name: 'before' })
  expect((await stage.person('GET', '/repos/acme/before')).status).toBe(200)
})

test('CODEOWNERS is judged as GitHub judges it', async () => {
  const { body } = await stage.person('GET', '/repos/acme/site/codeowners/errors')
  expect(body.errors.map(({ line, column, kind }: Payload) => [line, column, kind])).toEqual([
    [2, 4, 'Unknown owner'],
    [3, 10, 'Unknown owner'],
    [4, 1, 'Invalid pattern'],
    [5, 7, 'Invalid owner'],
  ])
  expect(body.errors[3]).toMatchObject({
    path: 'CODEOWNERS',
    source: '*.txt docs@',
    suggestion: null,
    message: 'Invalid owner on line 5:\n\n  *.txt docs@\n        ^',
  })
  expect((await stage.person('GET', '/repos/acme/quiet/codeowners/errors')).status).toBe(404)
})

test('archives, repositories without issues and empty ones refuse as GitHub does', async () => {
  const { person } = stage
  expect((await person('POST', '/repos/acme/quiet/issues', { title: 'x' })).status).toBe(410)
  expect((await person('POST', '/repos/acme/old/issues', { title: 'x' })).status).toBe(403)
  expect((await person('GET', '/repos/acme/empty/contents/a')).status).toBe(404)
  expect((await person('GET', '/repos/acme/nothing')).status).toBe(404)
  expect(
    (await person('PUT', '/repos/acme/empty/contents/a', { message: 'First', content: base64('a') })).status,
  ).toBe(201)
})

test('an unchanged answer is not sent twice', async () => {
  for (const path of ['/repos/acme/site', '/repos/acme/site/contents/README.md']) {
    const first = await stage.person('GET', path)
    const etag = first.headers.get('etag') ?? ''
    expect((await stage.person('GET', path, undefined, { 'if-none-match': etag })).status, path).toBe(304)
  }
})

test('check runs hold to their limits and keep annotations of earlier requests', async () => {
  const installation = await stage.installation()
  const sha = stage.github.world.ref(1, 'main')?.sha
  const annotation = { path: 'a', start_line: 1, end_line: 1, annotation_level: 'warning', message: 'm' }
  const output = (more: object) => ({ title: 'T', summary: 'S', ...more })
  const make = (given: object) =>
    installation('POST', '/repos/acme/site/check-runs', { name: 'x', head_sha: sha, ...given })
  expect((await make({ output: output({ annotations: Array(51).fill(annotation) }) })).status).toBe(422)
  expect((await make({ output: output({ summary: 'x'.repeat(65_536) }) })).status).toBe(422)
  expect((await make({ output: { summary: 'no title' } })).status).toBe(422)
  expect(
    (await make({ actions: Array(4).fill({ label: 'l', description: 'd', identifier: 'i' }) })).status,
  ).toBe(422)
  expect((await make({ head_sha: 'f'.repeat(40) })).status).toBe(422)
  const { body } = await make({ output: output({ annotations: Array(50).fill(annotation) }) })
  await installation('PATCH', `/repos/acme/site/check-runs/${body.id}`, {
    output: output({ annotations: [annotation] }),
  })
  const run = await installation('GET', `/repos/acme/site/check-runs/${body.id}`)
  expect(run.body.output.annotations_count).toBe(51)
  const latest = await installation('GET', `/repos/acme/site/commits/${sha}/check-runs?check_name=x`)
  const all = await installation('GET', `/repos/acme/site/commits/${sha}/check-runs?check_name=x&filter=all`)
  expect([latest.body.total_count, all.body.total_count]).toEqual([1, 1])
})

test('a template is generated from, and a tarball unpacks to its files', async () => {
  const made = await stage.person('POST', '/repos/acme/base/generate', { owner: 'acme', name: 'made' })
  expect(made.status).toBe(201)
  expect((await stage.person('GET', '/repos/acme/made/contents/a')).status).toBe(200)
  const folder = await mkdtemp(join(tmpdir(), 'emulated-github-test-'))
  const response = await fetch(`${stage.github.url}/api/v3/repos/acme/site/tarball/main`, {
    headers: { authorization: `token ${stage.github.userToken}` },
  })
  await writeFile(join(folder, 'a.tgz'), Buffer.from(await response.arrayBuffer()))
  const names = execFileSync('tar', ['tzf', 'a.tgz'], { cwd: folder, encoding: 'utf8' }).split('\n')
  expect(names.some(name => /^acme-site-[0-9a-f]{7}\/src\/deep\/a\.ts$/.test(name))).toBe(true)
  await rm(folder, { recursive: true })
})

test('a reader of the organisation may read and not write', async () => {
  const mona = asking(stage.github.url, stage.github.tokenFor('mona'))
  const put = (repo: string) =>
    mona('PUT', `/repos/acme/${repo}/contents/m`, { message: 'm', content: base64('m') })
  expect((await put('site')).status).toBe(201)
  expect((await put('quiet')).status).toBe(403)
})
