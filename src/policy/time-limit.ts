import { createContext, Script } from 'node:vm'

export type Limited<T> =
  | { ended: true; value: T }
  /** `used`: milliseconds of processor time that it had, less than wall time where others had the processor too. */
  | { ended: false; used: number }

// The one import of Node's own in this room: JavaScript can't interrupt itself, V8's watchdog can. The context
// is no sandbox (what runs is our own code over hostile data); it is only the way to that watchdog.
const sandbox: { run?: () => void } = {}
const context = createContext(sandbox)
const script = new Script('run()')

/**
 * Runs `run` and cuts it off after `milliseconds` of wall time. What `run` throws is thrown on.
 * Costs about 0.2 ms a call for the watchdog's thread: wrap a repository's evaluation, not each expression.
 * What was cut off may have left its own data half changed: throw that data away.
 */
export const withTimeLimit = <T>(milliseconds: number, run: () => T): Limited<T> => {
  if (isWatched) return { ended: true, value: run() }
  const outer = sandbox.run
  const before = processorTime()
  let result: Limited<T> | undefined
  sandbox.run = () => {
    result = { ended: true, value: run() }
  }
  try {
    script.runInContext(context, { timeout: milliseconds })
  } catch (error) {
    if (!isTimeout(error)) throw error
  } finally {
    sandbox.run = outer
  }
  return result ?? { ended: false, used: processorTime() - before }
}

// Of this thread alone; Node 22 only knows that of all of them.
const processorTime = (): number => {
  const { user, system } = (process.threadCpuUsage ?? process.cpuUsage)()
  return (user + system) / 1_000
}

// No `instanceof`: the error is made in the context's own realm.
const isTimeout = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'

let isWatched = false

/**
 * One watchdog for many calls of `withTimeLimit`, which start none of their own meanwhile. When it bites, nothing of what
 * `run` made is to be used: call it again without, so that each is limited by itself.
 */
export const underOneLimit = <T>(milliseconds: number, run: () => T): Limited<T> => {
  // No `finally` of what was cut off is run.
  const stackTraceLimit = Error.stackTraceLimit
  try {
    return withTimeLimit(milliseconds, () => {
      isWatched = true
      return run()
    })
  } finally {
    isWatched = false
    Error.stackTraceLimit = stackTraceLimit
  }
}
