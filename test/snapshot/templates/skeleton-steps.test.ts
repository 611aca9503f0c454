// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are Backstage's
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fileFact } from '../../../src/snapshot/files/file-fact.ts'
import type { Fact, FileState } from '../../../src/snapshot/snapshot.ts'
import { openSandbox, type Sandbox } from '../../../src/snapshot/templates/nunjucks-sandbox.ts'
import {
  type Rendering,
  type RenderJob,
  runSteps,
  type Step,
} from '../../../src/snapshot/templates/skeleton-steps.ts'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await openSandbox()
})
afterAll(() => sandbox.close())

const sources: Record<string, Fact<FileState>> = Object.fromEntries(
  Object.entries({
    'skeleton/catalog-info.yaml': 'name: ${{ values.name }}\n',
    'skeleton/src/${{ values.name }}.ts': 'export {}\n',
    'skeleton/{% if values.docs %}docs{% endif %}/index.md': '# ${{ values.name }}\n',
    'skeleton/.github/workflows/ci.yml': 'ref: ${{ github.ref }}\n',
    'skeleton/run.sh.njk': 'echo ${{ values.name }}\n',
    'old/a.txt': 'Hello {{ cookiecutter.name }}\n',
    'common/LICENSE': 'MIT\n',
    'common/catalog-info.yaml': 'name: common\n',
  }).map(([path, text]) => [path, fileFact(path, { kind: 'file', bytes: text.length, text }, 'test')]),
)

const run = (steps: Partial<Step>[], more: Partial<RenderJob> = {}): Rendering =>
  runSteps(
    {
      steps: steps.map((step, index) => ({
        id: `step-${index + 1}`,
        action: 'debug:log',
        input: {},
        ...step,
      })),
      path: 'template.yaml',
      template: 'template:default/service',
      parameters: { name: 'orders', docs: true, owners: ['a', 'b'] },
      outputs: {},
      sources,
      ...more,
    },
    sandbox,
  )

/** `path: text` of each file, or why not. */
const told = (rendering: Rendering): string[] =>
  rendering.ok
    ? [
        ...rendering.files.map(([path, { text }]) => `${path}: ${text?.trimEnd() ?? '(copied)'}`),
        ...rendering.opaque.map(step => `opaque ${step}`),
      ]
    : [
        `${rendering.own ? 'own' : 'elsewhere'} ${rendering.location?.path ?? ''}:${rendering.location?.line ?? ''} ${rendering.why}`,
      ]

const fetch = (input: object, more: Partial<Step> = {}): Partial<Step> => ({
  action: 'fetch:template',
  input: {
    url: './skeleton',
    values: { name: '${{ parameters.name }}', docs: '${{ parameters.docs }}' },
    ...input,
  },
  ...more,
})

const skeleton = [
  'catalog-info.yaml: name: orders',
  'src/orders.ts: export {}',
  'docs/index.md: # orders',
  '.github/workflows/ci.yml: ref:',
  'run.sh.njk: echo orders',
]

