import { builtInPolicy } from '../src/policy/built-in.ts'
import { evaluate } from '../src/policy/evaluate.ts'
import { component, snapshotOf } from '../test/support/snapshot.ts'
import type { Measurement } from './main.ts'

/** Verdicts a second over a stored snapshot, against what reading the snapshot's JSON costs by itself. */
export async function benchVerdicts(): Promise<Omit<Measurement, 'ratio'>[]> {
  const snapshot = await snapshotOf({
    files: {
      'catalog-info.yaml': component('payments-api', 'payments'),
      '.github/CODEOWNERS': '* @acme/payments\n/docs/ @acme/platform\n',
      'mkdocs.yml': 'site_name: Payments\n',
      'docs/index.md': '# Payments\n',
    },
  })
  const stored = JSON.stringify(snapshot)
  const now = new Date('2026-11-22T12:00:00Z')
  const rounds = 5_000
  const persecond = (work: () => unknown): number => {
    for (let warm = 0; warm < rounds / 10; warm++) work()
    const start = performance.now()
    for (let round = 0; round < rounds; round++) work()
    return (rounds / (performance.now() - start)) * 1000
  }
  return [
    {
      name: 'verdicts of a stored snapshot',
      unit: 'verdicts/s',
      baseline: persecond(() => JSON.parse(stored)),
      value: persecond(() => evaluate(JSON.parse(stored), builtInPolicy, now)),
    },
  ]
}
