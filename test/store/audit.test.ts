import { expect, it } from 'vitest'
import { openStore } from '../../src/store/store.ts'
import { describeOnEachDatabase } from '../support/database.ts'

describeOnEachDatabase('the audit', database => {
  it('tells what happened to one repository since a time, newest first', async () => {
    const { audit } = openStore(database())
    const entry = (repositoryId: number, what: string, at: string, comment: number) => ({
      repositoryId,
      what,
      at: `2026-11-22T${at}:00.000Z`,
      detail: { comment },
    })
    await audit.append([
      entry(1, 'commanded', '08:59', 1),
      entry(1, 'commanded', '09:00', 2),
      entry(2, 'commanded', '09:10', 3),
      entry(1, 'judged', '09:20', 4),
      entry(1, 'commanded', '09:30', 5),
    ])
    expect(await audit.since(1, 'commanded', '2026-11-22T09:00:00.000Z')).toEqual([
      { comment: 5 },
      { comment: 2 },
    ])
    expect(await audit.since(3, 'commanded', '2026-11-22T09:00:00.000Z')).toEqual([])
  })
})
