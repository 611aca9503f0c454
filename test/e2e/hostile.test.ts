import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { CatalogApi } from '@backstage/catalog-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Backstage, startBackstage } from '../../demo/backstage/start.ts'
import { type EmulatedGitHub, startGitHub } from '../../demo/github/start.ts'
import { createCatalogueClient } from '../../src/catalogue-client.ts'
import { outsideOfCode } from '../effects/outside-of-code.ts'
import { type HostilePolicy, hostilePolicies } from '../support/hostile-policies.ts'
import { component, hostilePolicy, hostileRepositories } from '../support/hostile-repositories.ts'
import { observer, person } from '../support/person.ts'
import { createPostgresDatabase } from '../support/postgres.ts'
import { freePort, type Service, startService, temporaryDirectory, until } from '../support/service.ts'

/**
 * Repositories made to hang, crash or misuse the service, all of them at once, beside two that are sound. Each is told
 * what is wrong with it, the others are judged meanwhile, and no connection leaves for an address that is not configured.
 */

let github: EmulatedGitHub
let backstage: Backstage
let postgres: Awaited<ReturnType<typeof createPostgresDatabase>>
let data: Awaited<ReturnType<typeof temporaryDirectory>>
let service: Service
let somebody: ReturnType<typeof person>
let seen: ReturnType<typeof observer>
let catalogue: CatalogApi
let prober: Worker
let canary: { server: Server; port: number; connections: number }
let hostile: ReturnType<typeof hostileRepositories>

const names: string[] = hostileRepositories({ github: '', canary: 0 }).map(({ name }) => name)
const record = () => join(data.path, 'outbound')

beforeAll(async () => {
  canary = await listen()
  const [port, githubPort] = [await freePort(), await freePort()]
  data = await temporaryDirectory()
  hostile = hostileRepositories({ github: `http://127.0.0.1:${githubPort}`, canary: canary.port })
  github = await startGitHub({
    port: githubPort,
    webhook: `http://127.0.0.1:${port}/api/github/webhooks`,
    org: {
      login: 'acme',
      users: ['jane'],
      teams: [
        {
          slug: 'payments',
          members: ['jane'],
          repositories: Object.fromEntries(
            [...names, 'neighbour', 'other'].map(name => [name, 'push'] as const),
          ),
        },
      ],
      repositories: {
        '.github': { files: { 'golden-path.yml': hostilePolicy } },
        ...Object.fromEntries(hostile.map(({ name, files }) => [name, { files }])),
        neighbour: {
          files: { 'catalog-info.yaml': component('neighbour'), '.github/CODEOWNERS': '* @acme/payments\n' },
        },
        other: { files: { 'README.md': '# Other\n' } },
      },
    },
  })
  postgres = await createPostgresDatabase()
  backstage = await startBackstage({
    githubUrl: github.url,
    githubToken: github.userToken,
    processingSeconds: 1,
    postgres: { url: postgres.url },
  })
  service = await startService({
    github,
    port,
    dataDirectory: join(data.path, 'database'),
    backstage,
    env: {
      NODE_OPTIONS: `--import ${pathToFileURL(join(import.meta.dirname, '../support/outbound-recorder.mjs')).href}`,
      OUTBOUND_RECORD: record(),
    },
  })
  prober = new Worker(new URL('../support/prober.mjs', import.meta.url), {
    workerData: { url: `${service.url}/healthz` },
  })
  somebody = person(github)
  seen = observer(github.url)
  catalogue = await createCatalogueClient(backstage)
}, 180_000)

afterAll(async () => {
  await prober?.terminate()
  await service?.stop()
  await backstage?.stop()
  await github?.stop()
  await data?.remove()
  await postgres?.drop()
  canary?.server.close()
})

/** What must not be called by anybody: a server of the network that the service stands in. */
async function listen(): Promise<typeof canary> {
  const kept = { server: createServer(), port: 0, connections: 0 }
  kept.server.on('connection', socket => {
    kept.connections += 1
    socket.destroy()
  })
  await new Promise<void>(resolve => kept.server.listen(0, '127.0.0.1', resolve))
  const address = kept.server.address()
  kept.port = typeof address === 'object' && address ? address.port : 0
  return kept
}

const pageShape = z.object({
  check_runs: z.array(
    z.object({
      id: z.number(),
      status: z.string(),
      conclusion: z.string().nullable(),
      output: z.object({ title: z.string(), summary: z.string(), text: z.string().nullish() }),
    }),
  ),
})
const annotationsShape = z.array(z.object({ message: z.string(), title: z.string().nullish() }))
const issueShape = z.object({ title: z.string(), body: z.string() })

/** The check run at the head, with all that a person sees of it. */
const pageOf = (repository: string) =>
  until(
    async () => {
      const at = `/repos/acme/${repository}`
      const head = await somebody.head(repository)
      const { check_runs } = pageShape.parse(await somebody.ask('GET', `${at}/commits/${head}/check-runs`))
      const [run] = check_runs
      if (run?.status !== 'completed') return undefined
      const annotations = annotationsShape.parse(
        await somebody.ask('GET', `${at}/check-runs/${run.id}/annotations?per_page=100`),
      )
      return { ...run, runs: check_runs.length, annotations }
    },
    `a check run on ${repository}`,
    90_000,
    () => service.output(),
  )

const issuesOf = async (repository: string) =>
  Promise.all(
    (await seen.repository(repository)).issues.map(async ({ number }) =>
      issueShape.parse(await somebody.ask('GET', `/repos/acme/${repository}/issues/${number}`)),
    ),
  )

