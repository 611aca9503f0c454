import { workflowTokenReadOnly } from '../../src/controls/workflow-token-read-only.ts'
import { unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { metadata } from '../support/facts.ts'

const facts = (permissions: 'read' | 'write', canApprovePullRequests: boolean) => ({
  metadata: metadata(),
  workflowToken: { permissions, canApprovePullRequests },
})
const only = 'A workflow that says nothing of its permissions may only read.'

controlTable(workflowTokenReadOnly, {
  pass: {
    'a token that may only read': { facts: facts('read', false), says: only },
    'one that may approve, as the policy allows': {
      facts: facts('read', true),
      parameters: { 'may-approve': true },
      says: only,
    },
  },
  fail: {
    'a token that may write and approve': {
      facts: facts('write', true),
      says: [
        'A workflow that says nothing of its permissions gets a token that may write to the repository. Expected one that may only read.',
        'A workflow may approve pull requests, so that a change can be approved by what it brought along. Expected that to be switched off.',
      ],
      next: 'Choose "Read repository contents and packages permissions", under Settings, Actions, General, Workflow permissions, and give a job that writes its own permissions',
    },
  },
  unknown: {
    'a setting that may not be read': {
      facts: {
        metadata: metadata(),
        workflowToken: unknown('permission', 'Grant the app "Administration: read"'),
      },
      says: 'Grant the app "Administration: read".',
    },
  },
  'not-applicable': {
    'an archived repository': {
      facts: { ...facts('write', true), metadata: metadata({ isArchived: true }) },
      says: 'The repository is archived: nothing runs on it, and its settings can only be changed after it is unarchived.',
    },
  },
})
