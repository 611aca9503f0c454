import { securityPolicy } from '../../src/controls/security-policy.ts'
import { unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { metadata } from '../support/facts.ts'

controlTable(securityPolicy, {
  pass: {
    'a file at the root': { files: { 'SECURITY.md': 'Write to us.' }, says: 'SECURITY.md is there.' },
    'one in docs': { files: { 'docs/SECURITY.md': 'Write to us.' }, says: 'docs/SECURITY.md is there.' },
    'one of another format': { files: { 'SECURITY.rst': 'Write to us.' }, says: 'SECURITY.rst is there.' },
    'that of the organisation': {
      facts: { metadata: metadata({ hasSecurityPolicy: true }) },
      says: "The organisation's security policy holds for this repository.",
    },
  },
  fail: {
    'neither here nor in .github of the organisation': {
      facts: { metadata: metadata({ hasSecurityPolicy: false }) },
      says: "There is no SECURITY.md here, and the organisation's .github has none. Expected one that says where to report a weakness.",
      next: 'Add SECURITY.md with where to report a weakness',
    },
    'an empty one': {
      files: { '.github/SECURITY.md': '\n' },
      facts: { metadata: metadata({ hasSecurityPolicy: true }) },
      says: '.github/SECURITY.md:1 .github/SECURITY.md says nothing. Expected where to report a weakness.',
    },
    'a link': {
      files: {
        'SECURITY.md': unknown('symbolic-link', 'SECURITY.md is a symbolic link, and links are not followed'),
      },
      facts: { metadata: metadata({ hasSecurityPolicy: false }) },
      says: 'SECURITY.md SECURITY.md is a symbolic link, and links are not followed.',
    },
  },
  unknown: {
    'whether the organisation has one, offline': {
      facts: { metadata: metadata() },
      says: "There is no SECURITY.md here; whether the organisation's .github has one was not told.",
    },
    'a repository of which nothing is told': { says: 'The test does not say the metadata.' },
  },
  'not-applicable': {
    'a repository without a commit': {
      facts: { metadata: metadata({ isEmpty: true }) },
      says: 'The repository has no commit yet.',
    },
  },
})
