import { z } from 'zod'
import { type OrganisationSeed, type StartOptions, startGitHub } from '../../demo/github/start.ts'
import { observer, person } from './person.ts'
import { freePort, type Service, startService, temporaryDirectory, until } from './service.ts'

export interface StageOptions extends Omit<StartOptions, 'org' | 'webhook' | 'port'> {
  /** PostgreSQL instead of PGlite. */
  databaseUrl?: string
  /** For the service. */
  env?: Record<string, string>
  /** The service is not started: the test does it. */
  without?: 'service'
}

/** An emulated GitHub, an organisation `acme` on it and the service in a process of its own, on PGlite. */
export async function openStage(org: Omit<OrganisationSeed, 'login'>, options: StageOptions = {}) {
  const { env = {}, without, databaseUrl, ...atGitHub } = options
  const port = await freePort()
  const data = await temporaryDirectory()
  const github = await startGitHub({
    webhook: `http://127.0.0.1:${port}/api/github/webhooks`,
    ...atGitHub,
    org: { login: 'acme', ...org },
  })
  const start = (more: Record<string, string> = {}): Promise<Service> =>
    startService({ github, port, dataDirectory: data.path, databaseUrl, env: { ...env, ...more } })
  const somebody = person(github)
  const seen = observer(github.url)
  const stage = {
    github,
    port,
    dataDirectory: data.path,
    somebody,
    seen,
    service: undefined as Service | undefined,
    start: async (more: Record<string, string> = {}): Promise<Service> => {
      stage.service = await start(more)
      return stage.service
    },
    output: () => stage.service?.output() ?? '',
    close: async () => {
      const code = stage.service ? await stage.service.stop() : 0
      await github.stop()
      await data.remove()
      if (code !== 0 && stage.service?.process.signalCode !== 'SIGKILL')
        throw new Error(`The service ended with ${code}:\n${stage.output().slice(-3000)}`)
    },
    /** Until every delivery is answered and no job waits, and nothing that we did has woken us once more. */
    settled: async (): Promise<void> => {
      let before: number
      do {
        before = github.deliveries.all().length
        await github.deliveries.settled()
        await stage.service?.idle()
      } while (before !== github.deliveries.all().length)
    },
    /** What GitHub was asked from before `act` until all is settled. */
    cost: async (act: () => Promise<unknown>): Promise<{ read: number; write: number }> => {
      await stage.settled()
      await seen.resetRequests()
      await act()
      await stage.settled()
      const { read, write } = await seen.requests()
      return { read, write }
    },
    checks: async (repository: string, sha: string) =>
      (await seen.repository(repository)).checkRuns.filter(
        run => run.headSha === sha && run.name === 'Golden Path',
      ),
    /** The one completed check run on a commit, once it says so. Fails when there is a second one. */
    check: (repository: string, sha: string, conclusion?: 'success' | 'neutral' | 'failure') =>
      until(
        async () => {
          const runs = await stage.checks(repository, sha)
          if (runs.length > 1)
            throw new Error(`${repository} has ${runs.length} check runs on ${sha}: ${JSON.stringify(runs)}`)
          return runs.find(
            run => run.status === 'completed' && (!conclusion || run.conclusion === conclusion),
          )
        },
        `a ${conclusion ?? 'completed'} check run on ${repository} at ${sha}`,
        20_000,
        stage.output,
      ),
    /** The same at the head of the default branch, whatever it is by then. */
    headCheck: async (repository: string, conclusion?: 'success' | 'neutral' | 'failure') =>
      stage.check(repository, await somebody.head(repository), conclusion),
    /** What a person reads on the page of the check run. */
    page: async (repository: string, sha: string, name = 'Golden Path') => {
      const { check_runs } = pageShape.parse(
        await somebody.ask('GET', `/repos/acme/${repository}/commits/${sha}/check-runs`),
      )
      const [run, second] = check_runs.filter(each => each.name === name)
      if (!run || second)
        throw new Error(
          `${repository} has ${check_runs.length} check runs on ${sha}: one "${name}" was expected`,
        )
      return { id: run.id, conclusion: run.conclusion, ...run.output }
    },
    annotations: async (repository: string, checkRun: number) => {
      const all: z.infer<typeof annotationsShape> = []
      for (let page = 1; ; page++) {
        const rows = annotationsShape.parse(
          await somebody.ask(
            'GET',
            `/repos/acme/${repository}/check-runs/${checkRun}/annotations?per_page=100&page=${page}`,
          ),
        )
        all.push(...rows)
        if (rows.length < 100) return all
      }
    },
    issues: async (repository: string) => (await seen.repository(repository)).issues,
    metrics: async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text(),
    dead: async () => Number(/^golden_path_jobs\{state="dead"\} (\d+)/m.exec(await stage.metrics())?.[1]),
    fault: (fault: Record<string, unknown>) => seen.control('POST', 'faults', fault),
    limit: (limits: Record<string, unknown>) => seen.control('POST', 'limits', limits),
    /** GitHub behaves again. */
    calm: async () => {
      await seen.control('DELETE', 'faults')
      await seen.control('DELETE', 'limits')
    },
  }
  if (!without)
    await stage.start().catch(async error => {
      await stage.close()
      throw error
    })
  return stage
}

export type Stage = Awaited<ReturnType<typeof openStage>>

const pageShape = z.object({
  check_runs: z.array(
    z.object({
      id: z.number(),
      name: z.string(),
      conclusion: z.string().nullable(),
      output: z.object({ title: z.string().nullable(), summary: z.string(), text: z.string().nullish() }),
    }),
  ),
})

const annotationsShape = z.array(
  z.object({ path: z.string(), start_line: z.number(), annotation_level: z.string(), message: z.string() }),
)

/** Rules of one policy, each on its line as `control: level`. */
export const policyOf = (...requirements: string[]): string =>
  [
    'version: 1',
    'rules:',
    '  - name: What every repository keeps to',
    '    require:',
    ...requirements.map(each => `      ${each}`),
    '',
  ].join('\n')
