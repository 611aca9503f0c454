import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { createKeeper } from './keeper.ts'
import { settledOutcomes } from './outcomes.ts'
import { startPages } from './pages.ts'
import { step } from './progress.ts'
import { startStage } from './stage.ts'

/**
 * `node demo/picture.ts`: makes docs/check-run.png anew, the check run of a repository of the demo as it renders. Needs
 * Chromium, and says so. `--page issue` and `--to FILE` take a picture of its issue, or elsewhere.
 */

const { values } = parseArgs({
  options: {
    repository: { type: 'string', default: 'recommendations' },
    page: { type: 'string', default: 'check' },
    to: { type: 'string', default: fileURLToPath(new URL('../docs/check-run.png', import.meta.url)) },
  },
})
const width = 1000
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--hide-scrollbars',
]
const candidates = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  process.env.CHROMIUM,
]
const chromium = candidates.find(path => path !== undefined && existsSync(path))
const run = promisify(execFile)

if (chromium) await takePicture(chromium)
else
  console.log(
    'No picture: Chromium is not installed. Set CHROMIUM to where it is, or install it, for example with apt.',
  )

async function takePicture(browser: string): Promise<void> {
  const keeper = createKeeper()
  const profile = await mkdtemp(join(tmpdir(), 'golden-path-picture-'))
  const browse = (...options: string[]) =>
    run(browser, [...flags, `--user-data-dir=${profile}`, ...options], { timeout: 60_000 })
  try {
    const stage = await startStage(keeper, () => {})
    await step('The app looks at every repository', () => settledOutcomes(stage))
    const pages = await keeper.keep(() => startPages(stage))
    const url = `${pages.url}/${values.repository}?only=${values.page}`
    await step(values.to, async () => {
      const { stdout } = await browse(`--window-size=${width},400`, '--dump-dom', `${url}&measure=1`)
      const height = Number(/data-height="(\d+)"/.exec(stdout)?.[1] ?? 900)
      await browse(`--window-size=${width},${height}`, `--screenshot=${values.to}`, url)
    })
  } finally {
    await keeper.stopAll()
    await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
}
