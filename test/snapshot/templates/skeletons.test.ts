// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are Backstage's
import { describe, expect, it } from 'vitest'
import type { Files } from '../../../src/snapshot/complete.ts'
import { judgeEntities } from '../../../src/snapshot/entities/entities.ts'
import { fileFact } from '../../../src/snapshot/files/file-fact.ts'
import { treeOfFiles } from '../../../src/snapshot/files/tree-of-files.ts'
import { known, type Skeleton, unknown } from '../../../src/snapshot/snapshot.ts'
import { openSandbox } from '../../../src/snapshot/templates/nunjucks-sandbox.ts'
import { parametersOf } from '../../../src/snapshot/templates/skeleton-parameters.ts'
import { runSteps } from '../../../src/snapshot/templates/skeleton-steps.ts'
import { ownersIn, readSkeletons } from '../../../src/snapshot/templates/skeletons.ts'
import { contractsOf } from '../../../src/snapshot/templates/templates.ts'
import { snapshotOf } from '../../support/snapshot.ts'

const template = (
  more = '',
  annotations = 'golden-path.dev/requires: "catalog-info-valid, techdocs"',
): string =>
  `apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: service
  annotations: { ${annotations}, backstage.io/template-version: 1.2.0 }
spec:
  type: service
  parameters:
    - required: [name, owner]
      properties:
        name: { type: string }
        owner: { type: string, ui:field: OwnerPicker }
        port: { type: number, default: 8080 }
  steps:
    - id: fetch
      action: fetch:template
      input:
        url: ./skeleton
        values: { name: "\${{ parameters.name }}", owner: "\${{ parameters.owner }}", port: "\${{ parameters.port }}" }
${more}`

const entity = `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: \${{ values.name }}
spec: { type: service, lifecycle: production, owner: "\${{ values.owner }}" }
`

const repository: Record<string, string> = {
  'catalog-info.yaml': template(),
  'skeleton/catalog-info.yaml': entity,
  'skeleton/port.txt': '${{ values.port }}\n',
}

/** What a repository of these files makes, read as a snapshot reads it; `reads` notes which files were asked for. */
const made = async (
  files: Record<string, string>,
): Promise<{ skeletons?: Skeleton[]; reads: string[]; files: Files }> => {
  const fact = (path: string) => {
    const text = files[path]
    return text === undefined
      ? fileFact(path, { kind: 'absent' }, 'test')
      : fileFact(path, { kind: 'file', bytes: text.length, text }, 'test')
  }
  const reads: string[] = []
  const url = 'https://github.com/acme/templates'
  const root = files['catalog-info.yaml'] ?? ''
  const { skeletons, files: read } = await readSkeletons(
    {
      files: { 'catalog-info.yaml': fact('catalog-info.yaml') },
      entities: await judgeEntities('catalog-info.yaml', root, { repository: { url } }),
      owner: 'acme',
      url,
      branch: 'refs/heads/main',
    },
    async paths => {
      reads.push(...paths)
      return Object.fromEntries(paths.map(path => [path, fact(path)]))
    },
    async () => known(treeOfFiles(Object.keys(files)), 'test'),
    async job => {
      const sandbox = await openSandbox()
      const rendering = runSteps(job, sandbox)
      sandbox.close()
      return rendering
    },
  )
  return { ...(skeletons ? { skeletons } : {}), reads, files: read }
}

const textOf = (skeleton: Skeleton | undefined, path: string): string | undefined => {
  const fact = skeleton?.rendered.known ? skeleton.rendered.value.files[path] : undefined
  return fact?.known && fact.value.exists ? fact.value.text : undefined
}

