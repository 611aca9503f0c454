import { describe, expect, it } from 'vitest'
import { codeownersValid } from '../../../src/controls/codeowners-valid.ts'
import { bounded } from '../../../src/controls/support/bounded.ts'
import { checked, snapshotOf } from '../../support/snapshot.ts'

const findings = (count: number) =>
  Array.from({ length: count }, (_, line) => ({ message: `${line}`, location: { path: 'a', line } }))

describe('findings of a file that is broken everywhere', () => {
  it('are all told up to a hundred', () => {
    expect(bounded(findings(100))).toEqual(findings(100))
    expect(bounded([])).toEqual([])
  })

  it('end with how many more there are, and where they begin', () => {
    expect(bounded(findings(10_000))).toHaveLength(100)
    expect(bounded(findings(10_000)).at(-1)).toEqual({
      message: '9,901 more findings like these follow from here on.',
      location: { path: 'a', line: 99 },
      next: 'Fix those above first',
    })
  })

  it('as of 10,000 CODEOWNERS lines', async () => {
    const snapshot = await snapshotOf({ files: { CODEOWNERS: '* payments\n'.repeat(10_000) } })
    const outcome = checked(codeownersValid, snapshot)
    expect(outcome.status === 'fail' && outcome.findings).toHaveLength(100)
  })
})
