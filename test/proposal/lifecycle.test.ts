import { describe, expect, it } from 'vitest'
import type { RepositoryFacts } from '../../src/snapshot/snapshot.ts'
import { metadata } from '../support/facts.ts'
import { answer, proposed } from './repository.ts'

const release = (tag: string) => ({ exists: true as const, tag, notes: '', assets: [] })
const open = 'left: production, experimental, deprecated'

const table: [
  what: string,
  lifecycle: string,
  told: { name?: string; files?: Record<string, string>; facts?: object },
][] = [
  ['nothing told', open, {}],
  [
    'called deprecated',
    'deprecated',
    { facts: { metadata: metadata({ description: 'DEPRECATED: use payments-v2' }) } },
  ],
  ['a topic that says so', 'deprecated', { facts: { topics: ['deprecated'] } }],
  [
    'a README that says so',
    'deprecated',
    { files: { 'README.md': '# Old\n\n> **This project is no longer maintained.**\n' } },
  ],
  [
    'a README that speaks of a deprecated option',
    open,
    { files: { 'README.md': `# Shop\n\n${'Text. '.repeat(150)}\n\nThe option x is deprecated.` } },
  ],
  [
    'a proof of concept',
    'experimental',
    { facts: { metadata: metadata({ description: 'Proof of concept for payments' }) } },
  ],
  ['a name that says so', 'experimental', { name: 'payments-poc' }],
  [
    'an environment called production',
    'production',
    {
      facts: {
        environments: [
          { name: 'production', requiredReviewers: 0, preventsSelfReview: false, branches: 'all' },
        ],
      },
    },
  ],
  ['a release past 1.0', 'production', { facts: { latestRelease: release('v2.0.0') } }],
  ['a later release', 'production', { facts: { latestRelease: release('v2.3.1') } }],
  [
    'a release below 1',
    open.replace('production, experimental', 'experimental, production'),
    { facts: { latestRelease: release('v0.3.1') } },
  ],
  [
    'a workflow that deploys to production',
    'production',
    {
      files: {
        '.github/workflows/ci.yml':
          'on: push\njobs:\n  deploy-prod:\n    runs-on: x\n    steps:\n      - run: kubectl apply -f k8s\n',
      },
    },
  ],
  [
    'a workflow that tests',
    open,
    {
      files: {
        '.github/workflows/ci.yml':
          'on: push\njobs:\n  test:\n    runs-on: x\n    steps:\n      - run: npm test\n',
      },
    },
  ],
  ['values for production', 'production', { files: { 'deploy/values-prod.yaml': '' } }],
  [
    'old and still worked on, with a version',
    'production',
    {
      files: { 'package.json': '{"version":"3.2.1","main":"x"}' },
      facts: { metadata: metadata({ createdAt: '2020-01-01T00:00:00Z', pushedAt: '2026-11-01T00:00:00Z' }) },
    },
  ],
]

describe('lifecycle', () => {
  it.each(table)('%s: %s', async (_, lifecycle, { name = 'payments', files = {}, facts = {} }) => {
    const proposal = await proposed({
      name,
      files: { 'go.mod': 'module x', ...files },
      facts: facts as { [Name in keyof RepositoryFacts]?: RepositoryFacts[Name] },
    })
    expect(answer(proposal, 'spec.lifecycle')).toBe(lifecycle)
  })
})
