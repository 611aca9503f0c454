import { describe, expect, it } from 'vitest'
import { type ControlContext, fail, type Outcome, pass, undecided } from '../../src/controls/control.ts'
import { templateContract } from '../../src/controls/template-contract.ts'
import { builtInPolicy } from '../../src/policy/built-in.ts'
import { judgeOf } from '../../src/policy/judge.ts'
import { judgeEntities } from '../../src/snapshot/entities/entities.ts'
import { fileFact } from '../../src/snapshot/files/file-fact.ts'
import { known, type Skeleton, type Snapshot, unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { checked, component, snapshotOf, told } from '../support/snapshot.ts'

const ref = 'template:default/service'
const template = (requires: string): string => `apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: service
  annotations:
    golden-path.dev/requires: ${requires}
spec:
  type: service
  steps: [{ id: fetch, action: fetch:template, input: { url: ./skeleton } }]
`

/** Sources are the same text with `$` where a value was filled in. */
const skeleton = async (
  requires: string[],
  files: Record<string, string>,
  more: Partial<Skeleton> = {},
): Promise<Skeleton> => ({
  template: ref,
  location: { path: 'catalog-info.yaml', line: 1 },
  example: 'the defaults',
  requires,
  rendered: known(
    {
      files: Object.fromEntries(
        Object.entries(files).map(([path, text]) => [
          path,
          fileFact(path, { kind: 'file', bytes: text.length, text }, 'skeleton'),
        ]),
      ),
      entities: files['catalog-info.yaml']
        ? await judgeEntities('catalog-info.yaml', files['catalog-info.yaml'])
        : [],
      from: Object.fromEntries(Object.keys(files).map(path => [path, `skeleton/${path}`])),
    },
    'skeleton',
  ),
  ...more,
})

const repository = async (
  requires: string,
  skeletons: Skeleton[] | undefined,
  sources: Record<string, string> = {},
): Promise<Snapshot> => ({
  ...(await snapshotOf({ files: { 'catalog-info.yaml': template(requires), ...sources } })),
  ...(skeletons ? { skeletons } : {}),
})

/** Judged with the real library, as everywhere. */
const judged = (snapshot: Snapshot, own: Record<string, Outcome> = {}): string[] => {
  const outcome = checked(templateContract, snapshot, {
    outcomeOn: (other, id) => {
      if (Object.hasOwn(own, id)) return own[id]
      const there = judgeOf(builtInPolicy, other, '2026-11-22', new Set(), () => ({}))
      return builtInPolicy.controls.has(id) ? there(id, {}) : undefined
    },
  })
  return told(outcome)
}

const docs = { 'mkdocs.yml': 'site_name: x\n', 'docs/index.md': '# x\n' }
const entity = component(
  'example-service',
  'group:default/example-owner',
  '  annotations:\n    backstage.io/techdocs-ref: dir:.',
)

/** Rendered once: what is made of it is the same in each case. */
const kept = await skeleton(['logging', 'owner-exists'], { 'catalog-info.yaml': entity })
const files = { 'catalog-info.yaml': template('logging, owner-exists') }
const withSkeletons =
  (...skeletons: Skeleton[]) =>
  (snapshot: Snapshot): Snapshot => ({ ...snapshot, skeletons })
const outcomes =
  (logging: Outcome): ControlContext['outcomeOn'] =>
  (_service, id) =>
    id === 'logging' ? logging : undecided('The owner is decided only once the repository exists.')
const gone = fail({ message: 'There is no config/logging.yaml.', location: { path: 'config/logging.yaml' } })

controlTable(templateContract, {
  pass: {
    'a skeleton that keeps what can be judged before there is a repository': {
      files,
      with: withSkeletons(kept),
      outcomeOn: outcomes(pass('Fine.')),
      says: `What ${ref} makes keeps the control logging, rendered with the defaults. Decided only once the repository exists: owner-exists.`,
    },
  },
  fail: {
    'a skeleton that was filled in with what nobody gave': {
      files,
      with: withSkeletons({ ...kept, standIns: ['costCentre', 'name'] }),
      outcomeOn: outcomes(gone),
      says: `catalog-info.yaml:1 A service made from ${ref} with the defaults would fail logging, which the template requires: There is no config/logging.yaml. Nobody gave costCentre and name, so that stand-ins were used.`,
    },
    'a skeleton that lacks a file': {
      files,
      with: withSkeletons(kept),
      outcomeOn: outcomes(gone),
      says: `catalog-info.yaml:1 A service made from ${ref} with the defaults would fail logging, which the template requires: There is no config/logging.yaml.`,
    },
  },
  unknown: {
    'a skeleton that a step of the organisation adds to': {
      files,
      with: withSkeletons({ ...kept, opaque: ['add (acme:logging)'] }),
      outcomeOn: outcomes(gone),
      says: 'logging misses a file that add (acme:logging) may write in a real run.',
    },
    'a required control that can not be decided': {
      files,
      with: withSkeletons(kept),
      outcomeOn: outcomes(undecided('Its condition takes too long.')),
      says: 'logging: Its condition takes too long.',
    },
  },
  'not-applicable': {
    'a repository without a Template': {
      files: { 'catalog-info.yaml': component('orders') },
      says: 'catalog-info.yaml leads to no Software Template in this repository that asks anything of what it makes.',
    },
  },
})

describe('template-contract, by the real library', () => {
  it('does not apply where no Template asks for anything', async () => {
    const plainTemplate = template('""')
    expect(judged(await snapshotOf({ files: { 'catalog-info.yaml': plainTemplate } }))).toEqual([
      'not-applicable catalog-info.yaml leads to no Software Template in this repository that asks anything of what it makes.',
    ])
  })

  it('passes what keeps everything, and says what waits for the repository', async () => {
    const made = await skeleton(
      ['catalog-info-valid', 'techdocs', 'owner-exists', 'default-branch-protected', 'template-controls'],
      { 'catalog-info.yaml': entity, ...docs },
    )
    expect(judged(await repository('techdocs', [made]))).toEqual([
      `pass What ${ref} makes keeps 2 controls, rendered with the defaults. Decided only once the repository exists: owner-exists and default-branch-protected.`,
    ])
  })

  it('knows nothing where everything waits', async () => {
    const made = await skeleton(['default-branch-protected'], { 'catalog-info.yaml': entity })
    expect(judged(await repository('default-branch-protected', [made]))).toEqual([
      `unknown What ${ref} requires can't be judged by what it makes. Decided only once the repository exists: default-branch-protected.`,
    ])
  })

  it('fails at the line of the skeleton that becomes what fails', async () => {
    const source = entity.replace('example-service', '$').replace('type: service', 'type: [service]')
    const made = await skeleton(
      ['catalog-info-valid'],
      { 'catalog-info.yaml': entity.replace('type: service', 'type: [service]') },
      { example: 'a small one' },
    )
    const snapshot = await repository('catalog-info-valid', [made], { 'skeleton/catalog-info.yaml': source })
    expect(judged(snapshot)).toEqual([
      expect.stringMatching(
        /^fail skeleton\/catalog-info\.yaml:8 A service made from template:default\/service with the example "a small one" would fail catalog-info-valid, which the template requires: /,
      ),
    ])
  })

  it('points at what asks for a file that the skeleton lacks', async () => {
    const made = await skeleton(['techdocs'], { 'catalog-info.yaml': entity, 'docs/index.md': '# x\n' })
    const sources = { 'skeleton/catalog-info.yaml': entity.replace('example-service', '$') }
    const [first] = judged(await repository('techdocs', [made], sources))
    expect(first).toMatch(
      /^fail skeleton\/catalog-info\.yaml:1 A service made from .* would fail techdocs, .* mkdocs\.yml doesn't exist/,
    )
  })

  it('finds an id that no control has', async () => {
    const made = await skeleton(['techdoc'], { 'catalog-info.yaml': entity })
    const snapshot = await repository('techdoc', [made])
    const judge = judgeOf(builtInPolicy, snapshot, '2026-11-22', new Set(), () => ({}))
    expect(judge('template-contract', {})).toEqual({
      status: 'fail',
      findings: [
        {
          message: `${ref} requires the control "techdoc", which neither the library nor the policy knows. Expected the id of a control.`,
          location: { path: 'catalog-info.yaml', line: 1 },
          next: 'Write techdocs in golden-path.dev/requires',
        },
      ],
    })
  })

  it('tells once what two examples have in common', async () => {
    const missing = fail({ message: 'No logging.', location: { path: 'a.yaml' } })
    const made = await Promise.all(
      ['one', 'two'].map(example => skeleton(['logging'], { 'catalog-info.yaml': entity }, { example })),
    )
    expect(judged(await repository('logging', made), { logging: missing })).toEqual([
      `fail catalog-info.yaml:1 A service made from ${ref} with the example "one" would fail logging, which the template requires: No logging.`,
    ])
    expect(judged(await repository('logging', made), { logging: pass('Fine.') })).toEqual([
      `pass What ${ref} makes keeps the control logging, rendered in 2 examples.`,
    ])
  })

  it.each<[string, Skeleton['rendered'], Skeleton['problems'], string]>([
    [
      'does not know what only Python renders',
      unknown('not-configured', 'cookiecutter renders with Python'),
      undefined,
      `unknown What ${ref} makes with the defaults can't be known: cookiecutter renders with Python.`,
    ],
    [
      'fails a skeleton that is broken',
      unknown('unrenderable', 'It is broken'),
      [{ message: "skeleton/a can't be filled in.", location: { path: 'skeleton/a', line: 3, column: 4 } }],
      `fail skeleton/a:3:4 What ${ref} makes with the defaults can't be known: skeleton/a can't be filled in.`,
    ],
    [
      'fails a skeleton that is too large',
      unknown('too-large', 'It has 300 files, at most 200 are rendered'),
      undefined,
      `fail catalog-info.yaml:1 What ${ref} makes with the defaults can't be known: It has 300 files, at most 200 are rendered.`,
    ],
  ])('%s', async (_name, rendered, problems, expected) => {
    const made = await skeleton(['techdocs'], {}, { rendered, ...(problems ? { problems } : {}) })
    expect(judged(await repository('techdocs', [made]))).toEqual([expected])
  })

  it('does not know what a Template makes that is not valid, or not looked at', async () => {
    const broken = { 'catalog-info.yaml': template('techdocs').replace('type: service', 'type: 3') }
    expect(judged(await snapshotOf({ files: broken }))).toEqual([
      `unknown ${ref} asks for controls, and what it makes can't be known while the Template itself is not valid.`,
    ])
    expect(judged(await repository('techdocs', undefined))).toEqual([
      `unknown What ${ref} makes has not been looked at yet.`,
    ])
  })
})
