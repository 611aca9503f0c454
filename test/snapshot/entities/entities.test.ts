import { describe, expect, it } from 'vitest'
import { discoveredPaths, type JudgeOptions, judgeEntities } from '../../../src/snapshot/entities/entities.ts'
import type { EntityDocument, Fact, FileState } from '../../../src/snapshot/snapshot.ts'
import { known, unknown } from '../../../src/snapshot/snapshot.ts'
import { component } from '../../support/snapshot.ts'

const judge = (text: string, options?: JudgeOptions, path = 'catalog-info.yaml'): Promise<EntityDocument[]> =>
  judgeEntities(path, text, options)

/** `invalid 3:9 metadata.name is …`, one line an error. */
const told = (documents: readonly EntityDocument[]): string[] =>
  documents.flatMap(({ judgement, errors }) =>
    errors.length === 0
      ? [judgement]
      : errors.map(({ message, location: { line, column } }) => `${judgement} ${line}:${column} ${message}`),
  )

const yaml = (...lines: string[]): string => `${lines.join('\n')}\n`
const system = (...metadata: string[]): string =>
  yaml(
    'apiVersion: backstage.io/v1alpha1',
    'kind: System',
    'metadata:',
    ...metadata,
    'spec:',
    '  owner: payments',
  )

/** `\${{ values.name }}`, as skeletons hold it. */
const slot = (expression: string): string => `$\{{ ${expression} }}`

describe('what Backstage accepts', () => {
  it.each([
    ['a Component', component('payments')],
    ['a byte order mark and CRLF', `\ufeff${component('payments').replaceAll('\n', '\r\n')}`],
    ['a trailing ---', `${component('payments')}---\n`],
    ['header-only annotations', component('payments', 'payments', '  annotations:')],
    ['an owner that dangles', component('payments', 'Jane Doe')],
  ])('%s', async (_name, text) => {
    expect(told(await judge(text))).toEqual(['valid'])
  })

  it('nothing, when there is nothing', async () => {
    expect(await judge('')).toEqual([])
    expect(await judge('---\n---\n# only a note\n')).toEqual([])
  })

  it('each document by itself', async () => {
    const documents = await judge(`${component('one')}---\nkind: [\n---\n${component('two')}`)
    expect(
      documents.map(({ judgement, document, line, ref }) => ({ judgement, document, line, ref })),
    ).toEqual([
      { judgement: 'valid', document: 0, line: 1, ref: 'component:default/one' },
      { judgement: 'invalid', document: 1, line: 9, ref: undefined },
      { judgement: 'valid', document: 2, line: 11, ref: 'component:default/two' },
    ])
  })
})

