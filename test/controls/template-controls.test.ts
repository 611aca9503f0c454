import { describe, expect, it } from 'vitest'
import { fail, notApplicable, type Outcome, pass, undecided } from '../../src/controls/control.ts'
import { templateControls } from '../../src/controls/template-controls.ts'
import { known, type TemplateEntry, unknown } from '../../src/snapshot/snapshot.ts'
import { checked, component, type SnapshotParts, snapshotOf, told } from '../support/snapshot.ts'

const ref = 'template:default/service'
const made = component('pay', 'payments', `  annotations:\n    backstage.io/source-template: ${ref}`)
const asks = (...requires: string[]): SnapshotParts['templates'] => ({
  [ref]: known<TemplateEntry>({ exists: true, title: 'Service', requires }, 'catalogue'),
})

const outcomes: Record<string, Outcome> = {
  kept: pass('Fine.'),
  moot: notApplicable('Nothing to see.'),
  open: undecided('GitHub was not asked.'),
  broken: fail({ message: 'No docs.', location: { path: 'mkdocs.yml', line: 3 } }, { message: 'No index.' }),
}

describe('template-controls', () => {
  it.each<[string, string, SnapshotParts['templates'], string[]]>([
    [
      'passes when all are kept',
      made,
      asks('kept', 'moot'),
      [`pass ${ref} asks for 2 controls, and all are kept.`],
    ],
    ['passes when none is asked for', made, asks(), [`pass ${ref} asks for no control.`]],
    [
      'passes a template that asks for this control',
      made,
      asks('template-controls'),
      [`pass ${ref} asks for no control.`],
    ],
    [
      'fails with what is not kept, at its own line or at the template',
      made,
      asks('kept', 'open', 'broken'),
      [
        'fail mkdocs.yml:3 The template "Service" asks for broken, which fails: No docs.',
        'fail catalog-info.yaml:6:35 The template "Service" asks for broken, which fails: No index.',
      ],
    ],
    [
      'does not know what another control does not',
      made,
      asks('open'),
      ['unknown open: GitHub was not asked.'],
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
      'does not apply without a template',
      component('pay'),
      {},
      ['not-applicable No Software Template made what is in this repository, or none is named.'],
    ],
  ])('%s', async (_name, text, templates, expected) => {
    const snapshot = await snapshotOf({ files: { 'catalog-info.yaml': text }, templates })
    expect(told(checked(templateControls, snapshot, { outcomes }))).toEqual(expected)
  })
})
