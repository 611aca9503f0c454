import type { Finding } from '../../src/controls/control.ts'
import type { Published } from '../../src/effects/effect.ts'
import type { PlanInput } from '../../src/effects/plan.ts'
import type { ControlVerdict, Verdict } from '../../src/policy/verdict.ts'
import {
  type EntityDocument,
  type FileState,
  known,
  type Metadata,
  nothingKnown,
  type Snapshot,
  unknown,
} from '../../src/snapshot/snapshot.ts'
import { metadata } from '../support/facts.ts'

/** Repositories and verdicts as plain data, with the odd thing of each case said by the case. */

export const sha = '3f2c1ab0000000000000000000000000000000aa'
export const nextSha = '8d1e0aa0000000000000000000000000000000bb'
export const policyVersion = '91d0e77000000000000000000000000000000000'

const text = (content: string) =>
  known<FileState>({ exists: true, oid: '', bytes: content.length, text: content }, 'github')

export function snapshotOf(
  odd: {
    metadata?: Partial<Metadata>
    repository?: Partial<Snapshot['repository']>
    target?: Partial<Snapshot['target']>
    files?: Snapshot['files']
    entities?: EntityDocument[]
    catalogue?: Snapshot['catalogue']
  } = {},
): Snapshot {
  const nothing = unknown('offline', 'not asked in this test')
  return {
    version: 2,
    repository: {
      id: 42,
      nodeId: 'R_42',
      name: 'payments-api',
      owner: 'acme',
      ownerId: 1,
      installationId: 9,
      url: 'https://github.com/acme/payments-api',
      ...odd.repository,
    },
    target: { kind: 'default-branch', ref: 'refs/heads/main', sha, ...odd.target },
    takenAt: '2026-11-22T10:00:00Z',
    facts: {
      ...nothingKnown(() => unknown('not-configured', 'The test does not say')),
      metadata: known(metadata(odd.metadata), 'github'),
      topics: nothing,
      properties: nothing,
      protection: nothing,
      codeownersErrors: nothing,
      vulnerabilityAlerts: nothing,
    },
    files: odd.files ?? {
      'catalog-info.yaml': text('kind: Component'),
      'config/logging.yaml': text('audit: {}'),
    },
    tree: nothing,
    entities: odd.entities ?? [entityOf('payments-api')],
    accounts: {},
    catalogue: odd.catalogue ?? {},
    templates: {},
  }
}

export const entityOf = (name: string, odd: Partial<EntityDocument> = {}): EntityDocument => ({
  path: 'catalog-info.yaml',
  document: 0,
  line: 1,
  judgement: 'valid',
  errors: [],
  hints: [],
  ref: `component:default/${name}`,
  kind: 'Component',
  name,
  annotations: {},
  targets: [],
  ...odd,
})

export const ownerFinding: Finding = {
  message:
    '"team-paymnts" is no team or user of acme. Expected a team or user that exists; the nearest is "payments".',
  location: { path: 'catalog-info.yaml', line: 12, column: 10 },
  next: 'Change line 12 to owner: payments',
}

export const loggingFinding: Finding = {
  message: 'retentionDays is 30, 365 is asked for.',
  location: { path: 'config/logging.yaml', line: 7 },
  next: 'Set audit.retentionDays to 365',
}

const titles: Record<string, string> = {
  'catalog-info-valid': 'Catalogue entry valid',
  'owner-exists': 'Owner exists',
  'entity-ref-free': 'Entity name free',
  'codeowners-valid': 'CODEOWNERS valid',
  'audit-logging': 'Audit logging',
  techdocs: 'TechDocs present',
  'default-branch-protected': 'Default branch protected',
}

export function controlOf(id: string, odd: Partial<ControlVerdict> = {}): ControlVerdict {
  const findings = odd.findings ?? []
  return {
    id,
    title: titles[id] ?? id,
    why: 'Somebody must be found when it breaks.',
    level: 'enforce',
    rule: { name: 'Every service has an accountable owner', path: 'golden-path.yml', line: 6 },
    status: 'pass',
    message: findings[0]?.message ?? 'It is as it should be.',
    findings,
    satisfies: {},
    ...odd,
  }
}

export const ownerFails = controlOf('owner-exists', { status: 'fail', findings: [ownerFinding] })
export const loggingAdvised = controlOf('audit-logging', {
  status: 'fail',
  level: 'advise',
  enforcedFrom: '2027-01-15',
  findings: [loggingFinding],
  satisfies: { 'pci-dss-4.0.1': ['10.2.1', '10.5.1'] },
})
export const techdocsWaived = controlOf('techdocs', {
  status: 'waived',
  waiver: {
    reason: 'Service is switched off in March',
    until: '2027-03-31',
    approvedBy: '@acme/platform',
    source: { path: 'golden-path/waivers.yml', line: 14 },
  },
})
export const protectionUnknown = controlOf('default-branch-protected', {
  status: 'unknown',
  message: 'The app may not read branch protection.',
})

export function verdictOf(controls: ControlVerdict[], odd: Partial<Verdict> = {}): Verdict {
  const shown = controls.filter(control => control.level !== 'observe')
  const enforced = shown.some(control => control.status === 'fail' && control.level === 'enforce')
  const lesser = shown.some(control => control.status === 'fail' || control.status === 'unknown')
  return {
    repositoryId: 42,
    sha,
    ref: 'refs/heads/main',
    policy: policyVersion,
    decidedAt: '2026-11-22T10:00:00Z',
    conclusion: enforced ? 'failure' : lesser ? 'neutral' : 'success',
    controls,
    ...odd,
  }
}

export const situation = (controls: ControlVerdict[], odd: Partial<PlanInput> = {}): PlanInput => ({
  verdict: verdictOf(controls),
  snapshot: snapshotOf(),
  published: [],
  backstage: { configured: true },
  policyUrl: `https://github.com/acme/.github/blob/${policyVersion}`,
  ...odd,
})

export const rowOf = (key: string, odd: Partial<Published> = {}): Published => ({
  key,
  kind: key === 'issue' ? 'issue' : key.startsWith('registration') ? 'registration' : 'check-run',
  state: 'done',
  externalId: '7',
  hash: 'an older one',
  detail: {},
  ...odd,
})