describe('the steps of a template make what Backstage makes', () => {
  it('and leave open what a repository holds already that gets a pull request, unless one is published', () => {
    const request: Partial<Step> = { id: 'pr', action: 'publish:github:pull-request' }
    expect(told(run([fetch({}), request])).at(-1)).toBe('opaque pr (publish:github:pull-request)')
    const published = told(run([fetch({}), request, { action: 'publish:github' }]))
    expect(published.filter(line => line.startsWith('opaque'))).toEqual([])
  })

  it('as often as they say, or not at all', () => {
    const often = { action: 'fetch:plain', each: '${{ range(0, 51) }}', input: { url: './common' } }
    expect(told(run([often]))).toEqual([
      'elsewhere : The step "step-1" repeats itself 51 times, at most 50 are rendered',
    ])
  })

  it.each<[string, Partial<Step>[], string[]]>([
    ['contents and names are filled in', [fetch({})], skeleton],
    [
      'a name that is left empty leaves the file out',
      [fetch({ values: { name: 'a' } })],
      [
        'catalog-info.yaml: name: a',
        'src/a.ts: export {}',
        '.github/workflows/ci.yml: ref:',
        'run.sh.njk: echo a',
      ],
    ],
    [
      'copyWithoutTemplating keeps contents, and fills in names',
      [fetch({ copyWithoutTemplating: ['.github/workflows/*', 'src'] })],
      [
        'catalog-info.yaml: name: orders',
        'src/orders.ts: export {}',
        'docs/index.md: # orders',
        '.github/workflows/ci.yml: ref: ${{ github.ref }}',
        'run.sh.njk: echo orders',
      ],
    ],
    [
      'copyWithoutRender, the old way, keeps names too',
      [fetch({ copyWithoutRender: ['**/*.{ts,yml}'], url: './skeleton' })],
      [
        'catalog-info.yaml: name: orders',
        'src/${{ values.name }}.ts: export {}',
        'docs/index.md: # orders',
        '.github/workflows/ci.yml: ref: ${{ github.ref }}',
        'run.sh.njk: echo orders',
      ],
    ],
    [
      'templateFileExtension fills in those files only, and drops the ending',
      [fetch({ templateFileExtension: true })],
      [
        'catalog-info.yaml: name: ${{ values.name }}',
        'src/orders.ts: export {}',
        'docs/index.md: # ${{ values.name }}',
        '.github/workflows/ci.yml: ref: ${{ github.ref }}',
        'run.sh: echo orders',
      ],
    ],
    [
      'the first to write a file has it',
      [fetch({ url: './common' }), fetch({ values: { name: 'x' }, templateFileExtension: 'njk' })],
      [
        'LICENSE: MIT',
        'catalog-info.yaml: name: common',
        'src/x.ts: export {}',
        '.github/workflows/ci.yml: ref: ${{ github.ref }}',
        'run.sh: echo x',
      ],
    ],
    [
      'unless another may replace it',
      [
        fetch({ url: './common' }),
        fetch({ url: './skeleton/', replace: true, copyWithoutTemplating: ['**/*'] }),
      ],
      [
        'LICENSE: MIT',
        'catalog-info.yaml: name: ${{ values.name }}',
        'src/orders.ts: export {}',
        'docs/index.md: # ${{ values.name }}',
        '.github/workflows/ci.yml: ref: ${{ github.ref }}',
        'run.sh.njk: echo ${{ values.name }}',
      ],
    ],
    [
      'targetPath, and what is published from there',
      [
        fetch({ url: './common', targetPath: './app/${{ parameters.name }}' }),
        fetch({ url: './old', targetPath: 'other' }),
        { action: 'publish:github', input: { sourcePath: 'app/orders' } },
        fetch({}),
      ],
      ['LICENSE: MIT', 'catalog-info.yaml: name: common'],
    ],
    [
      'a step that does not apply, and one for each of a list',
      [
        fetch({}, { if: '${{ parameters.missing }}' }),
        fetch({}, { if: false }),
        fetch(
          { url: './common', targetPath: '${{ each.value }}' },
          { each: '${{ parameters.owners }}', if: '${{ each.value === "b" }}' },
        ),
      ],
      ['b/LICENSE: MIT', 'b/catalog-info.yaml: name: common'],
    ],
    [
      'cookiecutter words in a template for nunjucks',
      [fetch({ url: './old', cookiecutterCompat: true })],
      ['a.txt: Hello orders'],
    ],
    [
      'files one by one, as they are and filled in',
      [
        { action: 'fetch:plain:file', input: { url: './common/LICENSE', targetPath: 'LICENCE' } },
        {
          action: 'fetch:template:file',
          input: { url: './skeleton/catalog-info.yaml', targetPath: 'entity.yaml', values: { name: 'b' } },
        },
        { action: 'fetch:plain', input: { url: './old', targetPath: 'x' } },
      ],
      ['LICENCE: MIT', 'entity.yaml: name: b', 'x/a.txt: Hello {{ cookiecutter.name }}'],
    ],
    [
      'moved and deleted files',
      [
        fetch({ url: './common' }),
        { action: 'fs:rename', input: { files: [{ from: 'LICENSE', to: 'docs/LICENSE' }] } },
        { action: 'fs:delete', input: { files: ['*.yaml'] } },
      ],
      ['docs/LICENSE: MIT'],
    ],
    [
      'an entity that is written, with where it comes from',
      [{ action: 'catalog:write', input: { entity: { metadata: { name: '${{ parameters.name }}' } } } }],
      [
        'catalog-info.yaml: metadata:\n  name: orders\n  annotations:\n    backstage.io/source-template: template:default/service',
      ],
    ],
    [
      'steps that write no files, and one of which nobody knows',
      [fetch({ url: './common' }), { action: 'catalog:register' }, { id: 'zip', action: 'acme:zip' }],
      ['LICENSE: MIT', 'catalog-info.yaml: name: common', 'opaque zip (acme:zip)'],
    ],
  ])('%s', (_name, steps, expected) => {
    expect(told(run(steps))).toEqual(expected)
  })

  it('takes what an example says that another step answered', () => {
    const steps = [fetch({ values: { name: "${{ steps['create'].output.name }}" }, url: './skeleton' })]
    expect(told(run(steps))[0]).toMatch(/^elsewhere : The step "step-1" needs what the step "create" answers/)
    const outputs = { create: { output: { name: 'given' } } }
    expect(told(run(steps, { outputs }))[0]).toBe('catalog-info.yaml: name: given')
  })
})

