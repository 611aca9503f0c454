import { parseArgs } from 'node:util'
import { createKeeper } from './keeper.ts'
import { settledOutcomes, shortcomings } from './outcomes.ts'
import { startPages } from './pages.ts'
import { heading, line, step } from './progress.ts'
import { type Stage, startStage } from './stage.ts'
import { playStory } from './story.ts'
import { outcomeTable, totals } from './table.ts'

/** `npm run demo`: goes on running until Ctrl-C. `-- --once`: ends, with 1 when something expected was not seen. */

class Interrupted extends Error {
  exitCode: number
  constructor(message: string, exitCode: number) {
    super(message)
    this.exitCode = exitCode
  }
}

const { values } = parseArgs({ options: { once: { type: 'boolean', default: false } } })
const keeper = createKeeper()
let stage: Stage | undefined
const interruption = Promise.withResolvers<never>()
const interrupt = (reason: string, exitCode: number): void =>
  interruption.reject(new Interrupted(reason, exitCode))

for (const [signal, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)
  process.on(signal, () => interrupt(`${signal}: stopping.`, exitCode))
// `npm run demo | head`: nobody reads any more.
process.stdout.on('error', () => interrupt('The output was closed.', 141))
for (const event of ['uncaughtException', 'unhandledRejection'] as const)
  process.on(event, error => interruption.reject(error))

// A process that dies breaks its connections a moment before its end is told, and the end is the better sentence.
const afterAMoment = async (error: unknown): Promise<never> => {
  await new Promise(resolve => setTimeout(resolve, 500))
  throw error
}
process.exitCode = await Promise.race([play().catch(afterAMoment), interruption.promise]).catch(failed)
const problems = await keeper.stopAll()
for (const problem of problems) console.error(`Not stopped in order: ${problem}`)
process.exit(problems.length > 0 ? 1 : process.exitCode)

/** Resolves to the exit code. */
async function play(): Promise<number> {
  heading('Starting')
  stage = await startStage(keeper, sentence => interrupt(sentence, 1))
  const here = stage
  const first = await step('The app looks at every repository; what complies is registered', () =>
    settledOutcomes(here),
  )
  line(totals(first, await here.witness.requests()).split('\n')[0] ?? '')

  const notSeen = await playStory(here, keeper.signal)
  const outcomes = await settledOutcomes(here)
  heading(outcomeTable(outcomes))
  heading(totals(outcomes, await here.witness.requests()))
  notSeen.push(...outcomes.flatMap(shortcomings))
  if (notSeen.length > 0) {
    console.error(`\nNot seen, though expected:\n${notSeen.map(each => `  - ${each}`).join('\n')}`)
    tellLog()
  }
  if (!values.once) await stayOn(here)
  return notSeen.length > 0 ? 1 : 0
}

async function stayOn(here: Stage): Promise<void> {
  const pages = await keeper.keep(() => startPages(here))
  heading('To look at, until Ctrl-C')
  const catalogue = `${here.backstage.url}/api/catalog/entities`
  const places = [
    ['check runs and issues, as GitHub shows them', pages.url],
    ["GitHub's state, as JSON", `${here.github.url}/_emulator/state`],
    ['what the app asked of GitHub', `${here.github.url}/_emulator/requests`],
    ['the app', `${here.service.url}/readyz and ${here.service.url}/metrics`],
    ["Backstage's catalogue", `curl -H 'authorization: Bearer ${here.backstage.token}' ${catalogue}`],
    [
      'GitHub as Ada',
      `curl -H 'authorization: token ${here.github.userToken}' ${here.github.url}/api/v3/user`,
    ],
  ]
  for (const [what, where] of places) line(`${what}:\n    ${where}`)
  await new Promise<void>(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.removeAllListeners(signal)
      process.on(signal, () => resolve())
    }
  })
}

function failed(error: unknown): number {
  if (error instanceof Interrupted) {
    console.error(`\n${error.message}`)
    if (error.exitCode === 1) tellLog()
    return error.exitCode
  }
  // A plain Error of ours is a sentence for the person; anything else is a defect, and its stack says where.
  const isSentence = error instanceof Error && error.name === 'Error'
  console.error(isSentence ? `\n${error.message}` : error)
  if (isSentence && error.cause instanceof Error) console.error(error.cause.message)
  tellLog()
  return 1
}

/** Warnings and worse; the rest says that all goes well. */
function tellLog(): void {
  const grave = (stage?.service.log() ?? '')
    .split('\n')
    .filter(entry => !/^\{"level":[0-3]\d,/.test(entry) && entry !== '')
    .slice(-30)
  if (grave.length > 0) console.error(`\nThe app's log, warnings and worse:\n${grave.join('\n')}`)
}
