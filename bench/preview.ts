import { builtInControls } from '../src/controls/index.ts'
import { renderPreview } from '../src/effects/preview/render-preview.ts'
import { parsePolicy } from '../src/policy/parse.ts'
import type { Policy } from '../src/policy/policy.ts'
import { policyReads } from '../src/policy/reads.ts'
import { previewStored, storedPages } from '../src/preview-stored.ts'
import type { Database } from '../src/store/database.ts'
import { openDatabase } from '../src/store/database.ts'
import { migrate } from '../src/store/migrate.ts'
import { openStore } from '../src/store/store.ts'
import type { Measurement } from './main.ts'
import { fillStore, ownerId } from './organisation.ts'

const repositories = 10_000
const controls = 25
const now = new Date('2026-11-22T12:00:00Z')

/** A preview of a policy's change over an organisation, against reading the same snapshots and doing nothing with them. */
export async function benchPreview(): Promise<Omit<Measurement, 'ratio'>[]> {
  const database = await openDatabase({})
  await migrate(database)
  try {
    const { read, preview } = await preparePreview(database)
    return [
      {
        name: 'preview of 10,000 repositories',
        unit: 's',
        baseline: await seconds(read),
        value: await seconds(preview),
      },
    ]
  } finally {
    await database.close()
  }
}

/** Fills the database, and answers with the two things to be measured. */
export async function preparePreview(
  database: Database,
): Promise<Record<'read' | 'preview', () => Promise<unknown>>> {
  const store = openStore(database)
  const before = policyOf('1', 'advise')
  const after = policyOf('2', 'enforce')
  await fillStore(store, repositories, policyReads(after))
  const ids = await store.repositories.idsOf(ownerId)
  return {
    read: async () => {
      for await (const _ of storedPages(store, ids));
    },
    preview: async () => {
      const preview = await previewStored(storedPages(store, ids), ids.length, {
        subjectOf: snapshot => ({ before: { snapshot, policy: before }, after: { snapshot, policy: after } }),
        after,
        now,
      })
      return renderPreview(preview, { policy: after, now })
    },
  }
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}

function policyOf(version: string, level: string): Policy {
  const library = [...builtInControls.values()].filter(control => !control.heuristic).slice(0, controls - 3)
  const text = [
    'version: 1',
    'rules:',
    '  - name: What every repository keeps to',
    '    require:',
    ...library.map(({ id }, at) => `      ${id}: ${at % 3 === 0 ? level : 'advise'}`),
    '  - name: Services',
    '    for: { topics: [service], not: { names: ["sandbox-*"] } }',
    '    require:',
    `      audit-logging: { level: enforce, from: 2027-01-15 }`,
    `      replicated: ${level}`,
    `      probed: ${level}`,
    'controls:',
    ...own(
      'audit-logging',
      'config/logging.{yaml,yml}',
      'doc.audit.enabled == true && doc.audit.retentionDays >= 365',
    ),
    ...own('replicated', 'config/service.yaml', 'doc.replicas >= 2'),
    ...own('probed', 'config/service.yaml', 'has(doc.probes) && has(doc.probes.live)'),
    'waivers:',
    '  - { repository: "service-10*", control: replicated, until: 2027-03-31, reason: Few users, approved-by: "@acme/platform" }',
    '',
  ].join('\n')
  const files = [{ path: 'golden-path.yml', text }]
  const parsed = parsePolicy(files, { version, library: builtInControls })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.policy
}

const own = (id: string, file: string, where: string): string[] => [
  `  ${id}:`,
  `    title: ${id}`,
  '    why: A bench asks for it.',
  '    require:',
  `      - { file: "${file}", where: "${where}", message: Do it. }`,
]
