import { outsideCollaboratorsLimited } from '../../src/controls/outside-collaborators-limited.ts'
import { type Collaborator, unknown } from '../../src/snapshot/snapshot.ts'
import { controlTable } from '../support/control-table.ts'
import { metadata } from '../support/facts.ts'

const person = (login: string, permission: Collaborator['permission'], outside = true): Collaborator => ({
  login,
  permission,
  outside,
})
const facts = (...collaborators: Collaborator[]) => ({ metadata: metadata(), collaborators })

controlTable(outsideCollaboratorsLimited, {
  pass: {
    'only members': {
      facts: facts(person('jane', 'admin', false)),
      says: 'Nobody from outside the organisation has access of their own.',
    },
    'somebody who may only read': {
      facts: facts(person('auditor', 'read')),
      says: 'The one outside collaborator has triage at most.',
    },
    'as much as the policy allows': {
      facts: facts(person('sam', 'write'), person('kim', 'triage')),
      parameters: { 'at-most': 'write' },
      says: 'All 2 outside collaborators have write at most.',
    },
  },
  fail: {
    'each who may write': {
      facts: facts(person('sam', 'write'), person('kim', 'admin'), person('jane', 'admin', false)),
      says: [
        '"sam" is no member of the organisation and has write here. Expected triage at most.',
        '"kim" is no member of the organisation and has admin here. Expected triage at most.',
      ],
      next: 'Give sam the role triage or take the access away, under Settings, Collaborators and teams, or make them a member',
    },
  },
  unknown: {
    'a list that may not be read': {
      facts: { metadata: metadata(), collaborators: unknown('permission', 'Grant the app "Members: read"') },
      says: 'Grant the app "Members: read".',
    },
  },
  'not-applicable': {
    'an archived repository, which nobody can write to': {
      facts: { ...facts(person('sam', 'admin')), metadata: metadata({ isArchived: true }) },
      says: 'The repository is archived: nothing runs on it, and its settings can only be changed after it is unarchived.',
    },
  },
})
