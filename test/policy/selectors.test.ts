import { describe, expect, it } from 'vitest'
import type { Selector } from '../../src/policy/policy.ts'
import { selects } from '../../src/policy/selectors.ts'
import { unknown } from '../../src/snapshot/snapshot.ts'
import { repository, type Told } from './situation.ts'

const hidden = unknown('permission', 'the app may not read it')
const blind: Told = { metadata: hidden, topics: hidden, properties: hidden }

const yes: Selector = {}
const no: Selector = { names: ['nobody'] }
const maybe: Selector = { topics: ['pci'] }

describe('a selector holds for a repository', () => {
  it.each<[string, Selector, Told, boolean]>([
    ['that has any name when it asks nothing', {}, {}, true],
    ['by its name', { names: ['payments-api'] }, {}, true],
    ['by its name in other letters', { names: ['Payments-API'] }, {}, true],
    ['by a glob', { names: ['web', 'payments-*'] }, {}, true],
    ['by alternatives', { names: ['{payments,search}-api'] }, {}, true],
    ['but not by a part of its name', { names: ['payments'] }, {}, false],
    ['also when its name begins with a dot', { names: ['*'] }, { name: '.github' }, true],
    ['by one of its topics', { topics: ['pci', 'sox'] }, { topics: ['web', 'pci'] }, true],
    ['but not without that topic', { topics: ['pci'] }, { topics: ['pci-dss'] }, false],
    ['by a property', { properties: { tier: 'gold' } }, { properties: { Tier: 'gold' } }, true],
    [
      'by one value of several',
      { properties: { tier: ['gold', 'silver'] } },
      { properties: { tier: ['silver'] } },
      true,
    ],
    ['but not by another value', { properties: { tier: 'gold' } }, { properties: { tier: 'Gold' } }, false],
    ['but not without the property', { properties: { tier: 'gold' } }, {}, false],
    [
      'but not with one of two properties',
      { properties: { a: '1', b: '2' } },
      { properties: { a: '1' } },
      false,
    ],
    ['by its visibility', { visibility: ['private', 'internal'] }, {}, true],
    ['but not by another', { visibility: ['public'] }, {}, false],
    ['by its language', { language: ['typescript'] }, {}, true],
    ['but not without one', { language: ['Go'] }, { metadata: { primaryLanguage: undefined } }, false],
    [
      'by the template that made it',
      { templates: ['template:default/service'] },
      { template: 'template:default/service' },
      true,
    ],
    ['but not by another template', { templates: ['template:default/service'] }, {}, false],
    ['that is archived', { archived: true }, { metadata: { isArchived: true } }, true],
    ['that is not archived', { archived: false }, {}, true],
    ['but not a fork', { fork: false }, { metadata: { isFork: true } }, false],
    ['that is a template', { template: true }, { metadata: { isTemplate: true } }, true],
    ['when all keys hold', { names: ['payments-*'], topics: ['pci'] }, { topics: ['pci'] }, true],
    ['but not when one of them does not', { names: ['payments-*'], topics: ['pci'] }, {}, false],
    [
      'unless not',
      { not: { archived: true, names: ['sandbox-*'] } },
      { metadata: { isArchived: true } },
      true,
    ],
    ['nothing of an any', { any: [no, { topics: ['x'] }] }, {}, false],
  ])('%s', (_, selector, told, expected) => {
    expect(selects(selector, repository(told))).toBe(expected)
  })
})

describe('what is unknown decides nothing, what is known still does', () => {
  it.each<[string, Selector, true | false | 'undecided']>([
    ['a topic', maybe, 'undecided'],
    ['a property', { properties: { a: 'b' } }, 'undecided'],
    ['an archived one', { archived: false }, 'undecided'],
    ['a language', { language: ['Go'] }, 'undecided'],
    ['a visibility', { visibility: ['private'] }, 'undecided'],
    ['every visibility', { visibility: ['private', 'internal', 'public'] }, true],
    ['not undecided', { not: maybe }, 'undecided'],
    ['not not undecided', { not: { not: maybe } }, 'undecided'],
    ['any with a true', { any: [maybe, yes] }, true],
    ['any without a true', { any: [no, maybe] }, 'undecided'],
    ['all with a false', { all: [maybe, no] }, false],
    ['all without a false', { all: [yes, maybe] }, 'undecided'],
    ['keys of which one is false', { names: ['nobody'], topics: ['pci'] }, false],
    [
      'the usual rule',
      { visibility: ['private', 'internal', 'public'], not: { archived: true, names: ['sandbox-*'] } },
      true,
    ],
    ['none of these', { not: { any: [maybe, yes] } }, false],
  ])('%s', (_, selector, expected) => {
    const selected = selects(selector, repository(blind))
    expect(typeof selected === 'boolean' ? selected : 'undecided').toBe(expected)
  })

  it('says which fact is missing', () => {
    expect(selects(maybe, repository(blind))).toEqual({
      undecided: "its topics can't be read: the app may not read it",
    })
    expect(selects({ archived: true }, repository(blind))).toEqual({
      undecided: "whether it is archived can't be read: the app may not read it",
    })
  })

  it('does not take an unreadable catalogue file for one without a template', () => {
    const snapshot = repository()
    snapshot.files['catalog-info.yaml'] = unknown('too-large', 'catalog-info.yaml is too large')
    expect(selects({ templates: ['template:default/service'] }, snapshot)).toHaveProperty('undecided')
  })
})
