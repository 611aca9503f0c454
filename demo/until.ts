import { setTimeout as wait } from 'node:timers/promises'

/** What the demo waited for and did not see. */
export class NotSeen extends Error {}

/** Asks again until the answer is truthy. */
export async function until<T>(what: string, ask: () => Promise<T>, seconds = 30): Promise<NonNullable<T>> {
  const end = Date.now() + seconds * 1000
  for (;;) {
    const answer = await ask()
    if (answer) return answer
    if (Date.now() > end) throw new NotSeen(`${what} (waited ${seconds} s)`)
    await wait(100)
  }
}
