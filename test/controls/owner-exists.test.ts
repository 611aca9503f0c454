import { describe, expect, it } from 'vitest'
import { ownerExists } from '../../src/controls/owner-exists.ts'
import { known, type Snapshot, unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { checked, component, type SnapshotParts, snapshotOf, told } from '../support/snapshot.ts'

const accounts: Snapshot['accounts'] = {
  'group:default/payments': known({ exists: true, as: 'team @acme/payments' }, 'directory'),
  'user:default/jane': known({ exists: true, as: 'user @jane' }, 'directory'),
  'group:default/team-paymnts': known({ exists: false, nearest: 'payments' }, 'directory'),
  'group:default/nobody': known({ exists: false }, 'directory'),
  'group:default/secret': unknown('permission', 'The app may not read the members of acme'),
}

const user =
  'apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: { name: jane }\nspec: { memberOf: [] }\n'
const system = 'apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: { name: s }\nspec: {}\n'

controlTable(ownerExists, {
  pass: {
    'a team': {
      files: { 'catalog-info.yaml': component('pay') },
      accounts,
      says: 'group:default/payments exists.',
    },
  },
  fail: {
    'nobody of that name, with the nearest': {
      files: { 'catalog-info.yaml': component('pay', 'team-paymnts') },
      accounts,
      says: 'catalog-info.yaml:8:10 "team-paymnts" is no team or user of acme. Expected a team or user that exists; the nearest is "payments".',
      next: 'Change line 8 to "owner: payments"',
    },
  },
  unknown: {
    'an account that may not be looked up': {
      files: { 'catalog-info.yaml': component('pay', 'secret') },
      accounts,
      says: 'The app may not read the members of acme.',
    },
  },
  'not-applicable': {
    'nothing that has an owner': {
      files: { 'catalog-info.yaml': user },
      says: 'Nothing in the catalogue file is owned: it holds only kinds that have no owner.',
    },
  },
})

describe('owner-exists', () => {
  it.each<[string, SnapshotParts['files'], string[]]>([
    [
      'passes a team and a user',
      { 'catalog-info.yaml': `${component('pay')}---\n${component('ledger', 'user:jane')}` },
      ['pass All 2 owners exist: group:default/payments and user:default/jane.'],
    ],
    [
      'fails on each entity of its own',
      {
        'catalog-info.yaml': `${component('pay', 'nobody')}---\n${component('ledger')}---\n${component('x', 'team-paymnts')}`,
      },
      [
        'fail catalog-info.yaml:8:10 "nobody" is no team or user of acme. Expected a team or user that exists.',
        'fail catalog-info.yaml:26:10 "team-paymnts" is no team or user of acme. Expected a team or user that exists; the nearest is "payments".',
      ],
    ],
    [
      'fails without a file',
      {},
      ['fail Nobody is named as owner, because there is no catalog-info.yaml. Expected one with spec.owner.'],
    ],
    [
      'does not know an account that was not looked up',
      { 'catalog-info.yaml': component('pay', 'others') },
      ['unknown "others" was not looked up.'],
    ],
    [
      'does not know the owner of a broken file',
      { 'catalog-info.yaml': 'kind: [' },
      ["unknown The owner can't be read until the catalogue file is valid."],
    ],
    [
      'does not know the owner of an entity that lacks one',
      { 'catalog-info.yaml': system },
      ["unknown The owner can't be read until the catalogue file is valid."],
    ],
  ])('%s', async (_name, files, expected) => {
    expect(told(checked(ownerExists, await snapshotOf({ files, accounts })))).toEqual(expected)
  })
})
