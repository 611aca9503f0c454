import { onCallDeclared } from '../../src/controls/on-call-declared.ts'
import { unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { metadata } from '../support/facts.ts'
import { component } from '../support/snapshot.ts'

const annotated = (line: string): string => component('pay', 'payments', `  annotations:\n    ${line}`)
const library = component('lib').replace('type: service', 'type: library')

controlTable(onCallDeclared, {
  pass: {
    PagerDuty: {
      files: { 'catalog-info.yaml': annotated('pagerduty.com/service-id: P1234') },
      says: 'The service says who is called when it fails.',
    },
    'an annotation of the policy’s own': {
      files: { 'catalog-info.yaml': annotated('acme.example/on-call: payments') },
      parameters: { annotations: ['acme.example/on-call'] },
      says: 'The service says who is called when it fails.',
    },
  },
  fail: {
    'a service without': {
      files: { 'catalog-info.yaml': `${library}---\n${component('pay')}` },
      says: 'catalog-info.yaml:9 Component "pay" doesn\'t say who is called when it fails. Expected one of the annotations pagerduty.com/service-id, pagerduty.com/integration-key, opsgenie.com/component-selector, opsgenie.com/team and 5 more.',
      next: 'Add pagerduty.com/service-id under metadata.annotations',
    },
    'an empty annotation': {
      files: { 'catalog-info.yaml': annotated("opsgenie.com/team: ' '") },
      says: 'catalog-info.yaml:1 The annotation opsgenie.com/team of Component "pay" is empty. Expected what it is called in the on-call system.',
    },
  },
  unknown: {
    'a file that is withheld': {
      files: { 'catalog-info.yaml': unknown('permission', 'The app may not read contents') },
      says: 'The app may not read contents.',
    },
  },
  'not-applicable': {
    'a library': { files: { 'catalog-info.yaml': library }, says: 'There is no Component of type service.' },
    'no catalogue file': { says: 'There is no Component of type service.' },
    'an archived repository': {
      files: { 'catalog-info.yaml': component('pay') },
      facts: { metadata: metadata({ isArchived: true }) },
      says: 'The repository is archived: nothing in it can change.',
    },
  },
})