describe("a template's skeleton", () => {
  it('is rendered with the defaults, and stand-ins for what has none', async () => {
    const { skeletons, reads, files } = await made(repository)
    expect(skeletons).toHaveLength(1)
    expect(skeletons?.[0]).toMatchObject({
      template: 'template:default/service',
      location: { path: 'catalog-info.yaml', line: 1 },
      example: 'the defaults',
      requires: ['catalog-info-valid', 'techdocs'],
      version: '1.2.0',
      reads: ['skeleton'],
      standIns: ['name', 'owner'],
    })
    expect(textOf(skeletons?.[0], 'port.txt')).toBe('8080\n')
    expect(skeletons?.[0]?.rendered).toMatchObject({
      known: true,
      value: {
        entities: [{ ref: 'component:default/example-service', judgement: 'valid' }],
        from: { 'catalog-info.yaml': 'skeleton/catalog-info.yaml', 'port.txt': 'skeleton/port.txt' },
      },
    })
    expect(reads).toEqual(['skeleton/catalog-info.yaml', 'skeleton/port.txt', 'golden-path-examples.yml'])
    expect(Object.keys(files)).toEqual(reads)
  })

  it('is rendered with each example beside it', async () => {
    const examples = `examples:
  - name: a small one
    parameters: { name: orders, owner: group:default/shop }
  - name: another
    parameters: { name: pay, port: 1 }
`
    const { skeletons } = await made({ ...repository, 'golden-path-examples.yml': examples })
    expect(skeletons?.map(({ example, standIns }) => [example, standIns])).toEqual([
      ['a small one', undefined],
      ['another', ['owner']],
    ])
    expect(skeletons?.map(each => textOf(each, 'port.txt'))).toEqual(['8080\n', '1\n'])
    expect(ownersIn({ refs: ['group:default/own'], handles: [] }, skeletons).refs).toEqual([
      'group:default/own',
      'group:default/shop',
    ])
  })

  it.each<[string, string, string[]]>([
    [
      'no list',
      'examples: {}\n',
      ['1:11 There are no examples. Expected a list of them, each with a name and parameters'],
    ],
    [
      'unknown keys',
      'examples:\n  - name: a\n    paramters: {}\nexample: 1\n',
      [
        '4:1 The key "example" means nothing here. Expected examples',
        '3:5 The key "paramters" means nothing here. Expected name, parameters, steps',
      ],
    ],
    [
      'names',
      'examples:\n  - parameters: {}\n  - name: a\n    parameters: []\n  - { name: a }\n  - name: a\n',
      [
        '2:5 The example has no name. Expected a few words to tell it from the others',
        '4:17 The parameters are no map. Expected a value for each name',
        '6:11 A second example is called "a"',
      ],
    ],
    ['nothing', '# to do\n', ['1:undefined There are no examples. Expected a list of them']],
    ['no YAML', 'examples: [\n', ['2:1 This is not valid YAML']],
  ])('has examples with located mistakes: %s', async (_name, examples, expected) => {
    const { skeletons } = await made({ ...repository, 'golden-path-examples.yml': examples })
    expect(skeletons).toHaveLength(1)
    expect(skeletons?.[0]?.rendered).toMatchObject({ known: false, reason: 'unrenderable' })
    const problems = skeletons?.[0]?.problems?.map(
      ({ message, location }) => `${location.line}:${location.column} ${message}`,
    )
    expect(problems).toHaveLength(expected.length)
    for (const [index, each] of expected.entries()) expect(problems?.[index]).toContain(each)
  })

  it.each<[string, Record<string, string>, object]>([
    [
      'a mistake of its own, at its place',
      { 'skeleton/port.txt': 'a\n${{ values. }}' },
      {
        problems: [{ location: { path: 'skeleton/port.txt', line: 2 } }],
        rendered: { known: false, reason: 'unrenderable' },
      },
    ],
    [
      'more files than are rendered',
      Object.fromEntries(Array.from({ length: 301 }, (_, index) => [`skeleton/${index}`, 'x'])),
      { rendered: { known: false, reason: 'not-configured' } },
    ],
    [
      'more text than is rendered',
      Object.fromEntries(Array.from({ length: 3 }, (_, index) => [`skeleton/${index}`, 'x'.repeat(400_000)])),
      { rendered: { known: false, reason: 'not-configured' } },
    ],
  ])('is not known with %s', async (_name, files, expected) => {
    const { skeletons } = await made({ ...repository, ...files })
    expect(skeletons).toMatchObject([expected])
  })

  it.each<[string, string]>([
    ['asks for nothing', template('', 'a: b')],
    ['is not valid', template().replace('type: service', 'type: 3')],
    ['is none', entity.replace('${{ values.name }}', 'orders')],
  ])('is not looked for where a Template %s', async (_name, text) => {
    expect(await made({ ...repository, 'catalog-info.yaml': text })).toEqual({ reads: [], files: {} })
  })
})

