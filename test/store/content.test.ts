import { expect, it } from 'vitest'
import { openStore } from '../../src/store/store.ts'
import { describeOnEachDatabase } from '../support/database.ts'

const hour = 3_600_000
const begin = Date.parse('2026-11-23T09:00:00Z')
const atMost = (limit: number) => (spent: readonly number[]) => (spent.length < limit ? 0 : 1)

describeOnEachDatabase('what was created at GitHub', database => {
  it('is remembered by installation for an hour, oldest first', async () => {
    const { content } = openStore(database())
    await content.spend(1, begin, () => 0)
    await content.spend(1, begin + 1_000, () => 0)
    await content.spend(2, begin + 2_000, () => 0)
    expect(await content.spend(1, begin + 3_000, () => 7)).toEqual({ wait: 7, spent: [begin, begin + 1_000] })
    expect((await content.spend(1, begin + hour, () => 7)).spent).toEqual([begin + 1_000])
    await content.spend(1, begin + 2 * hour, () => 0)
    const rows = await database().query('select from content_created where installation_id = 1')
    expect(rows).toHaveLength(1)
  })

  it('is nothing to wait for when the clock was a day ahead', async () => {
    const { content } = openStore(database())
    await content.spend(4, begin + 24 * hour, () => 0)
    expect((await content.spend(4, begin, atMost(1))).wait).toBe(0)
  })

  it('has one last place, however many ask for it at once', async () => {
    // As replicas do: nothing is shared but the database.
    const stores = Array.from({ length: 12 }, () => openStore(database()))
    const answers = await Promise.all(stores.map(({ content }) => content.spend(3, begin, atMost(5))))
    expect(answers.filter(({ wait }) => wait === 0)).toHaveLength(5)
  })
})