describe('what can not be rendered is said', () => {
  it.each<[string, Partial<Step>, RegExp]>([
    ['cookiecutter', { action: 'fetch:cookiecutter' }, /^elsewhere : .*cookiecutter renders with Python$/],
    [
      'another repository',
      fetch({ url: 'https://github.com/other/skeletons/tree/main/go' }),
      /^elsewhere template.yaml: .*which lies in another repository$/,
    ],
    ['a file on a disk', fetch({ url: 'file:///etc' }), /^own template.yaml: .*which is a file: address/],
    [
      'no such directory',
      fetch({ url: './missing' }),
      /^own template.yaml: .*from missing, where there are none$/,
    ],
    [
      'out of the repository',
      fetch({ url: '../../x' }),
      /^own template.yaml: .*leads out of the repository$/,
    ],
    [
      'out of the workspace',
      fetch({ targetPath: '../x' }),
      /^own : .*writes to \.\.\/x, which leads out of the workspace$/,
    ],
    [
      'a name that leads out of the workspace',
      fetch({ values: { name: '../../../../x' } }),
      /^own : .*leads out of the workspace$/,
    ],
    ['no list of globs', fetch({ copyWithoutTemplating: 'a' }), /^own : .*must be a list of globs$/],
  ])('%s', (_name, step, expected) => {
    expect(told(run([step]))).toEqual([expect.stringMatching(expected)])
  })

  it.each<[string, RegExp]>([
    ['a\n${{ values. }}\n', /^own skeleton\/x:2 skeleton\/x can't be filled in: /],
    [
      '${{ values.name | ourOwn }}',
      /^elsewhere skeleton\/x: .*uses the filter "ourOwn", which neither nunjucks nor Backstage brings/,
    ],
    ['${{ range.constructor("return `x`.repeat(1.8e6)")() }}', /^own : It grows to more than 1\.5 MiB$/],
  ])('%j', (text, expected) => {
    const only = { 'skeleton/x': fileFact('skeleton/x', { kind: 'file', bytes: 1, text }, 'test') }
    expect(told(run([fetch({})], { sources: only }))).toEqual([expect.stringMatching(expected)])
  })
})