describe('parameters that nobody gave', () => {
  const of = (property: object, given: Record<string, unknown> = {}) =>
    parametersOf({ required: ['it'], properties: { it: property } }, given, 'acme')

  it.each<[object, unknown, boolean]>([
    [{ type: 'string', default: 'd' }, 'd', false],
    [{ type: 'string', examples: ['first', 'second'] }, 'first', true],
    [{ enum: ['a', 'b'] }, 'a', true],
    [{ type: 'boolean' }, false, true],
    [{ type: 'integer', minimum: 3 }, 3, true],
    [{ type: 'array' }, [], true],
    [{ type: 'string', 'ui:field': 'RepoUrlPicker' }, 'github.com?owner=acme&repo=example-service', true],
    [{ type: 'string', 'ui:field': 'OwnerPicker' }, 'group:default/example-owner', true],
    [{ type: 'string', maxLength: 5 }, 'examp', true],
  ])('%j', (property, value, isStandIn) => {
    expect(of(property)).toEqual({ values: { it: value }, standIns: isStandIn ? ['it'] : [] })
  })

  it('are found inside objects, beside what was given', () => {
    const nested = {
      type: 'object',
      required: ['a', 'b'],
      properties: { a: { type: 'string' }, b: { type: 'number' }, c: { default: 1 } },
    }
    expect(of(nested, { it: { a: 'given' }, other: 2 })).toEqual({
      values: { it: { a: 'given', b: 1, c: 1 }, other: 2 },
      standIns: ['it.b'],
    })
  })

  it('may be absent where they are not required', () => {
    expect(parametersOf([{ properties: { a: { type: 'string' } } }, 'nonsense'], {}, 'acme')).toEqual({
      values: {},
      standIns: [],
    })
  })
})

describe('the contract of a template', () => {
  it('keeps the files that the required controls read, of the first example', async () => {
    const { skeletons } = await made({ ...repository, 'skeleton/mkdocs.yml': 'site_name: x\n' })
    const snapshot = { ...(await snapshotOf()), ...(skeletons ? { skeletons } : {}) }
    const readBy = (control: string) =>
      control === 'techdocs' ? ['mkdocs.{yml,yaml}', 'docs/**'] : undefined
    expect(contractsOf(snapshot, readBy)).toEqual([
      {
        ref: 'template:default/service',
        rendered: true,
        contract: {
          version: '1.2.0',
          commit: 'a'.repeat(40),
          since: '2026-11-22T12:00:00.000Z',
          requires: ['catalog-info-valid', 'techdocs'],
          files: { 'mkdocs.yml': 'site_name: x\n' },
          reads: ['docs/**', 'mkdocs.{yml,yaml}'],
          example: { name: 'example-service', owner: 'group:default/example-owner' },
        },
      },
    ])
    expect(Object.keys(contractsOf(snapshot)[0]?.contract.files ?? {})).toEqual([
      'catalog-info.yaml',
      'mkdocs.yml',
      'port.txt',
    ])
  })

  it('says which files had no room', async () => {
    const big = { ...repository, 'skeleton/big.txt': 'x'.repeat(70_000) }
    const { skeletons } = await made(big)
    const [own] = contractsOf({ ...(await snapshotOf()), ...(skeletons ? { skeletons } : {}) })
    expect(own?.contract.left).toEqual(['big.txt'])
    expect(own?.contract.files).not.toHaveProperty(['big.txt'])
  })

  it('stands without files where what it makes is not known', async () => {
    const skeleton: Skeleton = {
      template: 'template:default/service',
      location: { path: 'catalog-info.yaml' },
      example: 'the defaults',
      requires: ['techdocs'],
      rendered: unknown('not-configured', 'It is made with cookiecutter'),
    }
    expect(contractsOf({ ...(await snapshotOf()), skeletons: [skeleton] })).toMatchObject([
      { rendered: false, contract: { requires: ['techdocs'], files: {} } },
    ])
  })
})
