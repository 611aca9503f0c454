import { readmePresent } from '../../src/controls/readme-present.ts'
import { unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { metadata } from '../support/facts.ts'

controlTable(readmePresent, {
  pass: {
    'a README at the root': { files: { 'README.md': '# Payments\n' }, says: 'README.md is there.' },
    'one in .github, which GitHub shows first': {
      files: { '.github/README.md': '# Payments\n', 'README.md': '' },
      says: '.github/README.md is there.',
    },
    'one in small letters': { files: { 'docs/readme.md': '# Payments' }, says: 'docs/readme.md is there.' },
    'one of another format, where another can not be read': {
      files: {
        'README.md': unknown('permission', 'The app may not read README.md'),
        'README.rst': 'Payments',
      },
      says: 'README.rst is there.',
    },
  },
  fail: {
    'no README': {
      says: 'There is no README at the root, in .github or in docs. Expected README.md, which says what this is.',
      next: 'Add README.md with what this is and how it is run',
    },
    'an empty one': {
      files: { 'README.md': ' \n\n' },
      says: 'README.md:1 README.md says nothing. Expected what this is and how it is run.',
    },
    'one that is too large to be read, which is the repository’s doing': {
      files: { 'README.md': unknown('too-large', 'README.md has 4.0 MiB, at most 512 KiB are read') },
      says: 'README.md README.md has 4.0 MiB, at most 512 KiB are read.',
    },
  },
  unknown: {
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
    'an archived one': {
      facts: { metadata: metadata({ isArchived: true }) },
      says: 'The repository is archived: nothing in it can change.',
    },
  },
})
