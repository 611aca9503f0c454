import { describe, expect, it } from 'vitest'
import { techdocs } from '../../src/controls/techdocs.ts'
import { unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { checked, component, type SnapshotParts, snapshotOf, told } from '../support/snapshot.ts'

const documented = (ref: string): string =>
  component('pay', 'payments', `  annotations:\n    backstage.io/techdocs-ref: ${ref}`)
const group =
  'apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: { name: g }\nspec: { type: team, children: [] }\n'

controlTable(techdocs, {
  pass: {
    'mkdocs.yml and a first page': {
      files: {
        'catalog-info.yaml': documented('dir:.'),
        'mkdocs.yml': 'site_name: Pay',
        'docs/index.md': '# Pay',
      },
      says: 'Backstage finds mkdocs.yml and a first page.',
    },
  },
  fail: {
    'no mkdocs.yml': {
      files: { 'catalog-info.yaml': documented('dir:.'), 'docs/index.md': '#' },
      says: "catalog-info.yaml:1 catalog-info.yaml points to documentation in this repository, and mkdocs.yml doesn't exist. Expected it there.",
      next: 'Add mkdocs.yml',
    },
  },
  unknown: {
    'documentation elsewhere': {
      files: { 'catalog-info.yaml': documented('url:https://example.com/docs') },
      says: 'The documentation is at "url:https://example.com/docs", which is not read from here.',
    },
  },
  'not-applicable': {
    'a group': {
      files: { 'catalog-info.yaml': group },
      says: 'There is no Component, System or Template whose documentation could be shown.',
    },
  },
})

describe('techdocs', () => {
  it.each<[string, SnapshotParts['files'], string[]]>([
    [
      'passes documentation in another directory',
      {
        'catalog-info.yaml': documented('dir:./site'),
        'site/mkdocs.yaml': 'site_name: Pay',
        'site/docs/index.md': '#',
        'site/mkdocs.yml': unknown('partial-answer', 'site/mkdocs.yml was not read'),
      },
      ['pass Backstage finds mkdocs.yml and a first page.'],
    ],
    [
      'fails without the annotation',
      { 'catalog-info.yaml': component('pay'), 'mkdocs.yml': 'site_name: Pay' },
      [
        'fail catalog-info.yaml:1 Component "pay" has no backstage.io/techdocs-ref. Expected "backstage.io/techdocs-ref: dir:." so that Backstage shows its documentation.',
      ],
    ],
    [
      'fails without a first page',
      { 'catalog-info.yaml': documented('dir:.'), 'mkdocs.yml': 'site_name: Pay' },
      [
        "fail catalog-info.yaml:1 catalog-info.yaml points to documentation in this repository, and docs/index.md doesn't exist. Expected it there.",
      ],
    ],
    [
      'fails on an annotation that leads nowhere',
      { 'catalog-info.yaml': documented('dir:../..') },
      [
        'fail catalog-info.yaml:1 backstage.io/techdocs-ref is "dir:../..". Expected "dir:." or the directory that holds mkdocs.yml.',
      ],
    ],
    [
      'does not know pages in a directory of their own',
      { 'catalog-info.yaml': documented('dir:.'), 'mkdocs.yml': 'docs_dir: handbook\n' },
      ['unknown mkdocs.yml keeps the pages in "handbook", whose index.md was not read.'],
    ],
    [
      'does not know a directory that was not read',
      { 'catalog-info.yaml': documented('dir:./other') },
      ['unknown other/mkdocs.yml was not read.'],
    ],
    [
      'does not apply without a catalogue file',
      {},
      ['not-applicable There is no Component, System or Template whose documentation could be shown.'],
    ],
  ])('%s', async (_name, files, expected) => {
    expect(told(checked(techdocs, await snapshotOf({ files })))).toEqual(expected)
  })
})
