import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPostgresDatabase } from '../support/postgres.ts'
import { play } from './play.ts'
import { openSequenceWorld } from './sequence-world.ts'
import { sequences } from './steps.ts'
import { emptyTally } from './tally.ts'

/**
 * Whatever people do, in whatever order, and wherever the process dies: one open issue and one open pull request of ours at most,
 * no commit of a person lost or written over, no comment without a change, one answer a command.
 *
 * As many sequences as fit into the time; `SEQUENCES=2000` plays that many, however long it takes. `SEED=…` repeats a run, and
 * `SHRINK=1` looks for the shortest sequence that fails.
 */
const wanted = Number(process.env.SEQUENCES ?? 0)
const mostSequences = wanted || 2_000
const secondsEach = wanted ? Number.POSITIVE_INFINITY : 12
/** Also where something else keeps the machine busy: 0.3 s of a processor each. */
const fewest = 15
const fixed = 20261122
const random = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))

const onPostgres = async () => {
  const { url, drop } = await createPostgresDatabase()
  const world = await openSequenceWorld(url)
  return { world, stop: () => world.stop().then(drop) }
}
const onPglite = async () => {
  const world = await openSequenceWorld()
  return { world, stop: () => world.stop() }
}

describe('sequences of what can happen to a repository', { timeout: 7_200_000 }, () => {
  it.each([
    { seed: fixed, name: 'the fixed seed', open: onPostgres },
    { seed: random, name: `the random seed ${random}, on PGlite`, open: onPglite },
  ])('break no promise, with $name', async ({ seed, open }) => {
    const { world, stop } = await open()
    const tally = { sequences: 0, ...emptyTally() }
    const until = performance.now() + secondsEach * 1000
    const run = await fc.check(
      fc.asyncProperty(sequences, async given => {
        if (performance.now() > until && tally.sequences >= fewest) return
        const wrong = await play(world, given, tally)
        tally.sequences += 1
        if (wrong.length > 0) throw new Error(wrong.join('\n'))
      }),
      { numRuns: mostSequences, seed, endOnFailure: process.env.SHRINK === undefined },
    )
    await stop()
    console.log(`seed ${seed}: ${JSON.stringify(tally)}`)
    if (run.failed) throw new Error(`${fc.defaultReportMessage(run)}\n${run.errorInstance}`)
    // Promises about nothing are easily kept.
    if (seed === fixed)
      expect(Math.min(tally.issues, tally.pulls, tally.mishaps, tally.told)).toBeGreaterThan(0)
    if (wanted) expect(tally.sequences).toBe(wanted)
  })
})
