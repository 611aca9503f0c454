import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { catalogInfoValid } from '../../../src/controls/catalog-info-valid.ts'
import { carryOver } from '../../../src/snapshot/carry-over.ts'
import { expandTarget, isGlobTarget } from '../../../src/snapshot/entities/location-globs.ts'
import { snapshotFromDirectory } from '../../../src/snapshot/from-directory.ts'
import type { Snapshot, TreeEntry } from '../../../src/snapshot/snapshot.ts'
import { checked, component, snapshotOf, told } from '../../support/snapshot.ts'

const location = (target: string): string =>
  `apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata:\n  name: all\nspec:\n  target: ${target}\n`

describe('a glob', () => {
  const tree: TreeEntry[] = [
    'a/catalog-info.yaml',
    'b/catalog-info.yaml',
    'b/deep/catalog-info.yaml',
    '.c/catalog-info.yaml',
    'catalog-info.yaml',
  ].map(path => ({ path, type: 'blob', mode: '100644' }))

  // As minimatch answers, which Backstage asks.
  it.each([
    ['*/catalog-info.yaml', ['a/catalog-info.yaml', 'b/catalog-info.yaml']],
    [
      '**/catalog-info.yaml',
      ['a/catalog-info.yaml', 'b/catalog-info.yaml', 'b/deep/catalog-info.yaml', 'catalog-info.yaml'],
    ],
    ['{a,b}/catalog-info.yaml', ['a/catalog-info.yaml', 'b/catalog-info.yaml']],
    ['[b-c]/catalog-info.yaml', ['b/catalog-info.yaml']],
    ['.c/*.yaml', ['.c/catalog-info.yaml']],
    ['[', []],
    [`${'*a'.repeat(400)}/x`, []],
  ])('%s', (pattern, expected) => {
    expect(isGlobTarget(pattern)).toBe(true)
    expect(expandTarget(pattern, tree)).toEqual(expected)
  })

  it('stands for no link and no directory', () => {
    const links: TreeEntry[] = [
      { path: 'a/x.yaml', type: 'blob', mode: '120000' },
      { path: 'b/x.yaml', type: 'tree', mode: '040000' },
      { path: 'c/x.yaml', type: 'commit', mode: '160000' },
    ]
    expect(expandTarget('*/x.yaml', links)).toEqual([])
  })
})

describe('a Location with a glob', () => {
  const plan = { files: ['catalog-info.yaml'], facts: [], entities: true }

  it('is followed in a directory, too', async () => {
    const root = await mkdtemp(join(tmpdir(), 'golden-path-'))
    const files = {
      'catalog-info.yaml': location('./services/*/catalog-info.yaml'),
      'services/cart/catalog-info.yaml': component('cart'),
      'services/search/catalog-info.yaml': component('search'),
    }
    try {
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(root, path)), { recursive: true })
        await writeFile(join(root, path), text)
      }
      const snapshot = await snapshotFromDirectory(root, plan, new Date(0))
      expect(snapshot.entities.map(entity => entity.ref)).toEqual([
        'location:default/all',
        'component:default/cart',
        'component:default/search',
      ])
    } finally {
      await rm(root, { recursive: true })
    }
  })

  it.each([
    ['services/new/catalog-info.yaml', false],
    ['services/cart/index.js', true],
    ['services/cart/deep/catalog-info.yaml', true],
  ])('a push to %s is carried over: %s', async (path, expected) => {
    const before = await snapshotOf({
      files: {
        'catalog-info.yaml': location('./services/*/catalog-info.yaml'),
        'services/cart/catalog-info.yaml': component('cart'),
      },
      tree: ['catalog-info.yaml', 'services/cart/catalog-info.yaml'],
    })
    const push = { before: before.target.sha, after: 'b'.repeat(40), changed: [path] }
    const known: Snapshot = { ...before, accounts: {}, catalogue: {}, templates: {} }
    expect(carryOver(known, [push], plan) !== undefined).toBe(expected)
  })

  it.each([
    ['that stands for files passes', ['services/cart/catalog-info.yaml'], /^pass/],
    [
      'that stands for none fails',
      ['catalog-info.yaml'],
      /^fail catalog-info.yaml:6:11 .*stands for no file/,
    ],
    [
      'that stands for an unread file is unknown',
      ['services/other/catalog-info.yaml'],
      /^unknown .*not read/,
    ],
    ['is unknown without the tree', undefined, /^unknown/],
  ])('%s', async (_, tree, expected) => {
    const snapshot = await snapshotOf({
      files: {
        'catalog-info.yaml': location('./services/*/catalog-info.yaml'),
        'services/cart/catalog-info.yaml': component('cart'),
      },
      ...(tree ? { tree } : {}),
    })
    expect(told(checked(catalogInfoValid, snapshot))).toEqual([expect.stringMatching(expected)])
  })
})
