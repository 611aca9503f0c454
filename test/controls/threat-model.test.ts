import { threatModel } from '../../src/controls/threat-model.ts'
import { known, unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { metadata } from '../support/facts.ts'

controlTable(threatModel, {
  pass: {
    'in docs': { tree: ['docs/threat-model.md'], says: 'docs/threat-model.md is there.' },
    'however written': { tree: ['THREAT_MODEL.md'], says: 'THREAT_MODEL.md is there.' },
    'where the policy says': {
      tree: ['security/stride/pay.yaml'],
      parameters: { paths: ['security/stride/*.yaml'] },
      says: 'security/stride/pay.yaml is there.',
    },
  },
  fail: {
    none: {
      tree: ['README.md', 'docs/model.md'],
      says: 'There is no threat model. Expected one at docs/threat-model.md, docs/threat-model/**, docs/threat_model.md or 7 more.',
      next: 'Add docs/threat-model.md with what could be attacked, and what stands against it',
    },
    'an empty file': {
      tree: known([{ path: 'docs/threat-model.md', type: 'blob', mode: '100644', bytes: 0 }], 'test'),
      says: 'There is no threat model. Expected one at docs/threat-model.md, docs/threat-model/**, docs/threat_model.md or 7 more.',
    },
    'not where the policy says': {
      tree: ['docs/threat-model.md'],
      parameters: { paths: ['security/model.md'] },
      says: 'There is no threat model. Expected one at security/model.md.',
    },
  },
  unknown: {
    'no list of files': {
      tree: unknown('offline', 'The list of files was not asked for'),
      says: 'The list of files was not asked for.',
    },
  },
  'not-applicable': {
    'an archived repository': {
      facts: { metadata: metadata({ isArchived: true }) },
      says: 'The repository is archived: nothing in it can change.',
    },
  },
})
