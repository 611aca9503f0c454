import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Backstage, startBackstage } from '../../demo/backstage/start.ts'
import { type EmulatedGitHub, type RepositorySeed, startGitHub } from '../../demo/github/start.ts'
import { createCatalogueClient } from '../../src/catalogue-client.ts'
import { observer, person } from '../support/person.ts'
import { createPostgresDatabase } from '../support/postgres.ts'
import { freePort, type Service, startService, temporaryDirectory, until } from '../support/service.ts'

/** 200 pushes while the process is killed five times: nothing acknowledged is lost, and nothing is made twice. */

const repositories = 20
const sizes = {
  PGlite: { pushes: 200, kills: 5 },
  // The same code path; fewer, since a job of a killed worker waits 30 s here until it counts as dead.
  PostgreSQL: { pushes: 40, kills: 1 },
}

const policy = `version: 1
rules:
  - name: Every service has an accountable owner
    require: { catalog-info-valid: enforce, owner-exists: enforce }
`

const catalogInfo = (name: string, owner: string, round: number): string => `apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: ${name}, description: Round ${round} }
spec: { type: service, lifecycle: production, owner: ${owner} }
`

const names = Array.from({ length: repositories }, (_, index) => `service-${index}`)

describe.each(['PGlite', 'PostgreSQL'] as const)('on %s', database => {
  const { pushes, kills } = sizes[database]
  let github: EmulatedGitHub
  let backstage: Backstage
  let service: Service
  let data: Awaited<ReturnType<typeof temporaryDirectory>>
  let postgres: Awaited<ReturnType<typeof createPostgresDatabase>>
  let own: Awaited<ReturnType<typeof createPostgresDatabase>> | undefined
  let start: () => Promise<Service>

  beforeAll(async () => {
    const port = await freePort()
    data = await temporaryDirectory()
    postgres = await createPostgresDatabase()
    own = database === 'PostgreSQL' ? await createPostgresDatabase() : undefined
    const seeds: Record<string, RepositorySeed> = Object.fromEntries(
      names.map(name => [name, { files: { 'catalog-info.yaml': catalogInfo(name, 'payments', 0) } }]),
    )
    github = await startGitHub({
      webhook: `http://127.0.0.1:${port}/api/github/webhooks`,
      org: {
        login: 'acme',
        teams: [{ slug: 'payments' }],
        repositories: { '.github': { files: { 'golden-path.yml': policy } }, ...seeds },
      },
    })
    backstage = await startBackstage({
      githubUrl: github.url,
      githubToken: github.userToken,
      processingSeconds: 1,
      postgres: { url: postgres.url },
    })
    start = () => startService({ github, port, backstage, dataDirectory: data.path, databaseUrl: own?.url })
    service = await start()
  }, 180_000)

  afterAll(async () => {
    await service?.stop()
    await backstage?.stop()
    await github?.stop()
    await data?.remove()
    await postgres?.drop()
    await own?.drop()
  })

  it('every head has one completed check run, at most one open issue and one location', async () => {
    const somebody = person(github)
    const seen = observer(github.url)
    const heads = new Map<string, string>()
    const isBroken = new Map<string, boolean>()
    const restarts = new Set(
      Array.from({ length: kills }, (_, index) => Math.floor(((index + 0.5) * pushes) / kills)),
    )
    for (let push = 0; push < pushes; push++) {
      const name = names[push % names.length] ?? ''
      // Every third push of a repository names an owner that does not exist; the last ones differ between repositories.
      const breaks = (push + Math.floor(push / names.length)) % 3 === 0
      heads.set(
        name,
        await somebody.commit(name, {
          'catalog-info.yaml': catalogInfo(name, breaks ? 'nobody' : 'payments', push),
        }),
      )
      isBroken.set(name, breaks)
      if (restarts.has(push)) {
        await service.kill()
        service = await start()
      }
    }
    expect([...isBroken.values()].filter(Boolean).length).toBeGreaterThan(2)

    const wrong = async (): Promise<string[]> => {
      const { repositories: all } = await seen.state()
      return names.flatMap(name => {
        const found = all[`acme/${name}`]
        const runs = found?.checkRuns.filter(run => run.headSha === heads.get(name)) ?? []
        const open = found?.issues.filter(issue => issue.state === 'open') ?? []
        const expected = isBroken.get(name) ? 'failure' : 'success'
        return [
          ...(runs.length === 1 && runs[0]?.status === 'completed' && runs[0].conclusion === expected
            ? []
            : [`${name}: ${JSON.stringify(runs)}, expected one ${expected}`]),
          ...(open.length === (isBroken.get(name) ? 1 : 0)
            ? []
            : [`${name}: ${open.length} open issues, broken: ${isBroken.get(name)}`]),
        ]
      })
    }
    await until(
      async () => (await wrong()).length === 0,
      'every head to be judged',
      60_000,
      () => service.output(),
    ).catch(async error => {
      throw new Error(`${(await wrong()).join('\n')}\n${error}`)
    })
    // Nothing may come twice afterwards either.
    await service.idle()
    expect(await wrong()).toEqual([])
    const { repositories: all } = await seen.state()
    for (const name of names) {
      expect(all[`acme/${name}`]?.issues.length, `issues ever opened in ${name}`).toBeLessThanOrEqual(1)
      const shas = all[`acme/${name}`]?.checkRuns.map(run => run.headSha) ?? []
      expect(new Set(shas).size, `check runs of one commit in ${name}`).toBe(shas.length)
    }

    const catalogue = await createCatalogueClient(backstage)
    const targets = (await catalogue.getLocations()).items.map(location => location.target)
    expect(new Set(targets).size, 'one location a repository').toBe(targets.length)
    const compliant = names.filter(name => !isBroken.get(name))
    for (const name of compliant)
      expect(targets).toContain(`${github.url}/acme/${name}/blob/main/catalog-info.yaml`)
  }, 180_000)
})
