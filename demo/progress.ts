/** Lines for the person who watches. What is told was seen; nothing here decides anything. */

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

/** `An emulated GitHub … 0.3 s`: the line stands before the work is done, so that a slow one is known by name. */
export async function step<T>(what: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now()
  process.stdout.write(`  ${`${what} `.padEnd(72, '.')} `)
  try {
    const result = await work()
    say(`${secondsSince(started)} s`)
    return result
  } catch (error) {
    say('failed')
    throw error
  }
}

export const heading = (text: string): void => say(`\n${text}`)
export const line = (text: string): void => say(text === '' ? '' : `  ${text}`)
/** What somebody does, and below it what came of it. */
export const did = (text: string): void => say(`    ${text}`)
export const saw = (text: string): void => say(`      -> ${text}`)
export const missed = (text: string): void => say(`      -> NOT SEEN: ${text}`)

export const secondsSince = (started: number): string => ((performance.now() - started) / 1000).toFixed(1)
