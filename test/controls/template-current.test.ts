import { describe, expect, it } from 'vitest'
import { templateCurrent } from '../../src/controls/template-current.ts'
import {
  known,
  type Snapshot,
  type TemplateContract,
  type TemplateEntry,
  unknown,
} from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { checked, component, type SnapshotParts, snapshotOf } from '../support/snapshot.ts'

const ref = 'template:default/service'
const service = (version?: string): string =>
  component(
    'orders',
    'shop',
    `  annotations:\n    backstage.io/source-template: ${ref}${version ? `\n    backstage.io/template-version: ${version}` : ''}`,
  )

const contract = (version: string | undefined, logging: string): TemplateContract => ({
  ...(version === undefined ? {} : { version }),
  commit: 'c',
  since: '2026-11-22T12:00:00.000Z',
  requires: ['logging'],
  files: { 'config/logging.yaml': logging },
  example: { name: 'example-service', owner: 'group:default/example-owner' },
})

const entry = (...contracts: TemplateContract[]): SnapshotParts['templates'] => ({
  [ref]: known<TemplateEntry>(
    { exists: true, title: 'A service', requires: ['logging'], contracts },
    'snapshot',
  ),
})

const old = 'service: example-service\naudit:\n  enabled: true\n  retentionDays: 90\n'
const now = 'service: example-service\naudit:\n  enabled: true\n  retentionDays: 400\n  sink: s3\n'
const own = 'service: orders\nlevel: debug\naudit:\n  enabled: true\n  retentionDays: 90\n'
const taken = own.replace('90\n', '400\n  sink: s3\n')

const moved = entry(contract('1.1.0', now), contract('1.0.0', old))

const files = (text: string, logging?: string): SnapshotParts['files'] => ({
  'catalog-info.yaml': text,
  'config/logging.yaml': logging ?? known({ exists: false }, 'test'),
})

const lacking = 'config/logging.yaml lacks 2 lines that it brings now and still has a line that it took out.'

controlTable(templateCurrent, {
  pass: {
    'a service that took the change over, and keeps its own lines': {
      files: files(service('1.0.0'), taken),
      templates: moved,
      says: `What ${ref} changed since 1.0.0 is taken over.`,
    },
    'a service of the newest version': {
      files: files(service('1.1.0'), own),
      templates: moved,
      says: `${ref} has not changed since 1.1.0.`,
    },
    'a file that is only read since the policy changed': {
      files: files(service(), own),
      templates: entry(contract(undefined, now), {
        ...contract(undefined, ''),
        files: {},
        reads: ['mkdocs.yml'],
      }),
      says: `What ${ref} changed is taken over.`,
    },
    'a template that never changed': {
      files: files(service(), own),
      templates: entry(contract(undefined, now)),
      says: `${ref} has not changed since it was first seen.`,
    },
  },
  fail: {
    'lines of the template that a service lacks': {
      files: files(service('1.0.0'), own),
      templates: moved,
      says: `config/logging.yaml The template "A service" has moved on from 1.0.0 to 1.1.0, and ${lacking}`,
      next: 'Take over the change to config/logging.yaml; after the last one write backstage.io/template-version: 1.1.0',
    },
    'a file that is not there': {
      files: files(service('1.0.0')),
      templates: moved,
      says: 'catalog-info.yaml:6:35 The template "A service" has moved on from 1.0.0 to 1.1.0, and config/logging.yaml is not in this repository.',
    },
    'the last change, for a service without a version': {
      files: files(service(), own),
      templates: moved,
      says: `config/logging.yaml The template "A service" has moved on from 1.0.0 to 1.1.0, and ${lacking}`,
      next: 'Take over the change to config/logging.yaml',
    },
    'a change under the same version': {
      files: files(service(), own),
      templates: entry(contract(undefined, now), contract(undefined, old)),
      says: `config/logging.yaml The template "A service" has moved on, and ${lacking}`,
    },
  },
  unknown: {
    'a version that was never seen': {
      files: files(service('0.1.0'), own),
      templates: moved,
      says: `What version 0.1.0 of ${ref} made was never seen: it is none that a look at the template's repository found.`,
    },
    'a template that only the catalogue knows': {
      files: files(service(), own),
      templates: {
        [ref]: known<TemplateEntry>({ exists: true, title: 'A service', requires: [] }, 'catalogue'),
      },
      says: `What ${ref} makes is not known: no repository that is looked at holds it with golden-path.dev/requires.`,
    },
    'a template that two repositories claim': {
      files: files(service('1.0.0'), own),
      templates: {
        [ref]: known<TemplateEntry>(
          {
            exists: true,
            title: 'A service',
            requires: ['logging'],
            problem: 'a and b both claim its name',
            contracts: [contract('1.1.0', now), contract('1.0.0', old)],
          },
          'snapshot',
        ),
      },
      says: `Which ${ref} made this can't be told: a and b both claim its name.`,
    },
    'a file for which there was no room': {
      files: files(service('1.0.0'), taken),
      templates: entry({ ...contract('1.1.0', now), left: ['big.json'] }, contract('1.0.0', old)),
      says: `Whether ${ref} changed big.json is not known: of a template at most 64 KiB are remembered.`,
    },
    'a template that was not asked for': {
      files: files(service(), own),
      says: `${ref} was not looked up.`,
    },
    'a template that is gone': {
      files: files(service(), own),
      templates: { [ref]: known<TemplateEntry>({ exists: false }, 'catalogue') },
      says: `${ref} is no longer in the catalogue.`,
    },
    'a Backstage that is away': {
      files: files(service(), own),
      templates: { [ref]: unknown('unavailable', 'Backstage is away') },
      says: 'Backstage is away.',
    },
    'a file that was not read': {
      files: {
        'catalog-info.yaml': service('1.0.0'),
        'config/logging.yaml': unknown('partial-answer', 'config/logging.yaml was not read'),
      },
      templates: moved,
      says: 'config/logging.yaml was not read.',
    },
  },
  'not-applicable': {
    'a repository that names no template': {
      files: files(component('orders'), own),
      says: 'No Software Template made what is in this repository, or none is named.',
    },
  },
})

const situation = (
  text: string,
  templates: SnapshotParts['templates'],
  logging?: string,
): Promise<Snapshot> => snapshotOf({ files: files(text, logging) ?? {}, ...(templates ? { templates } : {}) })

describe('what the template changed', () => {
  it("is shown with the service's own name in it", async () => {
    const outcome = checked(templateCurrent, await situation(service('1.0.0'), moved, own))
    const [finding] = outcome.status === 'fail' ? outcome.findings : []
    expect(finding?.diff).toBe(
      [
        '@@ -2,3 +2,4 @@',
        ' audit:',
        '   enabled: true',
        '-  retentionDays: 90',
        '+  retentionDays: 400',
        '+  sink: s3',
      ].join('\n'),
    )
    const absent = checked(templateCurrent, await situation(service('1.0.0'), moved))
    expect(absent.status === 'fail' && absent.findings[0].diff).toContain('+service: orders\n')
  })

  it('is shown to forty lines', async () => {
    const lines = (word: string) => Array.from({ length: 100 }, (_, index) => `${word} ${index}\n`).join('')
    const long = entry(contract('2', lines('new')), contract('1', lines('old')))
    const outcome = checked(templateCurrent, await situation(service('1'), long, own))
    const diff = outcome.status === 'fail' ? outcome.findings[0].diff?.split('\n') : []
    expect(diff).toHaveLength(41)
    expect(diff?.at(-1)).toMatch(/^… and \d+ more lines$/)
  })
})
