import { describe, expect, it } from 'vitest'
import { parseCodeowners } from '../../src/snapshot/files/codeowners.ts'
import { claimOfEntity, claimOnPath, ownerMentions } from '../../src/snapshot/ownership.ts'
import { known } from '../../src/snapshot/snapshot.ts'
import { component, snapshotOf } from '../support/snapshot.ts'

describe('whom the files name', () => {
  it('refs and handles, each once, in lower case, without e-mail addresses', async () => {
    const { entities, files } = await snapshotOf({
      files: {
        'catalog-info.yaml': [
          component('a', 'Payments'),
          component('b', 'group:payments'),
          component('c', 'user:emea/Jane'),
        ].join('---\n'),
        CODEOWNERS: '* @acme/Payments @acme/payments jane@example.com\n/a @Jane\n/b nobody\n',
      },
    })
    expect(ownerMentions(entities, files)).toEqual({
      refs: ['group:default/payments', 'user:emea/jane'],
      handles: ['@acme/payments', '@jane'],
    })
  })

  it('nobody, when there are no files', async () => {
    const { entities, files } = await snapshotOf()
    expect(ownerMentions(entities, files)).toEqual({ refs: [], handles: [] })
  })

  it('at most a thousand', async () => {
    const rules = Array.from({ length: 5_000 }, (_, index) => `/${index} @user-${index}`).join('\n')
    const { entities, files } = await snapshotOf({ files: { CODEOWNERS: rules } })
    expect(ownerMentions(entities, files).handles).toHaveLength(1_000)
  })
})

describe('claims, with where they stand', () => {
  it.each([
    ['payments', ['team:payments']],
    ['user:jane', ['user:jane']],
    ['emea/payments', []],
    ['component:default/payments', []],
  ])('of an entity owned by %s', async (owner, principals) => {
    const { entities } = await snapshotOf({ files: { 'catalog-info.yaml': component('a', owner) } })
    expect(entities.map(entity => claimOfEntity(entity, {}))).toEqual([
      {
        source: 'catalog-info',
        owners: [owner],
        principals,
        location: { path: 'catalog-info.yaml', line: 8, column: 10 },
      },
    ])
  })

  it('of a group that was found to be a team of another name', async () => {
    const { entities } = await snapshotOf({ files: { 'catalog-info.yaml': component('a', 'emea/payments') } })
    const accounts = {
      'group:emea/payments': known({ exists: true, as: 'team @acme/pay-emea' }, 'catalogue'),
    }
    expect(entities.map(entity => claimOfEntity(entity, accounts)?.principals)).toEqual([['team:pay-emea']])
  })

  it('of the CODEOWNERS rule that decides', () => {
    const codeowners = parseCodeowners('CODEOWNERS', '* @a\n/src/ @acme/Web @Jane x@example.com\n')
    expect(claimOnPath(codeowners, 'src/a.ts')).toEqual({
      source: 'codeowners',
      owners: ['@acme/Web', '@Jane', 'x@example.com'],
      principals: ['team:web', 'user:jane'],
      location: { path: 'CODEOWNERS', line: 2, column: 1 },
    })
  })
})
