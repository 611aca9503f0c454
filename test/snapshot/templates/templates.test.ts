import { describe, expect, it } from 'vitest'
import { fail, pass } from '../../../src/controls/control.ts'
import { templateControls } from '../../../src/controls/template-controls.ts'
import { known, type TemplateContract, type TemplateEntry } from '../../../src/snapshot/snapshot.ts'
import { chooseTemplate, heldContract, withContract } from '../../../src/snapshot/templates/templates.ts'
import { checked, component, snapshotOf, told } from '../../support/snapshot.ts'

const ref = 'template:default/service'
const contract = (version: string, ...requires: string[]): TemplateContract => ({
  version,
  commit: 'c',
  since: '2026-11-22T12:00:00.000Z',
  requires,
  files: {},
})
const entry = (...contracts: TemplateContract[]): Extract<TemplateEntry, { exists: true }> => ({
  exists: true,
  title: 'Service',
  requires: contracts[0]?.requires ?? ['kept'],
  ...(contracts[0]?.version ? { version: contracts[0].version } : {}),
  ...(contracts.length > 0 ? { contracts } : {}),
})

const service = (version: string | undefined, ...contracts: TemplateContract[]) =>
  snapshotOf({
    files: {
      'catalog-info.yaml': component(
        'pay',
        'payments',
        `  annotations:\n    backstage.io/source-template: ${ref}${version ? `\n    backstage.io/template-version: ${version}` : ''}`,
      ),
    },
    templates: { [ref]: known<TemplateEntry>(entry(...contracts), 'snapshot') },
  })

describe('which repository says what a template asks for', () => {
  const inCatalogue = (location: string) =>
    known<TemplateEntry>({ exists: true, title: 'Service', requires: ['catalogue'], location }, 'catalogue')
  const holder = (name: string) => ({
    repository: name,
    url: `https://github.com/acme/${name}`,
    entry: entry(contract('1.0.0', name)),
  })
  const none = known<TemplateEntry>({ exists: false }, 'catalogue')
  const [a, b] = [holder('a'), holder('b')]

  it.each<[string, ReturnType<typeof inCatalogue>, (typeof a)[], string[], string | undefined]>([
    [
      'the one whose file Backstage holds',
      inCatalogue('url:https://github.com/Acme/b/tree/main/t.yaml'),
      [a, b],
      ['b'],
      undefined,
    ],
    [
      'nobody who only claims the name',
      inCatalogue('url:https://github.com/acme/ab/tree/main/t.yaml'),
      [a, b],
      ['catalogue'],
      undefined,
    ],
    ['the only one, before Backstage knows it', none, [a], ['a'], undefined],
    ['neither of two', none, [a, b], ['a'], 'a and b both claim its name'],
  ])('is %s', (_name, catalogue, holders, requires, problem) => {
    const fact = chooseTemplate(catalogue, holders)
    expect(fact).toMatchObject({ known: true, value: { requires } })
    expect(fact.known && fact.value.exists && fact.value.problem).toBe(problem)
  })
})

describe('what a service is held to', () => {
  const old = contract('1.0.0', 'a')
  const now = contract('1.1.0', 'a', 'b')

  it.each<[string, string | undefined, TemplateContract[], string[], string, string | undefined]>([
    ['the version it names', '1.0.0', [now, old], ['a'], 'named', '1.0.0'],
    ['the newest of what is called so', '1.0.0', [contract('1.0.0', 'c'), old], ['c'], 'named', '1.0.0'],
    ['the newest', undefined, [now, old], ['a', 'b'], 'newest', '1.1.0'],
    ['the newest, when its version was never seen', '0.9.0', [now, old], ['a', 'b'], 'unseen', '1.1.0'],
    ['what the catalogue says, where nobody else does', '1.0.0', [], ['kept'], 'unseen', undefined],
  ])('is %s', (_name, version, contracts, requires, because, held) => {
    const found = heldContract(entry(...contracts), version)
    expect(found).toMatchObject({ requires, because })
    expect(found.version).toBe(held)
  })
})

describe('a contract as it would be', () => {
  const outcomes = { kept: pass('Fine.'), broken: fail({ message: 'It is broken.' }) }
  const judged = async (version: string | undefined, change: TemplateContract | TemplateEntry) => {
    const before = await service(version, contract('1.0.0', 'kept'))
    return told(checked(templateControls, withContract(before, ref, change), { outcomes }))[0]
  }

  it('fails the services that are held to it', async () => {
    expect(await judged(undefined, contract('1.1.0', 'broken'))).toMatch(/^fail .*asks for broken/)
    expect(await judged('1.0.0', contract('1.0.0', 'broken'))).toMatch(/^fail .*asks for broken/)
  })

  it('leaves those of an older version to that', async () => {
    expect(await judged('1.0.0', contract('1.1.0', 'broken'))).toBe(
      `pass ${ref} 1.0.0 asks for 1 control, and it is kept. ${ref}, now at 1.1.0, asks new services for broken too.`,
    )
  })

  it('can be gone', async () => {
    expect(await judged(undefined, { exists: false })).toMatch(/^unknown .* is no longer in the catalogue/)
  })

  it('changes nothing for who was made from another template', async () => {
    const before = await service(undefined, contract('1.0.0', 'kept'))
    expect(withContract(before, 'template:default/other', contract('2', 'broken'))).toBe(before)
  })
})
