import { Worker } from 'node:worker_threads'
import type { Rendering, RenderJob } from './skeleton-steps.ts'

export interface RenderLimits {
  /** Of one rendering: a skeleton of twenty files takes 0.2 s, the start of the thread among it. */
  milliseconds: number
  /** Of all of one look: 20 templates with five examples each take 20 s, a hundred that never end would take the day. */
  together: number
}

const usual: RenderLimits = { milliseconds: 10_000, together: 20_000 }

/** Beside the sandbox, which has its own. */
const mostMebibytes = 128

/** However many repositories are looked at: each takes a core and up to 200 MiB, and deliveries wait for the same cores. */
const mostThreads = 2
let free = mostThreads
const waiting: (() => void)[] = []

/**
 * Fills in the skeletons of one look, each in a thread that is ended when it takes too long: an interpreter can be asked to
 * stop between two steps, and a hostile template has steps that take hours. The service goes on answering meanwhile, and
 * other repositories' templates take turns with these. What it answers with never throws.
 */
export const skeletonRenderer = (
  limits: Partial<RenderLimits> = {},
): ((job: RenderJob) => Promise<Rendering>) => {
  const { milliseconds, together } = { ...usual, ...limits }
  let left = together
  return async job => {
    if (left <= 0) return leftOut(together)
    await turn()
    const began = performance.now()
    try {
      return await inThread(job, milliseconds)
    } finally {
      left -= performance.now() - began
      ;(waiting.shift() ?? (() => (free += 1)))()
    }
  }
}

const turn = async (): Promise<void> => {
  if (free === 0) return new Promise(resolve => waiting.push(resolve))
  free -= 1
}

/** Perhaps another template's doing, so that it is held against nobody. */
const leftOut = (together: number): Rendering => ({
  ok: false,
  own: false,
  why: `The templates of this repository take more than ${together / 1_000} s to render together, and the rest of them was left out`,
})

const inThread = async (job: RenderJob, milliseconds: number): Promise<Rendering> => {
  const worker = new Worker(new URL('./skeleton-worker.ts', import.meta.url), {
    // Nothing of the service's own is handed over: neither its environment nor its arguments.
    env: {},
    argv: [],
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: mostMebibytes, maxYoungGenerationSizeMb: 16 },
  })
  let timer: NodeJS.Timeout | undefined
  try {
    return await new Promise<Rendering>(resolve => {
      timer = setTimeout(
        () =>
          resolve({
            ok: false,
            own: true,
            why: `It takes more than ${milliseconds / 1_000} s, where a skeleton takes less than one`,
          }),
        milliseconds,
      )
      worker.once('message', resolve)
      worker.once('error', error => resolve(brokenBy(error)))
      worker.once('exit', () => resolve(brokenBy('the thread ended without an answer')))
      worker.postMessage(job)
    })
  } finally {
    clearTimeout(timer)
    await worker.terminate()
  }
}

/** Too much memory is the template's doing. Everything else, such as a package that is not installed, may be ours. */
const brokenBy = (error: unknown): Rendering => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ERR_WORKER_OUT_OF_MEMORY')
    return { ok: false, own: true, why: 'It takes more memory than any skeleton should' }
  const message = (error instanceof Error ? error.message : String(error)).slice(0, 200)
  return { ok: false, own: false, why: `The thread that renders it broke: ${message}` }
}
