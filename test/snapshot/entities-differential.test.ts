import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { judgeEntities } from '../../src/snapshot/entities/entities.ts'
import { backstageVerdicts } from '../support/backstage-verdict.ts'

/** Our verdict against the real parser and orchestrator of the catalogue backend, document by document. */

const agrees = async (text: string): Promise<void> => {
  const [ours, theirs] = await Promise.all([
    judgeEntities('catalog-info.yaml', text),
    backstageVerdicts(text),
  ])
  const stopped = theirs.findIndex(({ errors }) => errors.some(error => /^ReferenceError/.test(error)))
  const told = stopped === -1 ? ours : ours.slice(0, stopped + 1)
  const verdict = told.map(({ judgement }) => judgement === 'valid')
  expect({ verdict, why: ours.map(({ errors }) => errors.map(error => error.message)) }).toEqual({
    verdict: theirs.map(({ ok }) => ok),
    why: expect.anything(),
  })
}

const odd = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    'a',
    'a b',
    'ünï',
    '-a',
    'a-',
    'x'.repeat(64),
    'user:jane',
    'a:b/c',
    '/a',
    'a/',
    ':',
  ),
  fc.constantFrom(null, 0, 1, true, [], {}, [null], [''], ['a'], [1], { a: 1 }, { a: 'b' }, [
    'component:x',
    'x',
  ]),
  fc.string({ maxLength: 8 }),
)

// Some 25 fields: about a third of the entities is valid.
const orOdd = (arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 40, arbitrary },
    { weight: 1, arbitrary: odd },
    { weight: 1, arbitrary: fc.constant(undefined) },
  )

const name = fc.constantFrom('payments', 'payments-api', 'A.b_c-9', 'p')
const refs = fc.array(fc.constantFrom('a', 'component:a', 'group:x/y', 'api:default/z'), { maxLength: 3 })

const entity = fc.record({
  apiVersion: orOdd(
    fc.constantFrom('backstage.io/v1alpha1', 'backstage.io/v1beta1', 'scaffolder.backstage.io/v1beta3'),
  ),
  kind: orOdd(
    fc.constantFrom(
      'Component',
      'API',
      'Resource',
      'System',
      'Domain',
      'Group',
      'User',
      'Location',
      'Template',
      'component',
      'Tool',
    ),
  ),
  metadata: orOdd(
    fc.record({
      name: orOdd(name),
      namespace: orOdd(fc.constantFrom('default', 'teams')),
      title: orOdd(name),
      tags: orOdd(fc.array(fc.constantFrom('java', 'Java', 'a:b', ''), { maxLength: 2 })),
      labels: orOdd(fc.constantFrom({ a: 'b' }, { 'a.b/c': 'd' }, { 'A/b/c': 'd' }, { a: 'b c' })),
      annotations: orOdd(fc.constantFrom({ a: 'b' }, { 'x.io/y': '' }, { 'Bad Key': 'x' }, { a: 1 })),
      links: orOdd(fc.constantFrom([{ url: 'https://a.b' }], [{ url: 'a' }], [{ title: 'x' }])),
    }),
  ),
  spec: orOdd(
    fc.record({
      type: orOdd(fc.constantFrom('service', 'url')),
      lifecycle: orOdd(fc.constant('production')),
      owner: orOdd(name),
      system: orOdd(name),
      domain: orOdd(name),
      definition: orOdd(name),
      dependsOn: orOdd(refs),
      dependencyOf: orOdd(refs),
      providesApis: orOdd(refs),
      children: orOdd(refs),
      memberOf: orOdd(refs),
      members: orOdd(refs),
      target: orOdd(fc.constant('./a.yaml')),
      steps: orOdd(fc.constantFrom([{ action: 'a' }], [{ id: 'x' }])),
      parameters: orOdd(fc.constantFrom({}, [{}])),
    }),
  ),
  relations: fc.oneof({ weight: 20, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: odd }),
  extra: fc.oneof({ weight: 20, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: odd }),
})

const yamlPieces = fc.array(
  fc.constantFrom(
    'apiVersion: backstage.io/v1alpha1\n',
    'kind: System\n',
    'metadata:\n  name: a\n',
    'metadata: { name: b }\n',
    'spec:\n  owner: x\n',
    'spec: &s { owner: y }\n',
    '---\n',
    '...\n',
    '# note\n',
    '\n',
    '\t',
    '  ',
    'a: *s\n',
    'a: *nobody\n',
    '<<: { a: 1 }\n',
    'kind: "Sys\n',
    '- item\n',
    '!!str x: 1\n',
    '%YAML 1.1\n',
    '\ufeff',
    '\r\n',
    '{',
    ']',
    '~\n',
    '.nan: 1\n',
    '1: a\n',
    '__proto__: { a: 1 }\n',
  ),
  { maxLength: 14 },
)

describe('judgeEntities agrees with Backstage', () => {
  it('on generated entities', async () => {
    await fc.assert(
      fc.asyncProperty(entity, async value => agrees(stringify(value))),
      { numRuns: 600 },
    )
  })

  it('on several documents in one file', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(entity, { minLength: 2, maxLength: 4 }), async values =>
        agrees(values.map(value => stringify(value)).join('---\n')),
      ),
      { numRuns: 100 },
    )
  })

  it('on YAML put together at random', async () => {
    await fc.assert(
      fc.asyncProperty(yamlPieces, async pieces => agrees(pieces.join(''))),
      { numRuns: 1_500 },
    )
  })

  it('on arbitrary text, and never throws', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 120 }).filter(each => !each.includes('\0'))
    await fc.assert(fc.asyncProperty(text, agrees), { numRuns: 500 })
  })
})
