import { describe, expect, it } from 'vitest'
import { completeFiles, type Files } from '../../src/snapshot/complete.ts'
import { absentFile, known, type TreeEntry, unknown } from '../../src/snapshot/snapshot.ts'

const file = (text: string) => known({ exists: true as const, oid: '', bytes: text.length, text }, 'test')

const component = (name: string, rest = ''): string =>
  `apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: ${name}\nspec:\n  type: service\n  lifecycle: production\n  owner: payments\n${rest}`

const location = (...targets: string[]): string =>
  `apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata:\n  name: all\nspec:\n  targets: ${JSON.stringify(targets)}\n`

/** A repository of these files, and what was asked of it, request by request. */
const reading = (all: Record<string, string>) => {
  const asked: string[][] = []
  const read = async (paths: readonly string[]): Promise<Files> => {
    asked.push([...paths].sort())
    return Object.fromEntries(
      paths.map(path => [path, all[path] === undefined ? absentFile('test') : file(all[path])]),
    )
  }
  return { asked, read }
}

const complete = async (all: Record<string, string>) => {
  const { asked, read } = reading(all)
  const first = { 'catalog-info.yaml': file(all['catalog-info.yaml'] ?? '') }
  let listed = 0
  const list = async () => {
    listed += 1
    const entry = (path: string): TreeEntry => ({ path, type: 'blob', mode: '100644' })
    return known(Object.keys(all).map(entry), 'test')
  }
  const { files, entities } = await completeFiles(first, 'https://github.com/acme/api', read, list)
  return {
    asked,
    ...(listed > 0 ? { listed } : {}),
    paths: Object.keys(files),
    entities: entities.map(({ ref, judgement }) => `${ref} ${judgement}`),
  }
}

describe('completeFiles', () => {
  it('reads nothing more where nothing leads further', async () => {
    expect(await complete({ 'catalog-info.yaml': component('a') })).toEqual({
      asked: [],
      paths: ['catalog-info.yaml'],
      entities: ['component:default/a valid'],
    })
  })

  it('follows Locations from file to file, in this repository only', async () => {
    const url = 'https://github.com/acme/api/blob/main/c.yaml'
    const found = await complete({
      'catalog-info.yaml': location('./b.yaml', url, 'https://example.com/x.yaml', '../../out.yaml'),
      'b.yaml': location('./d/e.yaml'),
      'c.yaml': component('c'),
      'd/e.yaml': component('e'),
    })
    expect(found.asked).toEqual([['b.yaml', 'c.yaml'], ['d/e.yaml']])
    expect(found.entities).toEqual([
      'location:default/all valid',
      'location:default/all valid',
      'component:default/c valid',
      'component:default/e valid',
    ])
  })

  it('lists the tree once for all globs, and follows what they stand for', async () => {
    const found = await complete({
      'catalog-info.yaml': location('./services/*/catalog-info.yaml', './apis/**/api.yaml'),
      'services/cart/catalog-info.yaml': component('cart'),
      'services/search/catalog-info.yaml': component('search'),
      'services/.hidden/catalog-info.yaml': component('hidden'),
      'services/search/deep/catalog-info.yaml': component('deep'),
      'apis/v1/inner/api.yaml': component('v1'),
    })
    expect(found.listed).toBe(1)
    expect(found.asked).toHaveLength(1)
    expect(found.entities).toEqual([
      'location:default/all valid',
      'component:default/cart valid',
      'component:default/search valid',
      'component:default/v1 valid',
    ])
  })

  it('takes a glob for nothing while the tree is unknown', async () => {
    const { asked, read } = reading({})
    const first = { 'catalog-info.yaml': file(location('./services/*/catalog-info.yaml')) }
    const list = async () => unknown('partial-answer', 'The repository has too many files')
    expect((await completeFiles(first, '', read, list)).entities).toHaveLength(1)
    expect(asked).toEqual([])
  })

  it('judges again what a placeholder stands for', async () => {
    const api = component('a', '  definition:\n    $text: ./openapi.yaml\n').replace(
      'kind: Component',
      'kind: API',
    )
    const found = await complete({ 'catalog-info.yaml': api, 'openapi.yaml': 'openapi: 3.1.0\n' })
    expect(found.asked).toEqual([['openapi.yaml']])
    expect(found.entities).toEqual(['api:default/a valid'])
  })

  it('ends where Locations lead in a circle or ever deeper', async () => {
    const circle = await complete({
      'catalog-info.yaml': location('./b.yaml'),
      'b.yaml': location('./catalog-info.yaml'),
    })
    expect(circle.asked).toEqual([['b.yaml']])
    const deep = Object.fromEntries(
      Array.from({ length: 10 }, (_, index) => [`l${index}.yaml`, location(`./l${index + 1}.yaml`)]),
    )
    expect((await complete({ ...deep, 'catalog-info.yaml': location('./l0.yaml') })).asked).toHaveLength(3)
  })

  it('reads at most 200 files', async () => {
    const targets = Array.from({ length: 400 }, (_, index) => `./s/${index}.yaml`)
    const { paths } = await complete({ 'catalog-info.yaml': location(...targets) })
    expect(paths).toHaveLength(200)
  })

  it('has no entities of a file that can not be read', async () => {
    const first = { 'catalog-info.yaml': unknown('binary', 'catalog-info.yaml is not a text file') }
    const { read } = reading({})
    const none = async () => known([], 'test')
    expect((await completeFiles(first, '', read, none)).entities).toEqual([])
  })
})
