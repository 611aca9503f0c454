import { createContext, Script } from 'node:vm'

export type Limited<T> = { ended: true; value: T } | { ended: false }

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
  const outer = sandbox.run
  let result: Limited<T> = { ended: false }
  sandbox.run = () => {
    result = { ended: true, value: run() }
  }
  try {
    script.runInContext(context, { timeout: milliseconds })
    return result
  } catch (error) {
    if (isTimeout(error)) return { ended: false }
    throw error
  } finally {
    sandbox.run = outer
  }
}

// No `instanceof`: the error is made in the context's own realm.
const isTimeout = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
