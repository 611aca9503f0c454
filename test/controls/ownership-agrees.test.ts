import { describe, expect, it } from 'vitest'
import { ownershipAgrees } from '../../src/controls/ownership-agrees.ts'
import { known, type Snapshot, unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { checked, component, type SnapshotParts, snapshotOf, told } from '../support/snapshot.ts'

const pass = ['pass catalog-info.yaml and CODEOWNERS name the same people.']
const location =
  'apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: { name: all }\nspec: { targets: [./a/catalog-info.yaml, ./b/catalog-info.yaml] }\n'

controlTable(ownershipAgrees, {
  pass: {
    'the same team': {
      files: { 'catalog-info.yaml': component('pay'), CODEOWNERS: '* @acme/Payments' },
      says: 'catalog-info.yaml and CODEOWNERS name the same people.',
    },
  },
  fail: {
    'others in the last rule for every file': {
      files: { 'catalog-info.yaml': component('pay'), CODEOWNERS: '* @acme/payments\n* @acme/search' },
      says: 'catalog-info.yaml:8:10 catalog-info.yaml says "payments", CODEOWNERS:2 says @acme/search. Expected the same people in both.',
    },
  },
  unknown: {
    'CODEOWNERS that was withheld': {
      files: {
        'catalog-info.yaml': component('pay'),
        CODEOWNERS: unknown('permission', 'The app may not read contents'),
      },
      says: 'The app may not read contents.',
    },
  },
  'not-applicable': {
    'no CODEOWNERS': {
      files: { 'catalog-info.yaml': component('pay') },
      says: 'There is no CODEOWNERS file to compare with catalog-info.yaml.',
    },
  },
})

describe('ownership-agrees', () => {
  it.each<[string, SnapshotParts['files'], string[]]>([
    [
      'passes one of several',
      { 'catalog-info.yaml': component('pay'), CODEOWNERS: '* @jane @acme/payments' },
      pass,
    ],
    ['passes a user', { 'catalog-info.yaml': component('pay', 'user:jane'), CODEOWNERS: '* @Jane' }, pass],
    [
      'passes a catalogue file that a platform team owns',
      {
        'catalog-info.yaml': component('pay'),
        CODEOWNERS: '* @acme/payments\ncatalog-info.yaml @acme/platform',
      },
      pass,
    ],
    [
      'passes the rule of the catalogue file where no rule covers all',
      {
        'catalog-info.yaml': component('pay'),
        CODEOWNERS: '/src/ @acme/web\ncatalog-info.yaml @acme/payments',
      },
      pass,
    ],
    [
      'passes a monorepo whose directories have owners',
      {
        'catalog-info.yaml': location,
        'a/catalog-info.yaml': component('a', 'ateam'),
        'b/catalog-info.yaml': component('b', 'bteam'),
        CODEOWNERS: '* @acme/platform\n/a/ @acme/ateam\n/b/ @acme/bteam',
      },
      pass,
    ],
    [
      'passes one file that describes what many teams own',
      {
        'catalog-info.yaml': `${component('a', 'ateam')}---\n${component('b', 'bteam')}`,
        CODEOWNERS: '* @acme/platform\n/a/ @acme/ateam\n/b/ @acme/bteam',
      },
      pass,
    ],
    [
      'fails in the directory of a monorepo that differs',
      {
        'catalog-info.yaml': location,
        'a/catalog-info.yaml': component('a', 'ateam'),
        'b/catalog-info.yaml': component('b', 'ateam'),
        CODEOWNERS: '/a/ @acme/ateam\n/b/ @acme/bteam',
      },
      [
        'fail b/catalog-info.yaml:8:10 b/catalog-info.yaml says "ateam", CODEOWNERS:2 says @acme/bteam. Expected the same people in both.',
      ],
    ],
    [
      'fails when ownership was emptied',
      { 'catalog-info.yaml': component('pay'), CODEOWNERS: '* @acme/payments\n*' },
      [
        'fail catalog-info.yaml:8:10 catalog-info.yaml says "payments", CODEOWNERS:2 says nobody. Expected the same people in both.',
      ],
    ],
    [
      'fails when no rule covers the directory',
      { 'catalog-info.yaml': component('pay'), CODEOWNERS: '/src/ @acme/web' },
      [
        'fail catalog-info.yaml:8:10 catalog-info.yaml says "payments", and no rule of CODEOWNERS covers its directory. Expected a rule that names the same people.',
      ],
    ],
    [
      'does not know e-mail addresses',
      { 'catalog-info.yaml': component('pay'), CODEOWNERS: '* jane@example.com' },
      ["unknown CODEOWNERS:1 names only e-mail addresses, which can't be compared."],
    ],
    [
      'does not know a group of another namespace',
      { 'catalog-info.yaml': component('pay', 'emea/payments'), CODEOWNERS: '* @acme/payments' },
      ['unknown "emea/payments" stands for nobody on GitHub that is known.'],
    ],
    [
      'does not apply without a catalogue file',
      { CODEOWNERS: '* @a' },
      ['not-applicable There is no catalog-info.yaml to compare with CODEOWNERS.'],
    ],
  ])('%s', async (_name, files, expected) => {
    expect(told(checked(ownershipAgrees, await snapshotOf({ files })))).toEqual(expected)
  })

  it('takes a group for the team that it was found to be', async () => {
    const accounts: Snapshot['accounts'] = {
      'group:emea/payments': known({ exists: true, as: 'team @acme/pay-emea' }, 'catalogue'),
    }
    const files = { 'catalog-info.yaml': component('pay', 'emea/payments'), CODEOWNERS: '* @acme/pay-emea' }
    expect(told(checked(ownershipAgrees, await snapshotOf({ files, accounts })))).toEqual(pass)
  })
})