describe('what Backstage refuses, with the line and the field', () => {
  it.each<[string, string, string[]]>([
    [
      'header-only tags',
      system('  name: pay', '  tags:'),
      [
        'invalid 5:3 metadata.tags is empty (null). Expected a list; remove the line when there is nothing to say',
      ],
    ],
    [
      'everything that is missing, not only the first',
      yaml(
        'apiVersion: backstage.io/v1alpha1',
        'kind: Component',
        'metadata:',
        '  name: pay',
        'spec:',
        '  type: service',
      ),
      [
        'invalid 5:1 spec.lifecycle is missing. Expected a lifecycle: experimental, production or deprecated',
        'invalid 5:1 spec.owner is missing. Expected the group or user that owns it',
      ],
    ],
    [
      'kind: ""',
      system('  name: pay').replace('System', '""'),
      ['invalid 2:7 kind is empty. Expected a kind such as Component, API, System or Location'],
    ],
    [
      'kind in lower case',
      system('  name: pay').replace('System', 'system'),
      ['invalid 2:7 kind is "system". Expected System, written like that'],
    ],
    [
      'apiVersion: backstage.io',
      system('  name: pay').replace('backstage.io/v1alpha1', 'backstage.io'),
      ['invalid 1:13 apiVersion is "backstage.io". Expected backstage.io/v1alpha1'],
    ],
    [
      'a Helm values file',
      yaml('replicas: 2', 'image: x'),
      [
        'invalid 1:1 apiVersion is missing. Expected backstage.io/v1alpha1, or scaffolder.backstage.io/v1beta3 for a Template',
        'invalid 1:1 kind is missing. Expected a kind such as Component, API, System or Location',
      ],
    ],
    [
      'an old Template',
      yaml(
        'apiVersion: backstage.io/v1beta2',
        'kind: Template',
        'metadata:',
        '  name: t',
        'spec:',
        '  type: service',
        '  steps: []',
      ),
      [
        'invalid 1:13 apiVersion is "backstage.io/v1beta2", which Backstage doesn\'t know for a Template. Expected scaffolder.backstage.io/v1beta3',
      ],
    ],
    [
      'a step without action',
      yaml(
        'apiVersion: scaffolder.backstage.io/v1beta3',
        'kind: Template',
        'metadata:',
        '  name: t',
        'spec:',
        '  type: service',
        '  steps:',
        '    - id: a',
        '      action: b',
        `    - id: "${slot('parameters.id')}"`,
      ),
      ['invalid 10:7 spec.steps.1.action is missing. Expected a value'],
    ],
    [
      'a name with a blank',
      system('  name: my service'),
      [
        'invalid 4:9 metadata.name is "my service". Expected letters and digits, separated by -, _ or ., at most 63 characters',
      ],
    ],
    [
      'fields at the top that belong below',
      yaml('owner: payments', 'lifecycle: production') + system('  name: pay'),
      [
        'invalid 1:1 owner is no field at the top of an entity. Expected only apiVersion, kind, metadata and spec; it may belong inside one of them',
        'invalid 2:1 lifecycle is no field at the top of an entity. Expected only apiVersion, kind, metadata and spec; it may belong inside one of them',
      ],
    ],
    [
      'a label and a tag, each by its key',
      system('  name: pay', '  labels: { "a b": c }', '  tags: [java, Java]'),
      [
        'invalid 5:13 metadata.labels.a b is "c". Expected a key that is a name of letters and digits, separated by -, _ or ., at most 63 characters, perhaps after a lower-case domain and a slash, and as its value letters and digits, separated by -, _ or ., at most 63 characters',
        'invalid 6:16 metadata.tags.1 is "Java". Expected lower-case letters, digits, :, + and #, separated by -, at most 63 characters',
      ],
    ],
    [
      'dependsOn without a kind',
      component('pay', 'payments', '', '  dependsOn:\n    - component:a\n    - ledger'),
      [
        'invalid 11:7 spec.dependsOn.1 is "ledger", which says no kind. Expected a kind before it, such as component:ledger',
      ],
    ],
    [
      'a key that stands twice',
      system('  name: one', '  name: two'),
      [
        'invalid 5:3 "name" stands twice in the same map, here and in line 4. Expected each key once; remove or rename one',
      ],
    ],
    [
      'a tab for indentation',
      system('  name: pay', '\ttitle: x'),
      [
        'invalid 5:1 This is not valid YAML, near "title": Tabs are not allowed as indentation. Backstage reads nothing of this document',
      ],
    ],
    [
      'a colon in a text without quotes',
      system('  name: pay', '  description: Stock: north and south'),
      [
        'invalid 5:16 This is not valid YAML: the value of "description" holds an unquoted colon. Expected quotes around the value. Backstage reads nothing of this document',
      ],
    ],
    [
      'a list, or a word, instead of an entity',
      '- a\n---\nword\n',
      [
        'invalid 1:1 The document is a list. Expected a map with apiVersion, kind, metadata and spec',
        'invalid 2:1 The document is a single string. Expected a map with apiVersion, kind, metadata and spec',
      ],
    ],
  ])('%s', async (_name, text, expected) => {
    expect(told(await judge(text))).toEqual(expected)
  })
})

