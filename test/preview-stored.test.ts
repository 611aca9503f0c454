import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { builtInControls } from '../src/controls/index.ts'
import { parsePolicy } from '../src/policy/parse.ts'
import type { Policy } from '../src/policy/policy.ts'
import { previewStored } from '../src/preview-stored.ts'
import type { Snapshot } from '../src/snapshot/snapshot.ts'
import { component, snapshotOf } from './support/snapshot.ts'

const now = new Date('2026-11-22T12:00:00Z')

const controls = [
  'catalog-info-valid',
  'codeowners-valid',
  'readme-present',
  'techdocs',
  'threat-model',
  'kept',
]

const level = fc.constantFrom(
  'observe',
  'advise',
  'enforce',
  '{ level: enforce, from: 2027-01-15 }',
  '{ level: enforce, rollout: 40% }',
  undefined,
)

/** A policy over few controls, so that two of them differ in some and agree in others. */
const policies = fc
  .record({
    levels: fc.tuple(level, level, level, level, level, level),
    pci: level,
    replicas: fc.integer({ min: 1, max: 3 }),
    waived: fc.option(fc.constantFrom(...controls)),
  })
  .map(({ levels, pci, replicas, waived }): Policy => {
    const asked = levels.flatMap((each, at) => (each ? `      ${controls[at]}: ${each}` : []))
    const text = [
      'version: 1',
      'rules:',
      '  - name: Everybody',
      '    require:',
      '      owner-exists: observe',
      ...asked,
      ...(pci
        ? ['  - name: PCI', '    for: { topics: pci }', '    require:', `      readme-present: ${pci}`]
        : []),
      'controls:',
      '  kept:',
      '    title: It is kept',
      '    why: Somebody asks.',
      `    require: [{ file: service.yaml, where: doc.replicas >= ${replicas}, message: More. }]`,
      ...(waived
        ? [
            'waivers:',
            `  - { repository: "*-1", control: ${waived}, until: 2027-02-01, reason: Later, approved-by: "@acme/a" }`,
          ]
        : []),
      '',
    ].join('\n')
    const parsed = parsePolicy([{ path: 'golden-path.yml', text }], {
      version: '1',
      library: builtInControls,
    })
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
    return parsed.policy
  })

/** Repositories of every mixture of what the controls look at. */
const organisation = async (): Promise<Snapshot[]> =>
  Promise.all(
    Array.from({ length: 48 }, (_, at) =>
      snapshotOf({
        repository: { id: at + 1, name: `service-${at % 3}-${at % 2}` },
        facts: {
          topics: at % 2 === 0 ? ['pci'] : [],
          metadata: {
            visibility: 'internal',
            isArchived: at === 7,
            isFork: at === 8,
            isTemplate: false,
            isEmpty: false,
            hasIssuesEnabled: at !== 9,
            description: '',
          },
        },
        files: {
          ...(at % 3 === 0 ? {} : { 'catalog-info.yaml': component(`service-${at}`) }),
          ...(at % 4 === 0 ? {} : { 'README.md': '# Here\n' }),
          ...(at % 5 === 0 ? {} : { 'service.yaml': `replicas: ${at % 4}\n` }),
          ...(at % 6 === 0
            ? { '.github/golden-path.yml': 'version: 1\nrequire: { techdocs: enforce }\n' }
            : {}),
        },
      }),
    ),
  )

describe('the sum of a preview', () => {
  it('is the same whether each verdict is whole, or holds only what the change may touch', async () => {
    const snapshots = await organisation()
    async function* pages() {
      yield snapshots
    }
    let changes = 0
    await fc.assert(
      fc.asyncProperty(policies, policies, async (before, after) => {
        const request = {
          subjectOf: (snapshot: Snapshot) => ({
            before: { snapshot, policy: before },
            after: { snapshot, policy: after },
          }),
          after,
          now,
        }
        const whole = await previewStored(pages(), snapshots.length, { ...request, onChange: () => {} })
        expect(await previewStored(pages(), snapshots.length, request)).toEqual(whole)
        changes += whole.changed
      }),
      { numRuns: 60 },
    )
    expect(changes).toBeGreaterThan(100)
  })
})
