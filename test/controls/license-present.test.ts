import { licensePresent } from '../../src/controls/license-present.ts'
import { unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { metadata } from '../support/facts.ts'

const open = (licence?: string) => ({
  metadata: metadata({ visibility: 'public', ...(licence === undefined ? {} : { licence }) }),
})
const allowed = { allowed: ['Apache-2.0', 'MIT'] }
const MIT = 'MIT License\n\nCopyright'

controlTable(licensePresent, {
  pass: {
    'a licence that GitHub knows': { facts: open('MIT'), says: 'The licence is MIT.' },
    'one of those allowed, however written': {
      facts: open('mit'),
      parameters: allowed,
      says: 'The licence is mit.',
    },
    'a file, where GitHub was not asked': {
      files: { LICENSE: MIT },
      facts: open(),
      says: 'A licence is there.',
    },
    'two that hold together': {
      files: { 'LICENSE-MIT': MIT, 'LICENSE-APACHE': 'Apache License' },
      facts: open(),
      says: 'A licence is there.',
    },
    'one in small letters': { files: { license: MIT }, facts: open(), says: 'A licence is there.' },
    'a file that a pull request adds': {
      files: { COPYING: MIT },
      facts: open(''),
      target: { kind: 'pull-request' },
      says: 'A licence is there.',
    },
    'a text of its own, where any is allowed': {
      files: { LICENSE: 'Acme only' },
      facts: open('NOASSERTION'),
      says: 'A licence is there.',
    },
    'an allowed one in a private repository': {
      facts: { metadata: metadata({ licence: 'Apache-2.0' }) },
      parameters: allowed,
      says: 'The licence is Apache-2.0.',
    },
  },
  fail: {
    none: {
      facts: open(''),
      says: 'There is no licence. Expected LICENSE at the root: without one nobody may use the code.',
      next: 'Add LICENSE with the text of the licence',
    },
    'an empty file': {
      files: { LICENSE: '\n' },
      facts: open(''),
      says: 'LICENSE:1 LICENSE is empty. Expected the text of the licence.',
    },
    'one that is not allowed': {
      files: { LICENSE: 'GPL' },
      facts: open('GPL-3.0'),
      parameters: allowed,
      says: 'LICENSE:1 The licence is "GPL-3.0". Expected one of Apache-2.0 and MIT.',
      next: 'Use Apache-2.0 or MIT, or ask those who keep the policy to allow this one',
    },
    'one that GitHub does not recognise, where few are allowed': {
      facts: open('NOASSERTION'),
      parameters: allowed,
      says: 'The licence is none that GitHub recognises. Expected one of Apache-2.0 and MIT.',
    },
  },
  unknown: {
    'which licence it is, offline': {
      files: { LICENSE: MIT },
      facts: open(),
      parameters: allowed,
      says: 'LICENSE is there; which licence it is was not told, because GitHub was not asked.',
    },
    'whether it is public, offline': {
      facts: { metadata: metadata({ untold: ['visibility'] }) },
      says: 'There is no licence; whether the repository is public, and so needs one, was not told. --visibility tells it.',
    },
    'what a pull request adds, where few are allowed': {
      files: { LICENSE: MIT },
      facts: open(''),
      parameters: allowed,
      target: { kind: 'pull-request' },
      says: 'GitHub says which licence it is once it is on the default branch.',
    },
    'a repository of which nothing is told': { says: 'The test does not say the metadata.' },
    'a file that is withheld': {
      files: { LICENSE: unknown('permission', 'The app may not read contents') },
      facts: open(''),
      says: 'The app may not read contents.',
    },
  },
  'not-applicable': {
    'a private repository, where the policy names no licences': {
      facts: { metadata: metadata({ licence: '' }) },
      says: 'The repository is not public, and the policy names no licences that it may have.',
    },
    'an archived one': {
      facts: { metadata: metadata({ visibility: 'public', isArchived: true }) },
      says: 'The repository is archived: nothing in it can change.',
    },
  },
})