describe('skeletons of templates', () => {
  it.each([
    [
      'nunjucks values',
      system(`  name: ${slot('values.name')}`),
      4,
      `metadata.name is "${slot('values.name')}"`,
    ],
    ['nunjucks blocks', system('  name: pay', '  {%- if values.x %}', '  title: a'), 5, 'not valid YAML'],
    ['cookiecutter', system('  name: {{ cookiecutter.name }}'), 4, 'metadata.name is a map'],
  ])('%s: one sentence', async (_name, text, line, part) => {
    const [document, ...rest] = await judge(text)
    expect(rest).toEqual([])
    expect(document?.judgement).toBe('skeleton')
    expect(document?.errors).toHaveLength(1)
    expect(document?.errors[0]?.location.line).toBe(line)
    expect(document?.errors[0]?.message).toContain('skeleton of a template')
    expect(document?.errors[0]?.message).toContain(part)
  })

  it('are not what a Template with parameters is', async () => {
    const template = yaml(
      'apiVersion: scaffolder.backstage.io/v1beta3',
      'kind: Template',
      'metadata: { name: t }',
      'spec:',
      '  type: a',
      `  steps: [{ id: "${slot('parameters.a')}" }]`,
    )
    expect((await judge(template)).map(({ judgement }) => judgement)).toEqual(['invalid'])
  })
})

describe('what is legal and most likely not meant', () => {
  it.each([
    [
      'a GitHub team as owner',
      component('a', 'acme/platform-team'),
      'spec.owner',
      'the group "platform-team" in the namespace "acme"',
    ],
    ['a handle as owner', component('a', '"@acme/payments"'), 'spec.owner', 'Expected "payments", without @'],
    ['an e-mail address', component('a', 'jane@example.com'), 'spec.owner', 'e-mail address'],
    ['a full name', component('a', 'Jane Doe'), 'spec.owner', 'holds a space'],
    [
      'an unfilled owner',
      component('a', `"${slot('values.owner')}"`),
      'spec.owner',
      'a placeholder that nobody filled in',
    ],
    ['spec.links', component('a', 'x', '', '  links: []'), 'spec.links', 'Expected metadata.links'],
    [
      'a lifecycle with a slip',
      component('a').replace('production', 'experimentals'),
      'spec.lifecycle',
      'Most likely meant: experimental',
    ],
    [
      'a deprecated annotation',
      component('a', 'x', '  annotations:\n    jenkins.io/github-folder: a/b'),
      'metadata.annotations.jenkins.io/github-folder',
      'Expected jenkins.io/job-full-name instead',
    ],
  ])('%s', async (_name, text, field, part) => {
    const [document] = await judge(text)
    expect(document?.judgement).toBe('valid')
    expect(document?.hints.map(hint => hint.field)).toEqual([field])
    expect(document?.hints[0]?.message).toContain(part)
  })
})

describe('what is read of an entity', () => {
  it('names, owner and template, normalised', async () => {
    const [document] = await judge(
      yaml(
        'apiVersion: backstage.io/v1alpha1',
        'kind: Component',
        'metadata:',
        '  name: Payments-API',
        '  namespace: teams',
        '  annotations:',
        '    backstage.io/source-template: template:default/Payments-Service',
        'spec:',
        '  type: service',
        '  lifecycle: production',
        '  owner: Payments',
      ),
    )
    expect(document).toMatchObject({
      ref: 'component:teams/payments-api',
      kind: 'Component',
      name: 'Payments-API',
      namespace: 'teams',
      type: 'service',
      lifecycle: 'production',
      owner: { text: 'Payments', ref: 'group:teams/payments', location: { line: 11, column: 10 } },
      template: { ref: 'template:default/payments-service', location: { line: 7, column: 35 } },
    })
  })

  it.each([
    ['backstage.io/source-template: template:default/lib', ''],
    ['a: b', '  scaffoldedFrom: template:default/lib'],
  ])('the version of the template that %s names', async (annotation, spec) => {
    const annotations = `  annotations:\n    ${annotation}\n    backstage.io/template-version: " 1.2.0 "`
    const [document] = await judge(component('a', 'x', annotations, spec))
    expect(document?.template).toMatchObject({ ref: 'template:default/lib', version: '1.2.0' })
  })

  it('the template of spec.scaffoldedFrom', async () => {
    const [document] = await judge(component('a', 'x', '', '  scaffoldedFrom: template:default/lib'))
    expect(document?.template?.ref).toBe('template:default/lib')
  })

  it('a kind that Backstage does not know, when all else is right', async () => {
    expect(told(await judge(system('  name: pay').replace('System', 'Tool')))).toEqual(['unsupported-kind'])
    expect(told(await judge(system('  name: p y').replace('System', 'Tool')))[0]).toMatch(
      /^invalid 4:9 metadata.name/,
    )
  })
})

