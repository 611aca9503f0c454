import { startPostgres } from '../postgres.ts'
import { startBackend } from './backend.ts'
import type { BackstageSettings, FromServer } from './messages.ts'

/**
 * The process that start.ts starts: a Backstage leaves timers and sockets behind, so it ends by ending its process. It
 * lives as long as the channel to its parent: a parent that is killed takes Backstage and PostgreSQL with it.
 */

const stops: (() => Promise<void>)[] = []
let ending: Promise<never> | undefined
/** A PostgreSQL that is only just starting would outlive us. */
let postgresStarts: Promise<unknown> = Promise.resolve()

const tell = (message: FromServer): void => {
  if (process.connected) process.send?.(message)
}

/** In the order opposite to starting: a Backstage without its database logs a rejection for every query. */
async function end(exitCode: number): Promise<never> {
  await withinSeconds(10, postgresStarts)
  for (const stop of stops.reverse()) await withinSeconds(10, stop()).catch(() => {})
  process.exit(exitCode)
}

const endOnce = (exitCode: number): Promise<never> => {
  ending ??= end(exitCode)
  return ending
}

const withinSeconds = (seconds: number, work: Promise<unknown>): Promise<unknown> =>
  Promise.race([work, new Promise(resolve => setTimeout(resolve, seconds * 1000))])

process.on('disconnect', () => void endOnce(0))
process.on('SIGTERM', () => void endOnce(0))
process.on('unhandledRejection', error => {
  // Backstage drops promises while it stops.
  if (!ending) process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
})

process.once('message', async (settings: BackstageSettings) => {
  try {
    const { postgres } = settings
    let database: URL
    if ('url' in postgres) {
      database = new URL(postgres.url)
    } else {
      const starting = startPostgres(postgres.directory)
      postgresStarts = starting.then(
        started => stops.push(started.stop),
        () => {},
      )
      const server = await starting
      tell({ postgresPid: server.pid })
      database = server.url
    }
    if (ending) return
    const backend = await startBackend(settings, database)
    stops.push(backend.stop)
    if (!ending) tell({ ready: true, url: backend.url })
  } catch (error) {
    tell({ failed: error instanceof Error ? error.message : String(error) })
    await endOnce(1)
  }
})
