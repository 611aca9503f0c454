import { describe, expect, it } from 'vitest'
import type { Catalogue } from '../../src/effects/outside.ts'
import { validateEntities } from '../../src/jobs/validate-entities.ts'
import { RetryLater } from '../../src/store/work.ts'
import { proposalOf } from '../effects/fix-situation.ts'
import { snapshotOf } from '../effects/situation.ts'
import { component } from '../support/snapshot.ts'

const snapshot = snapshotOf()
const known = { path: 'catalog-info.yaml', text: component('payments-api', 'payments') }
const fresh = { path: 'catalog-info.yaml', text: component('payments', 'payments') }
const elsewhere = 'url:https://github.com/acme/payments-core/blob/main/catalog-info.yaml'
const here = 'url:https://github.com/acme/payments-api/blob/main/other.yaml'

/** A Backstage that answers so, and what it was asked. */
function backstage(answers: { valid?: string; holds?: string; away?: boolean }) {
  const asked: string[] = []
  const refuse = async (): Promise<never> => {
    throw new Error('not asked for a proposal')
  }
  const catalogue: Catalogue = {
    addLocation: refuse,
    getLocationByRef: refuse,
    removeLocationById: refuse,
    getEntitiesByRefs: async ({ entityRefs }) => {
      asked.push(`is ${entityRefs.join()} there`)
      if (answers.away) throw new Error('connect ECONNREFUSED')
      const annotations = { 'backstage.io/managed-by-location': answers.holds ?? '' }
      const entity = { apiVersion: 'v1', kind: 'Component', metadata: { name: 'x', annotations } }
      return { items: entityRefs.map(() => (answers.holds ? entity : undefined)) }
    },
    validateEntity: async (entity, location) => {
      asked.push(`is ${entity.metadata.name} valid at ${location}`)
      if (answers.away) throw new Error('connect ECONNREFUSED')
      return answers.valid
        ? { valid: false, errors: [{ name: 'InputError', message: answers.valid }] }
        : { valid: true }
    },
  }
  return { catalogue, asked }
}

describe('whether Backstage takes what a proposal changes', () => {
  it('asks for each entity where it will lie', async () => {
    const { catalogue, asked } = backstage({})
    expect(await validateEntities(proposalOf({ edits: [known] }), snapshot, catalogue)).toEqual({
      accepted: true,
      asked: 1,
    })
    expect(asked).toEqual([
      'is payments-api valid at url:https://github.com/acme/payments-api/blob/main/catalog-info.yaml',
    ])
  })

  it('tells its reason when it does not', async () => {
    const { catalogue } = backstage({ valid: '/spec/owner must be string' })
    expect(await validateEntities(proposalOf({ edits: [known] }), snapshot, catalogue)).toEqual({
      accepted: false,
      sentence: 'Backstage does not accept catalog-info.yaml as it would be: /spec/owner must be string',
    })
  })

  it.each([
    ['another repository holds the name', elsewhere, false],
    ['the repository itself holds it', here, true],
    ['nobody holds it', undefined, true],
  ])('%s', async (_, holds, accepted) => {
    const { catalogue, asked } = backstage(holds ? { holds } : {})
    const answer = await validateEntities(proposalOf({ edits: [fresh] }), snapshot, catalogue)
    expect(answer.accepted).toBe(accepted)
    expect(asked[0]).toBe('is component:default/payments there')
    if (!answer.accepted) expect(answer.sentence).toContain('acme/payments-core')
  })

  it.each([
    ['a known name', known],
    ['a new name', fresh],
  ])('comes again when it is away: %s', async (_, edit) => {
    const { catalogue } = backstage({ away: true })
    await expect(validateEntities(proposalOf({ edits: [edit] }), snapshot, catalogue)).rejects.toThrow(
      RetryLater,
    )
  })

  it('does not ask about a file that a person completes first, nor about one that holds no entity', async () => {
    const { catalogue, asked } = backstage({})
    const left = [{ path: known.path, line: 6, field: 'spec.owner', candidates: [] }]
    const edits = [known, { path: 'config/logging.yaml', text: component('x', 'y') }]
    expect(await validateEntities(proposalOf({ edits, left }), snapshot, catalogue)).toMatchObject({
      asked: 0,
    })
    expect(asked).toEqual([])
  })

  it('asks nobody where no Backstage is configured', async () => {
    expect(await validateEntities(proposalOf({ edits: [known] }), snapshot, undefined)).toEqual({
      accepted: true,
      asked: 0,
    })
  })
})
