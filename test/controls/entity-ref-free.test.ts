import { describe, expect, it } from 'vitest'
import { entityRefFree } from '../../src/controls/entity-ref-free.ts'
import {
  type CatalogueEntry,
  type Fact,
  known,
  type UnknownReason,
  unknown,
} from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { checked, component, snapshotOf, told } from '../support/snapshot.ts'

const from = (origin: string): Fact<CatalogueEntry> => known({ registered: true, origin }, 'catalogue')
const withheld = (reason: UnknownReason): Fact<CatalogueEntry> => unknown(reason, 'Backstage did not answer')
const free = known<CatalogueEntry>({ registered: false }, 'catalogue')

const outcomeOf = async (
  entry: Fact<CatalogueEntry> | undefined,
  text = component('pay'),
): Promise<string[]> =>
  told(
    checked(
      entityRefFree,
      await snapshotOf({
        files: { 'catalog-info.yaml': text },
        catalogue: entry ? { 'component:default/pay': entry } : {},
      }),
    ),
  )

const pay = (entry: Fact<CatalogueEntry>) => ({
  files: { 'catalog-info.yaml': component('pay') },
  catalogue: { 'component:default/pay': entry },
})

controlTable(entityRefFree, {
  pass: { 'a free name': { ...pay(free), says: 'Nobody else has the name.' } },
  fail: {
    'a name that another repository has': {
      ...pay(from('url:https://github.com/acme/payments-core/blob/main/catalog-info.yaml')),
      says: 'catalog-info.yaml:1 component:default/pay belongs to acme/payments-core. Backstage would ignore this file. Expected a name that is free.',
    },
  },
  unknown: {
    'a Backstage that is down': { ...pay(withheld('unavailable')), says: 'Backstage did not answer.' },
  },
  'not-applicable': {
    offline: { ...pay(withheld('offline')), says: 'No catalogue was asked who has these names.' },
  },
})

describe('entity-ref-free', () => {
  it.each<[string, Fact<CatalogueEntry> | undefined, string]>([
    [
      'passes a name of our own, however it is written',
      from('url:https://github.com/Acme/payments-API/blob/main/catalog-info.yaml'),
      'pass Nobody else has the name.',
    ],
    [
      'fails when a repository whose name only begins like ours has it',
      from('url:https://github.com/acme/payments-api-old/blob/main/catalog-info.yaml'),
      'fail catalog-info.yaml:1 component:default/pay belongs to acme/payments-api-old. Backstage would ignore this file. Expected a name that is free.',
    ],
    [
      'fails when another host has it',
      from('url:https://gitlab.com/acme/payments-api/blob/main/catalog-info.yaml'),
      'fail catalog-info.yaml:1 component:default/pay belongs to gitlab.com/acme/payments-api. Backstage would ignore this file. Expected a name that is free.',
    ],
    [
      'does not know a name that came from no repository',
      from('kubernetes:cluster'),
      "unknown component:default/pay is in the catalogue from kubernetes:cluster, and which repository that is can't be told.",
    ],
    [
      'does not know what was not looked up',
      undefined,
      'unknown component:default/pay was not looked up in the catalogue.',
    ],
    [
      'does not apply without Backstage',
      withheld('not-configured'),
      'not-applicable No catalogue was asked who has these names.',
    ],
  ])('%s', async (_name, entry, expected) => {
    expect(await outcomeOf(entry)).toEqual([expected])
  })

  it('fails on a name that stands twice, offline too', async () => {
    expect(await outcomeOf(withheld('offline'), `${component('pay')}---\n${component('Pay')}`)).toEqual([
      'fail catalog-info.yaml:9 component:default/pay stands twice in this repository, first in catalog-info.yaml:1. Backstage takes only one of them. Expected a name for each.',
    ])
  })

  it('does not apply without an entity', async () => {
    expect(await outcomeOf(free, '')).toEqual(['not-applicable No entity of this repository has a name yet.'])
  })
})
