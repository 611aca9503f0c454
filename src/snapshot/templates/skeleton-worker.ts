import { parentPort } from 'node:worker_threads'
import { openSandbox } from './nunjucks-sandbox.ts'
import { type Rendering, type RenderJob, runSteps } from './skeleton-steps.ts'

/** The thread that renders: one job in, one answer out. Each job has a sandbox of its own. */
parentPort?.on('message', async (job: RenderJob) => {
  parentPort?.postMessage(await render(job))
})

const render = async (job: RenderJob): Promise<Rendering> => {
  const sandbox = await openSandbox()
  try {
    return runSteps(job, sandbox)
  } finally {
    sandbox.close()
  }
}
