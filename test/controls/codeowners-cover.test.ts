import { describe, expect, it } from 'vitest'
import { codeownersCover } from '../../src/controls/codeowners-cover.ts'
import { unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { metadata } from '../support/facts.ts'
import { checked, snapshotOf, told } from '../support/snapshot.ts'

const tree = ['CODEOWNERS', 'src/payments/pay.ts', 'src/vendor/x.ts', 'infra/main.tf']

controlTable(codeownersCover, {
  pass: {
    'a rule for every file': {
      files: { CODEOWNERS: '* @acme/all\n/src/ @acme/pay\n' },
      tree,
      says: 'CODEOWNERS names an owner for each of the 4 files that are asked for.',
    },
    'the files that are asked for': {
      files: { CODEOWNERS: '/src/payments/ @acme/pay\n' },
      tree,
      parameters: { paths: ['/src/payments/'] },
      says: 'CODEOWNERS names an owner for the one file that is asked for.',
    },
  },
  fail: {
    'no file': {
      tree,
      says: 'There is no CODEOWNERS file in .github, at the root or in docs. Expected one with owners for "*".',
      next: 'Add .github/CODEOWNERS with a line such as: * @organisation/team',
    },
    'files that no rule covers, or a later one takes the owners of': {
      files: { CODEOWNERS: '/src/ @acme/pay\n/src/vendor/\n' },
      tree,
      parameters: { paths: ['/src/', '*.tf'] },
      says: [
        'CODEOWNERS:1 CODEOWNERS names no owner for 1 of the 2 files under "/src/": src/vendor/x.ts. Expected an owner for each.',
        'CODEOWNERS:1 CODEOWNERS names no owner for 1 of the 1 files under "*.tf": infra/main.tf. Expected an owner for each.',
      ],
      next: 'Add a line such as: /src/ @organisation/team',
    },
    'a rule that GitHub skips': {
      files: { CODEOWNERS: '* acme\n' },
      tree: ['a'],
      says: 'CODEOWNERS:1 CODEOWNERS names no owner for 1 of the 1 files under "*": a. Expected an owner for each.',
    },
  },
  unknown: {
    'no list of files': {
      files: { CODEOWNERS: '* @a\n' },
      tree: unknown('offline', 'The list of files was not asked for'),
      says: 'The list of files was not asked for.',
    },
    'a file that is withheld': {
      files: { '.github/CODEOWNERS': unknown('permission', 'The app may not read contents') },
      tree,
      says: 'The app may not read contents.',
    },
  },
  'not-applicable': {
    'no file of the kind that is asked for': {
      files: { CODEOWNERS: '' },
      tree,
      parameters: { paths: ['*.rs'] },
      says: 'No file of the repository is one that the policy asks owners for.',
    },
    'an archived repository': {
      tree,
      facts: { metadata: metadata({ isArchived: true }) },
      says: 'The repository is archived: nothing in it can change.',
    },
  },
})

describe('a CODEOWNERS made to be slow', () => {
  it('is not known', async () => {
    const files = { CODEOWNERS: '/a*b*c*d*e*f @a\n'.repeat(30_000) }
    const paths = Array.from({ length: 100_000 }, (_, index) => `aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa${index}`)
    expect(told(checked(codeownersCover, await snapshotOf({ files, tree: paths })))).toEqual([
      'unknown There are too many files and rules to compare each with each.',
    ])
  })
})