const home = { url: 'https://github.com/acme/payments-api' }

describe('Location targets', () => {
  const targets = async (...lines: string[]): Promise<string[]> => {
    const text = yaml(
      'apiVersion: backstage.io/v1alpha1',
      'kind: Location',
      'metadata: { name: all }',
      'spec:',
      ...lines,
    )
    const [document] = await judge(text, { repository: home }, 'catalog/catalog-info.yaml')
    expect(document?.judgement).toBe('valid')
    return (document?.targets ?? []).map(({ path, problem }) => path ?? problem ?? 'elsewhere')
  }

  it.each([
    ['./a.yaml', 'catalog/a.yaml'],
    ['../services/*/catalog-info.yaml', 'services/*/catalog-info.yaml'],
    ['/root.yaml', 'root.yaml'],
    ['https://github.com/acme/payments-api/blob/main/b/c.yaml', 'b/c.yaml'],
    ['https://github.com/acme/other/blob/main/c.yaml', 'elsewhere'],
    ['https://example.com/c.yaml', 'elsewhere'],
    ['../../../etc/passwd', 'leads out of the repository'],
    ['https://github.com/acme/payments-api/blob/main/..%2f..%2f..%2fx', 'leads out of the repository'],
    ['file:///etc/passwd', 'is a file: address, which only the machine that reads it could follow'],
    ['http://169.254.169.254/latest/meta-data', 'is an address inside a private network, 169.254.169.254'],
    ['http://0x7f.1/x', 'is an address inside a private network, 127.0.0.1'],
    ['http://[::ffff:10.0.0.1]/x', 'is an address inside a private network, [::ffff:a00:1]'],
    ['http://localhost:7007/x', 'is an address inside a private network, localhost'],
    ['http://vault.internal/x', 'is an address inside a private network, vault.internal'],
  ])('%s', async (target, expected) => {
    expect(await targets('  targets:', `    - "${target}"`)).toEqual([expected])
  })

  it('of type file are named with what Backstage says of them', async () => {
    const text = yaml(
      'apiVersion: backstage.io/v1alpha1',
      'kind: Location',
      'metadata: { name: all }',
      'spec: { type: file, target: ./a.yaml }',
    )
    const [document] = await judge(text)
    expect(document?.targets).toEqual([
      {
        text: './a.yaml',
        path: 'a.yaml',
        problem: 'has the type "file", and Backstage follows only the type url from a repository',
        location: { path: 'catalog-info.yaml', line: 4, column: 29 },
      },
    ])
  })

  it('and placeholders are what is to be read next', async () => {
    const api = yaml(
      'apiVersion: backstage.io/v1alpha1',
      'kind: API',
      'metadata: { name: a }',
      'spec: { type: openapi, lifecycle: production, owner: x, definition: { $text: ./api/openapi.yaml } }',
    )
    const location = yaml(
      '---',
      'apiVersion: backstage.io/v1alpha1',
      'kind: Location',
      'metadata: { name: l }',
      'spec: { targets: [./b.yaml, ./b.yaml, "https://example.com/x"] }',
    )
    expect(discoveredPaths(await judge(api + location))).toEqual({
      entities: ['b.yaml'],
      placeholders: ['api/openapi.yaml'],
    })
  })
})

