import type { Reads } from '../src/controls/control.ts'
import { exactPaths } from '../src/snapshot/missing.ts'
import { absentFile, type Snapshot } from '../src/snapshot/snapshot.ts'
import type { Store } from '../src/store/store.ts'
import { component, snapshotOf } from '../test/support/snapshot.ts'

/**
 * An organisation as it lies in the store: no two repositories alike, 8 to 11 KB each. How they log is what their skeletons had
 * (12 texts); all else is their own.
 */

export const ownerId = 10
const installationId = 100
const teams = ['payments', 'search', 'platform', 'shop', 'data', 'mobile', 'identity', 'ops']
const languages = ['Go', 'TypeScript', 'Java', 'Python']

/** One of each shape, judged as Backstage would; the others are told apart by name, owner, commit and texts. */
export async function shapes(plan: Reads): Promise<string[]> {
  const made: string[] = []
  for (let shape = 0; shape < 64; shape++) {
    const team = teams[shape % teams.length] ?? ''
    const snapshot = await snapshotOf({
      repository: {
        id: 987654321,
        nodeId: 'R_987654321',
        name: 'service-987654321',
        ownerId,
        installationId,
      },
      files: {
        'catalog-info.yaml': component(
          'service-987654321',
          shape % 7 === 0 ? 'nobody' : team,
          `  description: Does what service 987654321 is for\n  annotations:\n    github.com/project-slug: acme/service-987654321\n    backstage.io/techdocs-ref: dir:.`,
        ),
        ...(shape % 5 === 0
          ? {}
          : {
              '.github/CODEOWNERS': [
                `* @acme/${team}`,
                ...Array.from({ length: 4 + (shape % 9) }, (_, at) => `/src/part-${at}/ @acme/${team}`),
              ].join('\n'),
            }),
        'mkdocs.yml': 'site_name: Service 987654321\nplugins:\n  - techdocs-core\n',
        'docs/index.md': '# Service 987654321\n\nWhat it does and whom to ask.\n',
        'README.md': `# service-987654321\n\n${'It does one thing, and does it well. '.repeat(4)}\n`,
        '.github/workflows/ci.yml': workflow(shape),
        'config/logging.yaml': `audit:\n  enabled: ${shape % 6 !== 0}\n  retentionDays: ${shape % 4 === 0 ? 30 : 400}\nsinks:\n  - { name: stdout, level: info }\n`,
        'config/service.yaml': `name: service-987654321\nreplicas: ${1 + (shape % 5)}\nprobes: { live: /healthz, ready: /readyz }\n`,
      },
      facts: {
        metadata: {
          visibility: shape % 3 === 0 ? 'private' : 'internal',
          isArchived: shape % 31 === 0,
          isFork: false,
          isTemplate: false,
          isEmpty: false,
          hasIssuesEnabled: true,
          description: 'Service 987654321',
          defaultBranch: 'main',
          primaryLanguage: languages[shape % 4] ?? 'Go',
          licence: shape % 3 === 0 ? 'MIT' : '',
          createdAt: '2024-01-01T00:00:00Z',
          pushedAt: '2026-11-20T00:00:00Z',
        },
        topics: [...(shape % 8 < 5 ? ['service'] : []), ...(shape % 8 === 0 ? ['pci'] : [])],
        properties: { tier: String(1 + (shape % 3)) },
        protection: {
          requiresPullRequest: shape % 9 !== 0,
          requiredApprovals: shape % 3,
          requiresCodeOwnerReview: shape % 2 === 0,
          blocksForcePush: true,
          blocksDeletion: true,
          requiredChecks: [{ context: 'build' }],
          dismissesStaleReviews: true,
          requiresLastPushApproval: false,
          sources: ['branch protection of main'],
        },
        codeownersErrors: [],
        vulnerabilityAlerts:
          shape % 10 === 0
            ? [{ number: 7, severity: 'high', package: 'left-pad', createdAt: '2026-05-01T00:00:00Z' }]
            : [],
        dismissedAlerts: [],
        languages: { [languages[shape % 4] ?? 'Go']: 120_000, Shell: 900 },
      },
      accounts: Object.fromEntries(
        [`@acme/${team}`, `group:default/${team}`].map(name => [
          name,
          { known: true, source: 'directory', value: { exists: true, as: `team @acme/${team}` } },
        ]),
      ),
      tree: [
        'catalog-info.yaml',
        'README.md',
        'mkdocs.yml',
        'docs/index.md',
        '.github/workflows/ci.yml',
        'config/logging.yaml',
        'config/service.yaml',
        ...Array.from({ length: shape % 12 }, (_, at) => `src/part-${at % 8}/file-${at}.ts`),
      ],
    })
    for (const path of exactPaths(plan)) snapshot.files[path] ??= absentFile('bench')
    made.push(JSON.stringify(snapshot))
  }
  return made
}

const workflow = (shape: number): string =>
  [
    'name: CI for service-987654321',
    'on: [push, pull_request]',
    ...(shape % 4 === 0 ? [] : ['permissions:', '  contents: read']),
    'jobs:',
    '  build:',
    '    runs-on: ubuntu-latest',
    '    steps:',
    `      - uses: actions/checkout@${shape % 3 === 0 ? 'v4' : 'a'.repeat(40)}`,
    '      - run: make test',
    '',
  ].join('\n')

export async function fillStore(store: Store, repositories: number, plan: Reads): Promise<void> {
  const texts = await shapes(plan)
  const snapshots = Array.from({ length: repositories }, (_, index): Snapshot => {
    const id = 1000 + index
    return JSON.parse((texts[index % texts.length] ?? '').replaceAll('987654321', String(id)))
  })
  await store.repositories.upsert(
    snapshots.map(({ repository: { id, nodeId, name, owner } }) => ({
      id,
      nodeId,
      name,
      owner,
      ownerId,
      installationId,
      defaultBranch: 'main',
    })),
  )
  await store.database.transaction(async tx => {
    for (const snapshot of snapshots) await store.snapshots.put(snapshot, tx)
  })
}
