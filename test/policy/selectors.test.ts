import { describe, expect, it } from 'vitest'
import type { Selector } from '../../src/policy/policy.ts'
import { selects } from '../../src/policy/selectors.ts'
import { known, type Snapshot, unknown } from '../../src/snapshot/snapshot.ts'
import { repository, type Told } from './situation.ts'

const hidden = unknown('permission', 'the app may not read it')
const blind: Told = { metadata: hidden, topics: hidden, properties: hidden }

const today = '2026-11-22'

const created = (day: string): Told => ({ metadata: { createdAt: `${day}T10:00:00Z` } })
const codeowners = (owner: string) => ({ '.github/CODEOWNERS': `* ${owner}\n` })
const owned = (text: string, ref: string): Told => ({
  entities: [{ owner: { text, ref, location: { path: 'catalog-info.yaml', line: 1 } } }],
})
const service: Told = { entities: [{ type: 'service', lifecycle: 'production', system: 'payments' }] }

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
    ['older than a month', { age: { over: 30 } }, created('2026-10-22'), true],
    ['but not on the very day', { age: { over: 30 } }, created('2026-10-23'), false],
    ['younger than two years', { age: { under: 730 } }, created('2024-11-23'), true],
    ['between two ages', { age: { over: 30, under: 730 } }, created('2020-01-01'), false],
    [
      'of a team that CODEOWNERS names',
      { team: ['payments'] },
      { files: codeowners('@acme/Payments') },
      true,
    ],
    ['or by its handle', { team: ['@ACME/payments'] }, { files: codeowners('@acme/payments') }, true],
    [
      'but not of a team of another organisation',
      { team: ['payments'] },
      { files: codeowners('@else/payments') },
      false,
    ],
    ['nor of a person of that name', { team: ['payments'] }, { files: codeowners('@payments') }, false],
    [
      'nor by a line that GitHub skips',
      { team: ['payments'] },
      { files: { CODEOWNERS: '!a @acme/payments' } },
      false,
    ],
    [
      'of a team that an entity names',
      { team: ['payments'] },
      owned('payments', 'group:default/payments'),
      true,
    ],
    ['but not of a group elsewhere', { team: ['payments'] }, owned('x/payments', 'group:x/payments'), false],
    [
      'of a team that stands behind a group',
      { team: ['payments'] },
      {
        ...owned('money', 'group:default/money'),
        accounts: { 'group:default/money': known({ exists: true, as: 'team @acme/payments' }, 'test') },
      },
      true,
    ],
    ['by an owner as written', { owner: ['payments'] }, owned('payments', 'group:default/payments'), true],
    [
      'by the ref of its owner',
      { owner: ['group:default/*'] },
      owned('payments', 'group:default/payments'),
      true,
    ],
    ['but not by another owner', { owner: ['user:**'] }, owned('payments', 'group:default/payments'), false],
    ['by the kind of an entity', { entity: { kind: ['component'] } }, { entities: [{}] }, true],
    [
      'by its type and its lifecycle',
      { entity: { type: ['serv*'], lifecycle: ['production'] } },
      service,
      true,
    ],
    ['by its system', { entity: { system: ['payments'] } }, service, true],
    ['by the ref of its system', { entity: { system: ['system:default/payments'] } }, service, true],
    [
      'but not by a system elsewhere',
      { entity: { system: ['payments'] } },
      { entities: [{ system: 'x/payments' }] },
      false,
    ],
    [
      'but not when two entities have it between them',
      { entity: { type: ['service'], lifecycle: ['production'] } },
      { entities: [{ type: 'service' }, { lifecycle: 'production' }] },
      false,
    ],
    [
      'nor by the skeleton of a template',
      { entity: { type: ['service'] } },
      { entities: [{ type: 'service', judgement: 'skeleton' }] },
      false,
    ],
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
    expect(selects(selector, repository(told), today)).toBe(expected)
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
    ['an age', { age: { over: 30 } }, 'undecided'],
    ['none of these', { not: { any: [maybe, yes] } }, false],
  ])('%s', (_, selector, expected) => {
    const selected = selects(selector, repository(blind), today)
    expect(typeof selected === 'boolean' ? selected : 'undecided').toBe(expected)
  })

  it('says which fact is missing', () => {
    expect(selects(maybe, repository(blind), today)).toEqual({
      undecided: "its topics can't be read: the app may not read it",
    })
    expect(selects({ archived: true }, repository(blind), today)).toEqual({
      undecided: "whether it is archived can't be read: the app may not read it",
    })
  })

  it('does not take an unreadable catalogue file for one without a template', () => {
    const snapshot = repository()
    snapshot.files['catalog-info.yaml'] = unknown('too-large', 'catalog-info.yaml is too large')
    expect(selects({ templates: ['template:default/service'] }, snapshot, today)).toHaveProperty('undecided')
  })

  it('does not know how old a repository is that nobody dated', () => {
    expect(selects({ age: { over: 30 } }, repository(), today)).toEqual({
      undecided: "when it was created can't be read: only GitHub knows",
    })
  })

  it.each<[string, Selector, (snapshot: Snapshot) => void, string]>([
    [
      'an unread CODEOWNERS for one without the team',
      { team: ['payments'] },
      snapshot => {
        snapshot.files['.github/CODEOWNERS'] = unknown('unavailable', 'GitHub did not answer')
      },
      "the teams that own it can't be read: GitHub did not answer",
    ],
    [
      'a group that nobody could look up for one of another team',
      { team: ['payments'] },
      snapshot => {
        snapshot.entities.push(...repository(owned('money', 'group:default/money')).entities)
        snapshot.accounts['group:default/money'] = unknown('permission', 'the app may not read members')
      },
      "the teams that own it can't be known: the app may not read members",
    ],
    [
      'an entity that does not parse for one of another kind',
      { entity: { kind: ['API'] } },
      snapshot => {
        const broken = repository({ entities: [{ kind: undefined, judgement: 'invalid', line: 7 }] }).entities
        snapshot.entities.push(...broken)
      },
      "its entities can't be read: catalog-info.yaml:7 is no entity that can be read",
    ],
    [
      'a further entity file that can not be read for none',
      { owner: ['payments'] },
      snapshot => {
        const location = { path: 'catalog-info.yaml', line: 1 }
        const [all] = repository({
          entities: [{ kind: 'Location', targets: [{ text: './a', path: 'a/b.yaml', location }] }],
        }).entities
        if (all) snapshot.entities.push(all)
        snapshot.files['a/b.yaml'] = unknown('too-large', 'a/b.yaml is too large')
      },
      "the owners of its entities can't be read: a/b.yaml is too large",
    ],
  ])('does not take %s', (_, selector, change, undecided) => {
    const snapshot = repository()
    change(snapshot)
    expect(selects(selector, snapshot, today)).toEqual({ undecided })
  })
})