describe('placeholders', () => {
  const api = (definition: string, ...spec: string[]): string =>
    yaml(
      'apiVersion: backstage.io/v1alpha1',
      'kind: API',
      'metadata:',
      '  name: a',
      'spec:',
      '  type: openapi',
      '  lifecycle: production',
      '  owner: x',
      `  definition: ${definition}`,
      ...spec,
    )
  const text = (content: string): Fact<FileState> =>
    known({ exists: true, oid: '', bytes: content.length, text: content }, 'test')
  const judged = async (definition: string, files: Record<string, Fact<FileState>> = {}): Promise<string> =>
    told(await judge(api(definition), { repository: home, lookup: path => files[path] })).join('; ')

  it.each<[string, string, Record<string, Fact<FileState>>, string]>([
    ['$text of a file', '{ $text: ./api.yaml }', { 'api.yaml': text('openapi: 3') }, 'valid'],
    [
      '$text of an empty file',
      '{ $text: ./api.yaml }',
      { 'api.yaml': text('') },
      'invalid 9:15 spec.definition is empty. Expected the definition of the API, or a $text placeholder that names its file',
    ],
    [
      '$text of a file over the cap, which is text all the same',
      '{ $text: ./api.yaml }',
      { 'api.yaml': unknown('too-large', 'api.yaml has 2 MiB') },
      'valid',
    ],
    [
      '$yaml that is a map where text is asked for',
      '{ $yaml: ./api.yaml }',
      { 'api.yaml': text('a: 1') },
      'invalid 9:15 spec.definition is a map with a. Expected text',
    ],
    [
      '$json that does not parse',
      '{ $json: ./api.json }',
      { 'api.json': text('{') },
      'invalid 9:15 spec.definition names "./api.json", which can\'t be parsed',
    ],
    [
      'a file that is not there',
      '{ $text: ./api.yaml }',
      { 'api.yaml': known({ exists: false }, 'test') },
      'invalid 9:15 spec.definition names "./api.yaml", and there is no such file. Expected a file of this repository',
    ],
    [
      'a file that was not read',
      '{ $text: ./api.yaml }',
      {},
      'undecided 9:15 spec.definition is in api.yaml, which was not read',
    ],
    [
      'a file of another repository',
      '{ $text: "https://github.com/acme/other/blob/main/a" }',
      {},
      'invalid 9:15 spec.definition names "https://github.com/acme/other/blob/main/a" in another repository. Backstage follows $text only within one',
    ],
    [
      'a file of another host',
      '{ $text: "https://example.com/a" }',
      {},
      'undecided 9:15 spec.definition is at example.com, which is not read from here',
    ],
    [
      'a private address',
      '{ $text: "http://10.0.0.1/a" }',
      {},
      'invalid 9:15 spec.definition names "http://10.0.0.1/a", which is an address inside a private network, 10.0.0.1. Expected a file of this repository',
    ],
    [
      'a path out of the repository',
      '{ $text: ../../a }',
      {},
      'invalid 9:15 spec.definition names "../../a", which leads out of the repository. Expected a file of this repository',
    ],
    [
      'a key Backstage does not resolve',
      '{ $openapi: ./a }',
      {},
      'invalid 9:15 spec.definition is a map with $openapi. Expected text',
    ],
  ])('%s', async (_name, definition, files, expected) => {
    expect(await judged(definition, files)).toContain(expected)
  })

  it('does not hide what is wrong besides', async () => {
    expect(told(await judge(api('{ $text: ./api.yaml }').replace('  owner: x\n', '')))).toEqual([
      'invalid 5:1 spec.owner is missing. Expected the group or user that owns it',
    ])
  })

  it('$yaml in the parameters of a Template', async () => {
    const template = yaml(
      'apiVersion: scaffolder.backstage.io/v1beta3',
      'kind: Template',
      'metadata: { name: t }',
      'spec:',
      '  type: a',
      '  steps: []',
      '  parameters:',
      '    - $yaml: ./p.yaml',
    )
    const files: Record<string, Fact<FileState>> = { 'p.yaml': text('title: x') }
    expect(told(await judge(template, { lookup: path => files[path] }))).toEqual(['valid'])
  })
})
