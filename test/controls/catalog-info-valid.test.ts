import { describe, expect, it } from 'vitest'
import { catalogInfoValid } from '../../src/controls/catalog-info-valid.ts'
import { unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { checked, component, type SnapshotParts, snapshotOf, told } from '../support/snapshot.ts'

const outcomeOf = async (files: SnapshotParts['files']): Promise<string[]> =>
  told(checked(catalogInfoValid, await snapshotOf({ files })))

const location = (...targets: string[]): string =>
  `apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata:\n  name: all\nspec:\n  targets:\n${targets.map(target => `    - ${target}\n`).join('')}`

controlTable(catalogInfoValid, {
  pass: {
    'a valid file': {
      files: { 'catalog-info.yaml': component('pay') },
      says: 'Backstage would accept the entity.',
    },
    'a kind that the policy names': {
      files: { 'catalog-info.yaml': component('pay').replace('Component', 'Tool') },
      parameters: { kinds: ['Tool'] },
      says: 'Backstage would accept the entity.',
    },
  },
  fail: {
    'no file': {
      says: 'There is no catalog-info.yaml. Expected one at the root, which says what this repository holds and who owns it.',
      next: 'Add catalog-info.yaml with apiVersion, kind, metadata.name, spec.type, spec.lifecycle and spec.owner',
    },
    'an entity without an owner': {
      files: { 'catalog-info.yaml': component('pay').replace('  owner: payments\n', '') },
      says: 'catalog-info.yaml:5:1 spec.owner is missing. Expected the group or user that owns it.',
      next: 'Add spec.owner',
    },
  },
  unknown: {
    'what was withheld': {
      files: { 'catalog-info.yaml': unknown('permission', 'The app may not read contents') },
      says: 'The app may not read contents.',
    },
  },
  'not-applicable': 'Every repository can say what it holds.',
})

describe('catalog-info-valid', () => {
  it.each<[string, SnapshotParts['files'], string[]]>([
    [
      'passes several documents and says what is most likely not meant',
      { 'catalog-info.yaml': `${component('pay', 'acme/payments')}---\n${component('ledger')}` },
      [
        'pass Backstage would accept all 2 entities. spec.owner "acme/payments" means the group "payments" in the namespace "acme". If a GitHub team was meant, write "payments" (catalog-info.yaml:8).',
      ],
    ],
    [
      'follows Location targets',
      { 'catalog-info.yaml': location('./a/catalog-info.yaml'), 'a/catalog-info.yaml': component('a') },
      ['pass Backstage would accept all 2 entities.'],
    ],
    [
      'does not know what a target outside the repository leads to',
      { 'catalog-info.yaml': location('https://example.com/x.yaml') },
      [
        'unknown The target "https://example.com/x.yaml" (catalog-info.yaml:7) lies outside this repository, so that it is neither looked at nor registered.',
      ],
    ],
    [
      'fails with the other ending',
      { 'catalog-info.yml': component('pay') },
      [
        'fail catalog-info.yml:1 The file is called catalog-info.yml. Expected catalog-info.yaml, the only name Backstage looks for.',
      ],
    ],
    [
      'fails on an empty file',
      { 'catalog-info.yaml': '' },
      [
        'fail catalog-info.yaml:1 catalog-info.yaml holds no entity. Expected at least one, such as a Component.',
      ],
    ],
    [
      'fails with every error of an invalid entity at its line',
      { 'catalog-info.yaml': component('p y').replace('  lifecycle: production\n', '') },
      [
        'fail catalog-info.yaml:4:9 metadata.name is "p y". Expected letters and digits, separated by -, _ or ., at most 63 characters.',
        'fail catalog-info.yaml:5:1 spec.lifecycle is missing. Expected a lifecycle: experimental, production or deprecated.',
      ],
    ],
    [
      'fails on an invalid entity that a Location leads to',
      { 'catalog-info.yaml': location('./a.yaml'), 'a.yaml': 'kind: [' },
      [
        'fail a.yaml:1:8 This is not valid YAML, near "kind": Flow sequence in block collection must be sufficiently indented and end with a ]. Backstage reads nothing of this document.',
      ],
    ],
    [
      'fails on targets that nobody may follow or find',
      {
        'catalog-info.yaml': location('file:///etc/passwd', 'http://10.0.0.7/x', '../x.yaml', './gone.yaml'),
      },
      [
        'fail catalog-info.yaml:7:7 The target "file:///etc/passwd" is a file: address, which only the machine that reads it could follow. Expected a file of this repository.',
        'fail catalog-info.yaml:8:7 The target "http://10.0.0.7/x" is an address inside a private network, 10.0.0.7. Expected a file of this repository.',
        'fail catalog-info.yaml:9:7 The target "../x.yaml" leads out of the repository. Expected a file of this repository.',
        'fail catalog-info.yaml:10:7 The target "./gone.yaml" doesn\'t exist. Expected a file of this repository; Backstage refuses a Location whose target it can\'t read.',
      ],
    ],
    [
      "fails on a file that cannot be read, because that is the repository's doing",
      { 'catalog-info.yaml': unknown('symbolic-link', 'catalog-info.yaml is a symbolic link') },
      ['fail catalog-info.yaml catalog-info.yaml is a symbolic link.'],
    ],
    [
      "does not know a kind of the organisation's own",
      { 'catalog-info.yaml': component('pay').replace('Component', 'Tool') },
      [
        "unknown Whether Tool is a kind of your Backstage can't be known (catalog-info.yaml:1); the rule can name it under kinds.",
      ],
    ],
    [
      'does not know an entity whose placeholder lies elsewhere',
      {
        'catalog-info.yaml':
          'apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: { name: a }\nspec: { type: a, lifecycle: b, owner: c, definition: { $text: "https://example.com/a" } }\n',
      },
      ['unknown spec.definition is at example.com, which is not read from here.'],
    ],
  ])('%s', async (_name, files, expected) => {
    expect(await outcomeOf(files)).toEqual(expected)
  })
})
