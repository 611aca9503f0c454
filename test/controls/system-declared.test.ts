import { systemDeclared } from '../../src/controls/system-declared.ts'
import { unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { metadata } from '../support/facts.ts'
import { component } from '../support/snapshot.ts'

const within = (name: string): string => component(name, 'payments', '', '  system: checkout')
const group =
  'apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: { name: g }\nspec: { type: team, children: [] }\n'

controlTable(systemDeclared, {
  pass: {
    'one Component': {
      files: { 'catalog-info.yaml': within('pay') },
      says: 'The Component says which System it belongs to.',
    },
    several: {
      files: { 'catalog-info.yaml': `${within('pay')}---\n${within('bill')}` },
      says: 'All 2 Components say which System they belong to.',
    },
  },
  fail: {
    'one of two': {
      files: { 'catalog-info.yaml': `${within('pay')}---\n${component('bill')}` },
      says: 'catalog-info.yaml:10 Component "bill" doesn\'t say which System it belongs to. Expected spec.system.',
      next: 'Add system under spec of "bill"',
    },
  },
  unknown: {
    'a file that is withheld': {
      files: { 'catalog-info.yaml': unknown('permission', 'The app may not read contents') },
      says: 'The app may not read contents.',
    },
  },
  'not-applicable': {
    groups: {
      files: { 'catalog-info.yaml': group },
      says: 'There is no Component that could belong to a System.',
    },
    'a repository without a commit': {
      facts: { metadata: metadata({ isEmpty: true }) },
      says: 'The repository has no commit yet.',
    },
  },
})
