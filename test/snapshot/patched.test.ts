import { describe, expect, it } from 'vitest'
import { mayBeEdited, patched } from '../../src/snapshot/patched.ts'
import { type FileState, known, type Snapshot } from '../../src/snapshot/snapshot.ts'
import { directory, repositoryWith } from '../support/repair.ts'
import { component } from '../support/snapshot.ts'

const refused = (line: number, source: string) => ({
  line,
  column: source.indexOf('@') + 1,
  source,
  kind: 'Unknown owner',
  path: 'CODEOWNERS',
  message: `Unknown owner on line ${line}`,
})

const withCodeowners = (text: string, ...errors: ReturnType<typeof refused>[]) =>
  repositoryWith({ CODEOWNERS: text }, { facts: { codeownersErrors: errors } })

const edited = (snapshot: Snapshot, text: string) =>
  patched(snapshot, [{ path: 'CODEOWNERS', text }], { directory })

describe('a snapshot with edits', () => {
  it('is the same where there is none', async () => {
    const snapshot = await repositoryWith({ 'a.txt': 'one' })
    expect(await patched(snapshot, [])).toBe(snapshot)
  })

  it('has the new files, their entities, and the owners that the directory knows', async () => {
    const snapshot = await repositoryWith({ 'catalog-info.yaml': component('pay', 'gone'), 'a.txt': 'one' })
    const made = await patched(
      snapshot,
      [
        {
          path: 'catalog-info.yaml',
          text: 'apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: { name: all }\nspec: { targets: [./x/catalog-info.yaml, ./y.yaml] }\n',
        },
        { path: 'x/catalog-info.yaml', text: component('x', 'search') },
      ],
      { directory },
    )
    expect(made.entities.map(({ ref, judgement }) => [ref, judgement])).toEqual([
      ['location:default/all', 'valid'],
      ['component:default/x', 'valid'],
    ])
    expect(made.files['y.yaml']).toMatchObject({ known: true, value: { exists: false } })
    expect(made.accounts['group:default/search']).toMatchObject({ known: true, value: { exists: true } })
    expect(made.catalogue['component:default/x']).toMatchObject({ known: false })
    expect(made.tree.known && made.tree.value.map(({ path }) => path)).toEqual([
      'catalog-info.yaml',
      'a.txt',
      'x/catalog-info.yaml',
    ])
    expect(snapshot.entities.map(({ ref }) => ref)).toEqual(['component:default/pay'])
    expect(made.treeOid).toBeUndefined()
  })

  it('knows without a directory only those whom the snapshot tells of', async () => {
    const snapshot: Snapshot = {
      ...(await repositoryWith({ 'catalog-info.yaml': component('pay', 'paymnts') })),
      accounts: {
        'group:default/paymnts': known({ exists: false, nearest: 'payments' }, 'test'),
        '@acme/search': known({ exists: true, as: 'team @acme/search' }, 'test'),
      },
    }
    const owners = await Promise.all(
      ['payments', 'search', 'platform'].map(async owner => {
        const { accounts } = await patched(snapshot, [
          { path: 'catalog-info.yaml', text: component('pay', owner) },
        ])
        const account = accounts[`group:default/${owner}`]
        return account?.known ? account.value.exists : 'unknown'
      }),
    )
    expect(owners).toEqual([true, true, 'unknown'])
  })
})

describe('what GitHub says of CODEOWNERS', () => {
  it('is kept for lines that are still there, wherever they are now', async () => {
    const snapshot = await withCodeowners(
      '/a @acme/no\n/b @acme/no\n/a @acme/no\n',
      refused(1, '/a @acme/no'),
      refused(2, '/b @acme/no'),
      refused(3, '/a @acme/no'),
    )
    const { facts } = await edited(snapshot, '* @acme/payments\n/a @acme/no\n/a @acme/no\n')
    expect(facts.codeownersErrors.known && facts.codeownersErrors.value.map(({ line }) => line)).toEqual([
      2, 3,
    ])
  })

  it.each([
    ['a team that is there', '* @acme/payments\n/b @jane\n', true],
    ['a person who was there without complaint', '* @jane @stranger\n', true],
    ['nobody any more', '', true],
    ['somebody of whom nobody knows', '* @nobody-knows\n', false],
    ['a team that is not there', '* @acme/gone\n', false],
  ])('is known with %s: %j', async (_, text, isKnown) => {
    const snapshot = await withCodeowners('/a @stranger\n')
    expect((await edited(snapshot, text)).facts.codeownersErrors.known).toBe(isKnown)
  })
})

describe('a file that may be edited', () => {
  /** As GitHub tells a text in Latin 1: one byte there, three as it is told. */
  const told = (text: string, bytes: number): FileState => ({ exists: true, oid: 'a', bytes, text })
  it.each([
    ['in UTF-8', told('# für alle\n* @acme/gone\n', 25), true],
    ['with a byte order mark', told('\ufeff* @acme/gone\n', 16), true],
    ['in Latin 1', told('# f\ufffdr alle\n* @acme/gone\n', 24), false],
  ])('is one %s: %s', async (_, content, may) => {
    const snapshot = await repositoryWith({ CODEOWNERS: '* @acme/gone\n' })
    const files = { ...snapshot.files, CODEOWNERS: known(content, 'test') }
    expect(mayBeEdited({ ...snapshot, files }, 'CODEOWNERS')).toBe(may)
  })
})
