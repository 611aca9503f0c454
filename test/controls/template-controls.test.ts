import { describe, expect, it } from 'vitest'
import { fail, notApplicable, type Outcome, pass, undecided } from '../../src/controls/control.ts'
import { templateControls } from '../../src/controls/template-controls.ts'
import { known, type TemplateEntry, unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { checked, component, type SnapshotParts, snapshotOf, told } from '../support/snapshot.ts'

const ref = 'template:default/service'
const made = component('pay', 'payments', `  annotations:\n    backstage.io/source-template: ${ref}`)
const asks = (...requires: string[]): SnapshotParts['templates'] => ({
  [ref]: known<TemplateEntry>({ exists: true, title: 'Service', requires }, 'catalogue'),
})

const madeFrom = (version: string): string =>
  component(
    'pay',
    'payments',
    `  annotations:\n    backstage.io/template-version: ${version}\n    backstage.io/source-template: ${ref}`,
  )

/** The newest first: its version, and what it asks for. */
const versions = (...all: [version: string, ...requires: string[]][]): SnapshotParts['templates'] => {
  const contracts = all.map(([version, ...requires]) => ({
    version,
    commit: '',
    since: '',
    requires,
    files: {},
  }))
  const [newest] = contracts
  if (!newest) return {}
  return {
    [ref]: known<TemplateEntry>(
      { exists: true, title: 'Service', requires: newest.requires, version: newest.version, contracts },
      'snapshot',
    ),
  }
}

const outcomes: Record<string, Outcome> = {
  kept: pass('Fine.'),
  moot: notApplicable('Nothing to see.'),
  open: undecided('GitHub was not asked.'),
  broken: fail({ message: 'No docs.', location: { path: 'mkdocs.yml', line: 3 } }, { message: 'No index.' }),
}

controlTable(templateControls, {
  pass: {
    'all that it asks for is kept': {
      files: { 'catalog-info.yaml': made },
      templates: asks('kept', 'moot'),
      outcomes,
      says: `${ref} asks for 2 controls, and all are kept.`,
    },
  },
  fail: {
    'what is not kept, at its own line or at the template': {
      files: { 'catalog-info.yaml': made },
      templates: asks('kept', 'open', 'broken'),
      outcomes,
      says: [
        'mkdocs.yml:3 The template "Service" asks for broken, which fails: No docs.',
        'catalog-info.yaml:6:35 The template "Service" asks for broken, which fails: No index.',
      ],
    },
  },
  unknown: {
    'what another control does not know': {
      files: { 'catalog-info.yaml': made },
      templates: asks('open'),
      outcomes,
      says: 'open: GitHub was not asked.',
    },
    'a template that two repositories claim, whatever one of them asks for': {
      files: { 'catalog-info.yaml': made },
      templates: {
        [ref]: known<TemplateEntry>(
          { exists: true, title: 'Service', requires: ['broken'], problem: 'a and b both claim its name' },
          'snapshot',
        ),
      },
      outcomes,
      says: `Which ${ref} made this can't be told: a and b both claim its name.`,
    },
  },
  'not-applicable': {
    'no template': {
      files: { 'catalog-info.yaml': component('pay') },
      says: 'No Software Template made what is in this repository, or none is named.',
    },
  },
})

describe('template-controls', () => {
  it.each<[string, string, SnapshotParts['templates'], string[]]>([
    ['passes when none is asked for', made, asks(), [`pass ${ref} asks for no control.`]],
    [
      'passes a template that asks for this control',
      made,
      asks('template-controls'),
      [`pass ${ref} asks for no control.`],
    ],
    [
      'does not know a control that nobody defined',
      made,
      asks('pci-logging'),
      [`unknown ${ref} asks for the control "pci-logging", which neither the library nor the policy knows.`],
    ],
    [
      'does not know a template that is gone',
      made,
      { [ref]: known<TemplateEntry>({ exists: false }, 'catalogue') },
      [`unknown ${ref} is no longer in the catalogue, so that what it asks for can't be known.`],
    ],
    [
      'does not know a template when the catalogue was not asked',
      made,
      { [ref]: unknown('offline', 'Backstage was not asked') },
      ['unknown Backstage was not asked.'],
    ],
    ['does not know a template that was not looked up', made, {}, [`unknown ${ref} was not looked up.`]],
    [
      'is held to the version it names, and says what is asked beyond',
      madeFrom('1.0.0'),
      versions(['1.1.0', 'kept', 'broken'], ['1.0.0', 'kept']),
      [
        `pass ${ref} 1.0.0 asks for 1 control, and it is kept. ${ref}, now at 1.1.0, asks new services for broken too.`,
      ],
    ],
    [
      'fails by that version',
      madeFrom('1.0.0'),
      versions(['1.1.0', 'kept'], ['1.0.0', 'broken']),
      [
        'fail mkdocs.yml:3 The template "Service 1.0.0" asks for broken, which fails: No docs.',
        'fail catalog-info.yaml:7:35 The template "Service 1.0.0" asks for broken, which fails: No index.',
      ],
    ],
    [
      'is held to the newest where it names none',
      made,
      versions(['1.1.0', 'kept'], ['1.0.0', 'broken']),
      [`pass ${ref} asks for 1 control, and it is kept.`],
    ],
    [
      'is held to the newest, and says so, where it names one that was never seen',
      madeFrom('0.9.0'),
      versions(['1.1.0', 'kept']),
      [
        `pass ${ref} asks for 1 control, and it is kept. This repository names version 0.9.0 of ${ref}, which was never seen: it is held to what is asked now.`,
      ],
    ],
  ])('%s', async (_name, text, templates, expected) => {
    const snapshot = await snapshotOf({ files: { 'catalog-info.yaml': text }, templates })
    expect(told(checked(templateControls, snapshot, { outcomes }))).toEqual(expected)
  })
})
