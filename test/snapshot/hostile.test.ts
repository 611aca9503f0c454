import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { resolveAccounts } from '../../src/snapshot/accounts.ts'
import { entityJudge, type JudgeOptions, judgeEntities } from '../../src/snapshot/entities/entities.ts'
import { type EntityDocument, known } from '../../src/snapshot/snapshot.ts'
import { component } from '../support/snapshot.ts'

// Two seconds is what a hostile repository may cost; the parser alone takes up to 14 s for 1 MiB of brackets. Each of
// these takes at most 0.6 s of a processor. What is held here is that the bounds are met, not how long it took.
const mebibyte = 1 << 20
const filled = (text: string): string => text.repeat(Math.floor((mebibyte - 10) / text.length))

const findingOf = async (text: string): Promise<string> => {
  const documents: EntityDocument[] = await judgeEntities('catalog-info.yaml', text)
  const [first] = documents.flatMap(({ errors }) => errors)
  expect(documents.some(({ judgement }) => judgement === 'valid')).toBe(false)
  expect(first?.location.line).toBeGreaterThanOrEqual(1)
  return first?.message ?? ''
}

describe('hostile files get a clear finding, in bounded work', () => {
  it.each<[string, string, string]>([
    [
      'billion laughs',
      `a: &a [x, x, x, x, x, x, x, x, x]\n${'bcdefghij'
        .split('')
        .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[index]}`).join(', ')}]`)
        .join('\n')}\n`,
      'aliases of this document repeat each other more than 100 times',
    ],
    ['an alias of itself', `${component('a')}  x: &a [*a]\n`, 'spec.x.0 holds itself, through an alias'],
    ['an anchor that is not there', 'a: *nobody\n', "The alias *nobody names an anchor that doesn't exist"],
    ['20 MiB', `a: ${'x'.repeat(20 * mebibyte)}`, 'The file is 20.0 MiB. Expected at most 1 MiB'],
    ['a NUL byte', 'apiVersion: a\nkind: b\0c\n', 'NUL byte'],
    [
      'a megabyte of keys',
      Array.from({ length: mebibyte / 9 }, (_, index) => `k${index}:`).join('\n'),
      'too intricate',
    ],
    ['a megabyte of brackets', filled('['), 'too intricate'],
    ['a megabyte of closed brackets', filled(']'), 'too intricate'],
    ['a megabyte of braces', filled('{}'), 'too intricate'],
    ['a megabyte of quotes', filled('"'), 'too intricate'],
    ['a megabyte of aliases', `- &a b\n${filled('- *a\n')}`, 'too intricate'],
    ['a megabyte of one key', filled('a: 1\n'), 'too intricate'],
    [
      '15,000 keys in one map',
      Array.from({ length: 15_000 }, (_, index) => `k${index}: 1`).join('\n'),
      'apiVersion is missing',
    ],
    [
      '20,000 aliases',
      `- &a b\n${'- *a\n'.repeat(20_000)}`,
      'uses 20,000 aliases among 20,002 keys and values, more than can be followed',
    ],
    [
      '9,900 anchors and their aliases',
      Array.from({ length: 9_900 }, (_, index) => `- &a${index} b\n- *a${index}`).join('\n'),
      'uses 9,900 aliases among 19,801 keys and values, more than can be followed',
    ],
    ['100,000 levels', '['.repeat(100_000), 'nests deeper than a YAML parser can follow'],
    ['50,000 levels of lists', '- '.repeat(50_000), 'nests deeper than a YAML parser can follow'],
    ['a word of a megabyte', filled('x'), 'The document is a single string'],
  ])('%s', async (_name, text, expected) => {
    expect(await findingOf(text)).toContain(expected)
  })

  it('2,000 documents: the first 1,000 are judged, and the rest is refused', async () => {
    const documents = await judgeEntities('catalog-info.yaml', 'a: 1\n---\n'.repeat(2_000))
    expect(documents).toHaveLength(1_001)
    expect(documents.at(-1)?.judgement).toBe('invalid')
    expect(documents.at(-1)?.errors[0]?.message).toContain('more than 1,000 documents')
  })

  it('long values, HTML, mentions and marks that turn text around are cut and kept on one line', async () => {
    const name = `@everyone <img src=x onerror=alert(1)>\u202e\u2028${'x'.repeat(5_000)}`
    const [document] = await judgeEntities('catalog-info.yaml', component(JSON.stringify(name)))
    const message = document?.errors[0]?.message ?? ''
    expect(message).toContain('@everyone <img')
    expect(message).not.toMatch(/[\u202e\u2028\n]/)
    expect(message.length).toBeLessThan(300)
    expect(document?.name?.length).toBe(500)
  })

  it('no NUL reaches what is stored', async () => {
    const documents = await judgeEntities(
      'catalog-info.yaml',
      component('"a\\0b"', '"x\\0y"', '  annotations: { "k": "v\\0w" }'),
    )
    expect(documents).toHaveLength(1)
    expect(JSON.stringify(documents)).not.toContain('\\u0000')
  })

  it('anything at all, and nothing throws', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 300 }), async text => {
        for (const { errors, judgement } of await judgeEntities('catalog-info.yaml', text))
          if (judgement !== 'unsupported-kind') expect(errors.length).toBeGreaterThan(0)
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('the files of one repository share what one may have', () => {
  const judged = async (files: [string, string][], options: JudgeOptions = {}): Promise<EntityDocument[]> => {
    const judge = entityJudge(options)
    const documents: EntityDocument[] = []
    for (const [path, text] of files) documents.push(...(await judge(path, text)))
    return documents
  }
  const messages = (documents: readonly EntityDocument[]): string[] =>
    documents.flatMap(({ errors }) => errors.map(({ message }) => message))

  it('of keys, values and brackets', async () => {
    const intricate = `x: [${'[],'.repeat(20_000)}]\n`
    const documents = await judged([
      ['a.yaml', component('a')],
      ['b.yaml', intricate],
      ['c.yaml', intricate],
      ['d.yaml', component('d')],
    ])
    expect(documents.map(({ judgement }) => judgement)).toEqual(['valid', 'invalid', 'invalid', 'invalid'])
    expect(messages(documents.slice(2))).toEqual(
      Array(2).fill(expect.stringContaining('hold more than 120,000 keys, values and brackets together')),
    )
  })

  it('of documents', async () => {
    const many = Array(600).fill(component('a')).join('---\n')
    const documents = await judged([
      ['a.yaml', many],
      ['b.yaml', many],
    ])
    expect(documents).toHaveLength(1_001)
    expect(messages(documents)).toEqual([expect.stringContaining('hold more than 1,000 documents')])
  })

  it('and not a second time when a file is judged again', async () => {
    const judge = entityJudge()
    const text = `${component('a')}---\n`.repeat(600)
    await judge('a.yaml', text)
    expect(messages(await judge('a.yaml', text))).toEqual([])
  })

  it('of what placeholders name, once for each entity', async () => {
    const intricate = `[${'[],'.repeat(20_000)}]`
    const entity = component('a').replace('spec:', 'spec:\n  x: { $yaml: ./t.yaml }')
    const lookup = () => known({ exists: true as const, oid: '', bytes: 1, text: intricate }, 'test')
    const documents = await judged(
      [1, 2, 3].map(index => [`${index}.yaml`, entity] as [string, string]),
      { lookup },
    )
    expect(documents.map(({ judgement }) => judgement)).toEqual(['valid', 'invalid', 'invalid'])
    expect(messages(documents)[0]).toContain('is too intricate')
  })

  it('of globs, of which none may be one that explodes', async () => {
    const targets = [`./${'{a,b}'.repeat(10)}/*.yaml`, `./${'*a'.repeat(20)}`, `./${'a'.repeat(300)}*`]
    for (let index = 0; index < 30; index += 1) targets.push(`./${index}/*.yaml`)
    const [document] = await judged([
      [
        'catalog-info.yaml',
        `apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: { name: l }\nspec: { targets: ${JSON.stringify(targets)} }\n`,
      ],
    ])
    expect(document?.targets.map(({ problem }) => problem).slice(0, 4)).toEqual([
      'stands for more than 64 paths; use fewer {…} alternatives',
      'is a glob of more than 12 wildcards',
      'is a glob of more than 200 characters',
      undefined,
    ])
    expect(document?.targets.filter(({ path }) => path !== undefined)).toHaveLength(17)
    expect(document?.targets.at(-1)).toMatchObject({ problem: 'is one of more than 20 globs' })
  })
})

it('a Location says that targets beyond the 500th are not followed', async () => {
  const targets = Array.from({ length: 600 }, (_, index) => `./${index}.yaml`)
  const [document] = await judgeEntities(
    'catalog-info.yaml',
    `apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: { name: l }\nspec: { targets: ${JSON.stringify(targets)} }\n`,
  )
  expect(document?.targets).toHaveLength(501)
  expect(document?.targets.at(-1)).toMatchObject({
    text: './500.yaml',
    problem: expect.stringContaining('100 targets in all are beyond the 500 that are followed'),
  })
})

it('an owner that is nearly an e-mail address takes no minute', async () => {
  const owner = JSON.stringify(`a@${'.'.repeat(200_000)}@`)
  const started = process.cpuUsage().user
  await judgeEntities('catalog-info.yaml', component('a', owner))
  // 46 s with the expression let loose on it.
  expect(process.cpuUsage().user - started).toBeLessThan(10_000_000)
})

it('only the first of many unknown owners get a suggestion', () => {
  const teams = Array.from({ length: 100 }, (_, id) => ({ id, slug: `team-${id}` }))
  const handles = Array.from({ length: 1_000 }, (_, index) => `@acme/teem-${index % 100}${index}`)
  const accounts = resolveAccounts(
    { refs: [], handles },
    known({ owner: 'acme', teams, members: [] }, 'test'),
    {},
  )
  const nearest = handles.map(handle => accounts[handle]).filter(fact => fact?.known && fact.value.nearest)
  expect(nearest).toHaveLength(20)
})
