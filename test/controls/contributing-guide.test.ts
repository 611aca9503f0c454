import { contributingGuide } from '../../src/controls/contributing-guide.ts'
import { unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { metadata } from '../support/facts.ts'

controlTable(contributingGuide, {
  pass: {
    'a file at the root': {
      files: { 'CONTRIBUTING.md': 'Open a pull request.' },
      says: 'CONTRIBUTING.md is there.',
    },
    'a file in small letters': {
      files: { 'contributing.md': 'Open a pull request.' },
      says: 'contributing.md is there.',
    },
    'a section of a readme in small letters': {
      files: { 'readme.md': '# Payments\n\n## Contributing\n' },
      says: 'readme.md has a section on contributing.',
    },
    'a section of the README': {
      files: { 'README.md': '# Payments\n\n## How to contribute\n\nOpen a pull request.\n' },
      says: 'README.md has a section on contributing.',
    },
  },
  fail: {
    neither: {
      files: { 'README.md': '# Payments\n\nContributing is welcome.\n' },
      says: 'There is no CONTRIBUTING.md, and README.md has no section on contributing. Expected how a change is proposed, tested and taken in.',
      next: 'Add CONTRIBUTING.md with how a change is made',
    },
    'an empty file': {
      files: { 'docs/CONTRIBUTING.md': '' },
      says: 'docs/CONTRIBUTING.md:1 docs/CONTRIBUTING.md says nothing. Expected how a change is proposed, tested and taken in.',
    },
  },
  unknown: {
    'a guide that is withheld': {
      files: { 'CONTRIBUTING.md': unknown('permission', 'The app may not read contents') },
      says: 'The app may not read contents.',
    },
    'a README that GitHub did not send': {
      files: { 'README.md': unknown('partial-answer', 'GitHub did not send README.md') },
      says: 'GitHub did not send README.md.',
    },
  },
  'not-applicable': {
    'a repository without a commit': {
      facts: { metadata: metadata({ isEmpty: true }) },
      says: 'The repository has no commit yet.',
    },
  },
})
