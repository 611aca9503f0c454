import { describe, expect, it } from 'vitest'
import { asking, type Content, installation, smallWorld } from './small-world.ts'

const FILE = '{ __typename oid ... on Blob { byteSize isBinary isTruncated text } }'

/** What `object(expression: "main:PATH")` answers. */
async function read(files: Record<string, Content>, path: string) {
  const { world, addRepository } = smallWorld()
  addRepository('web', files)
  const { data, errors } = await asking(world)(
    `query ($file: String) { repository(owner: "acme", name: "web") { file: object(expression: $file) ${FILE} } }`,
    { file: `main:${path}` },
  )
  expect(errors).toBeUndefined()
  return (data as { repository: { file: Record<string, unknown> | null } }).repository.file
}

describe('git objects over GraphQL', () => {
  it('gives a binary file no text', async () => {
    const logo = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3])
    expect(await read({ 'logo.png': logo }, 'logo.png')).toMatchObject({
      byteSize: 8,
      isBinary: true,
      isTruncated: false,
      text: null,
    })
  })

  it('cuts text over 512 KB, says so, and still counts all bytes', async () => {
    const file = await read({ 'big.txt': 'x'.repeat(600_000) }, 'big.txt')
    expect(file).toMatchObject({ byteSize: 600_000, isBinary: false, isTruncated: true })
    expect(file?.text).toHaveLength(524_288)
  })

  it('cuts between characters, not through one', async () => {
    const file = await read({ 'big.txt': `a${'é'.repeat(300_000)}` }, 'big.txt')
    expect(file?.isTruncated).toBe(true)
    expect(file?.text).not.toContain('\ufffd')
  })

  it('reads text that is not UTF-8 as text', async () => {
    expect(await read({ 'old.txt': Buffer.from([0x63, 0x61, 0x66, 0xe9]) }, 'old.txt')).toMatchObject({
      isBinary: false,
      text: 'café',
    })
  })

  it('gives a symbolic link as a blob whose text is its target', async () => {
    expect(
      await read({ 'README.md': 'hello', 'docs/index.md': { link: '../README.md' } }, 'docs/index.md'),
    ).toMatchObject({ __typename: 'Blob', text: '../README.md' })
  })

  it.each([
    ['a submodule', { vendor: { submodule: 'c'.repeat(40) } }, 'vendor'],
    ['a path below a submodule', { vendor: { submodule: 'c'.repeat(40) } }, 'vendor/README.md'],
    ['a path below a file', { 'README.md': 'hello' }, 'README.md/more'],
    ['a path that is not there', { 'README.md': 'hello' }, 'readme.md'],
  ] as const)('answers null for %s', async (_, files, path) => {
    expect(await read(files, path)).toBeNull()
  })

  it('lists a tree with modes as decimal numbers, and opens what can be opened', async () => {
    const { world, addRepository } = smallWorld()
    addRepository('web', {
      'README.md': 'hello',
      link: { link: 'README.md' },
      vendor: { submodule: 'c'.repeat(40) },
      'docs/a.md': 'a',
    })
    const { data } = await asking(world)(
      `{ repository(owner: "acme", name: "web") { object(expression: "HEAD:") { ... on Tree { entries {
        name path type mode size object { __typename ... on Tree { entries { path } } } } } } } }`,
    )
    expect(data?.repository).toMatchObject({
      object: {
        entries: [
          { name: 'README.md', type: 'blob', mode: 0o100644, size: 5, object: { __typename: 'Blob' } },
          {
            name: 'docs',
            type: 'tree',
            mode: 0o040000,
            size: 0,
            object: { entries: [{ path: 'docs/a.md' }] },
          },
          { name: 'link', type: 'blob', mode: 0o120000, object: { __typename: 'Blob' } },
          { name: 'vendor', type: 'commit', mode: 57_344, object: null },
        ],
      },
    })
  })

  it('finds a commit by id, by branch and by HEAD, and a blob by its own id', async () => {
    const { world, addRepository } = smallWorld()
    const row = addRepository('web', { 'README.md': 'hello' })
    const sha = world.commitSha(row.id, 'main')
    const { data } = await asking(world)(
      `query ($sha: GitObjectID) { repository(owner: "acme", name: "web") {
        byId: object(oid: $sha) { oid ... on Commit { message tree { entries { name } } file(path: "README.md") { oid } } }
        byBranch: object(expression: "main") { oid }
        byHead: object(expression: "HEAD") { oid }
        blob: object(oid: "b6fc4c620b67d95f953a5c1c1230aaab5db5a1b0") { ... on Blob { text } }
        ref(qualifiedName: "refs/heads/main") { name prefix target { oid } }
        none: ref(qualifiedName: "refs/heads/none") { name }
      } }`,
      { sha },
    )
    expect(data?.repository).toEqual({
      byId: {
        oid: sha,
        message: 'Add files',
        tree: { entries: [{ name: 'README.md' }] },
        file: { oid: 'b6fc4c620b67d95f953a5c1c1230aaab5db5a1b0' },
      },
      byBranch: { oid: sha },
      byHead: { oid: sha },
      blob: { text: 'hello' },
      ref: { name: 'main', prefix: 'refs/heads/', target: { oid: sha } },
      none: null,
    })
  })
})

describe('a pull request from a fork', () => {
  it('is readable at its head through the base repository, though the fork itself is out of sight', async () => {
    const { world, addRepository, addForkPullRequest } = smallWorld()
    const base = addRepository('web', { 'README.md': 'hello', 'old.md': 'old' })
    const { head } = addForkPullRequest(base, { 'README.md': 'changed', 'new.md': 'new' })
    const { data, errors } = await asking(world)(
      `query ($file: String) { repository(owner: "acme", name: "web") {
        pullRequest(number: 1) {
          number state isCrossRepository headRefOid headRefName baseRefName baseRefOid
          headRepository { nameWithOwner } headRepositoryOwner { login }
          files(first: 10) { nodes { path changeType } }
          commits(first: 10) { totalCount nodes { commit { oid } } }
        }
        file: object(expression: $file) ${FILE}
      } }`,
      { file: `${head}:README.md` },
      installation([], [base.id]),
    )
    expect(errors).toBeUndefined()
    expect(data?.repository).toMatchObject({
      pullRequest: {
        number: 1,
        state: 'OPEN',
        isCrossRepository: true,
        headRefOid: head,
        headRefName: 'fix',
        baseRefName: 'main',
        baseRefOid: world.commitSha(base.id, 'main'),
        headRepository: null,
        headRepositoryOwner: { login: 'acme-fork' },
        files: {
          nodes: [
            { path: 'README.md', changeType: 'MODIFIED' },
            { path: 'new.md', changeType: 'ADDED' },
            { path: 'old.md', changeType: 'DELETED' },
          ],
        },
        commits: { totalCount: 1, nodes: [{ commit: { oid: head } }] },
      },
      file: { text: 'changed' },
    })
  })

  it('that is not there is null with NOT_FOUND', async () => {
    const { world, addRepository } = smallWorld()
    addRepository('web', { 'README.md': 'hello' })
    const { data, errors } = await asking(world)(
      '{ repository(owner: "acme", name: "web") { pullRequest(number: 9) { title } } }',
    )
    expect(data).toEqual({ repository: { pullRequest: null } })
    expect(errors).toMatchObject([
      {
        type: 'NOT_FOUND',
        path: ['repository', 'pullRequest'],
        message: 'Could not resolve to a PullRequest with the number of 9.',
      },
    ])
  })
})
