import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { builtInControls } from '../src/controls/index.ts'
import { openPolicyBook } from '../src/policy-book.ts'
import { known, type Snapshot } from '../src/snapshot/snapshot.ts'
import { openDatabase } from '../src/store/database.ts'
import { migrate } from '../src/store/migrate.ts'
import { openStore } from '../src/store/store.ts'
import { goodPolicies } from './policy/good-policies.ts'
import { mutantsOf } from './policy/mutants.ts'
import { repository } from './policy/situation.ts'
import { createPostgresDatabase } from './support/postgres.ts'

const options = { library: builtInControls, policyRepository: '.github' }
const everyone = { name: 'payments-api', ownerId: 2 }

/** The policy repository's default branch at a commit, the number of which is its time. */
const pushed = (commit: number, text: string): Snapshot => {
  const snapshot = repository({ name: '.github', files: { 'golden-path.yml': text } })
  return {
    ...snapshot,
    target: { ...snapshot.target, sha: commit.toString(16).padStart(40, '0') },
    takenAt: new Date(Date.UTC(2026, 10, 22) + commit * 1_000).toISOString(),
    tree: known([{ path: 'golden-path.yml', type: 'blob', mode: '100644' }], 'test'),
  }
}

describe('the policy book', { timeout: 60_000 }, () => {
  let postgres: Awaited<ReturnType<typeof createPostgresDatabase>>
  beforeAll(async () => {
    postgres = await createPostgresDatabase()
  })
  afterAll(() => postgres.drop())

  const opened = async <T>(
    use: (
      book: ReturnType<typeof openPolicyBook>,
      adopt: (snapshot: Snapshot) => Promise<boolean>,
    ) => Promise<T>,
  ): Promise<T> => {
    const database = await openDatabase({ url: postgres.url })
    try {
      await migrate(database)
      const book = openPolicyBook(openStore(database), options)
      return await use(book, snapshot =>
        database.transaction(tx => book.adopt(snapshot, new Date(snapshot.takenAt), tx)),
      )
    } finally {
      await database.close()
    }
  }

  const [good = ''] = goodPolicies
  const bad = mutantsOf([good], 30).map(({ text }) => text)

  it('keeps the last good policy, whatever is pushed after it and over a restart', async () => {
    const { inForce, last, refused } = await opened(async (book, adopt) => {
      let last = good
      let refused = 0
      await adopt(pushed(1, good))
      for (const [index, text] of bad.entries()) {
        const before = await book.inForce(everyone)
        if (await adopt(pushed(index + 2, text))) last = text
        else {
          refused++
          // Not half applied: the very same is in force.
          expect((await book.inForce(everyone))?.policy).toBe(before?.policy)
        }
      }
      await adopt(pushed(bad.length + 2, 'version: 1\nrules: enfroce\n'))
      return { inForce: await book.inForce(everyone), last, refused }
    })
    expect(refused).toBeGreaterThan(18)
    expect(inForce?.policy.rules.length).toBeGreaterThan(0)

    await opened(async book => {
      const again = await book.inForce(everyone)
      expect(again?.policy.version).toBe(inForce?.policy.version)
      expect([again?.policy.rules, again?.policy.waivers]).toEqual([
        inForce?.policy.rules,
        inForce?.policy.waivers,
      ])
      expect(last).toContain('version: 1')
    })
  })
})