describe('a hostile repository', () => {
  it.each(names)('%s is told what is wrong', { timeout: 120_000 }, async name => {
    const each = hostile.find(one => one.name === name)
    if (!each) throw new Error(`There is no ${name}`)
    const run = await pageOf(name)
    expect(run.runs).toBe(1)
    expect(run.conclusion).toBe(each.conclusion)
    if (each.conclusion === 'success') return
    const words = [run.output.title, run.output.summary, run.output.text ?? '']
    const told = [...words, ...run.annotations.map(({ message }) => message)].join('\n').replaceAll('`', '"')
    expect(told.replaceAll(/[\\"]/g, '')).toContain(each.says.replaceAll('"', ''))
  })

  it('never reaches the reader as markdown of its own', async () => {
    for (const name of names) {
      const run = await pageOf(name)
      const texts = [run.output.summary, run.output.text ?? '']
      const plain = [run.output.title, ...run.annotations.map(({ message }) => message)]
      for (const { title, body } of await issuesOf(name)) {
        texts.push(body)
        plain.push(title)
      }
      for (const line of texts.join('\n').split('\n'))
        expect.soft(activeIn(line), `${name}: ${line}`).toEqual([])
      expect(plain.join('')).not.toMatch(/(?!\n)[\p{Cc}\u200b-\u200f\u202a-\u202e\u2066-\u2069]/u)
    }
  })

  it('does not keep the others waiting', { timeout: 60_000 }, async () => {
    const sha = await somebody.commit('neighbour', {
      'README.md': '# More\n',
      'catalog-info.yaml': `${component('neighbour')}# x\n`,
    })
    const run = await pageOf('neighbour')
    expect(run.conclusion).toBe('success')
    expect(
      (await seen.repository('neighbour')).checkRuns.filter(({ headSha }) => headSha === sha),
    ).toHaveLength(1)
  })

  it('is never registered where it leads out of the repository', { timeout: 120_000 }, async () => {
    await until(
      () => catalogue.getEntityByRef('component:default/neighbour'),
      'neighbour in the catalogue',
      60_000,
      () => service.output(),
    )
    await service.idle()
    const registered = (await catalogue.getLocations()).items.map(({ target }) => target).sort()
    // A tag that means nothing to YAML makes a valid entity with a text in it.
    expect(registered).toEqual(
      ['neighbour', 'tags'].map(name => `${github.url}/acme/${name}/blob/main/catalog-info.yaml`),
    )
  })

  it('is not let in by a pull request or by a push to one that was sound', { timeout: 90_000 }, async () => {
    const files = hostile.find(({ name }) => name === 'private-targets')?.files ?? {}
    const text = String(files['catalog-info.yaml'])
    await somebody.commit('other', { 'catalog-info.yaml': text, '.github/CODEOWNERS': '* @acme/payments\n' })
    expect((await pageOf('other')).conclusion).toBe('failure')
    await service.idle()
    expect((await catalogue.getLocations()).items.some(({ target }) => target.includes('/acme/other/'))).toBe(
      false,
    )
  })
})

describe('a hostile policy', () => {
  it.each<HostilePolicy>(hostilePolicies)(
    '$name is refused at its line, and the last good one stays',
    { timeout: 90_000 },
    async policy => {
      await somebody.commit('.github', policy.files)
      const run = await pageOf('.github')
      expect(run.conclusion).toBe('failure')
      const told = [run.output.summary, ...run.annotations.map(({ message }) => message)]
        .join('\n')
        .replaceAll('`', '"')
      expect(told.replaceAll(/[\\"]/g, '')).toContain(policy.says.replaceAll('"', ''))
      for (const line of run.output.summary.split('\n')) expect.soft(activeIn(line), line).toEqual([])
      await somebody.commit('neighbour', {
        'catalog-info.yaml': `${component('neighbour')}# ${policy.name}\n`,
      })
      expect((await pageOf('neighbour')).conclusion).toBe('success')
    },
  )
})

describe('the service', () => {
  it('answered its probe all the while', async () => {
    const answer = new Promise<{ asked: number; failed: number }>(resolve => prober.once('message', resolve))
    prober.postMessage('stop')
    const { asked, failed } = await answer
    expect(asked).toBeGreaterThan(10)
    expect(failed).toBe(0)
  })

  it('has no job that it gave up on', async () => {
    expect(await (await fetch(`${service.url}/metrics`)).text()).toMatch(
      /^golden_path_jobs\{state="dead"\} 0$/m,
    )
  })

  it('connected to nothing but what is configured', async () => {
    const lines = new Set((await readFile(record(), 'utf8')).trim().split('\n'))
    const allowed = [github.url, backstage.url].map(url => new URL(url).host)
    expect([...lines].filter(line => !line.startsWith('lookup ')).sort()).toEqual([...allowed].sort())
    const hosts = new Set(['127.0.0.1', 'localhost'])
    expect([...lines].filter(line => line.startsWith('lookup ') && !hosts.has(line.slice(7)))).toEqual([])
    expect(canary.connections).toBe(0)
  })
})

/** What GitHub would make of a line beyond its text: mentions, HTML, images, and links to anywhere but itself. */
function activeIn(line: string): string[] {
  // Our own mark, by which the issue is found again.
  const outside = outsideOfCode(line).replace(/^<!-- golden-path:issue:\d+ -->$/, '')
  const links = [...outside.matchAll(/\]\(([^)]*)\)|(https?:\/\/[^\s)]+)/g)].map(
    ([, one, two]) => one ?? two ?? '',
  )
  return [
    ...(outside.match(/(?<!\w)@\w+|<[a-z!/][^>]*>?|!\[|javascript:/gi) ?? []),
    ...links.filter(url => !url.startsWith(`${github.url}/`)),
  ]
}
