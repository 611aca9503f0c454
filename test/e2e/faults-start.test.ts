import { spawn } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { DEFAULT_PERMISSIONS, startGitHub } from '../../demo/github/start.ts'
import { observer, person } from '../support/person.ts'
import { freePort, startService, temporaryDirectory, until } from '../support/service.ts'
import { component } from '../support/snapshot.ts'
import { openStage, policyOf } from '../support/stage.ts'

/** How the service begins: without what it needs, without GitHub, without a permission, and as a dry run. */

const policy = policyOf('catalog-info-valid: enforce', 'owner-exists: enforce')
const names = ['one', 'two', 'three', 'four', 'five', 'six']
const organisation = {
  users: ['jane'],
  teams: [{ slug: 'payments', members: ['jane'] }],
  repositories: {
    '.github': { files: { 'golden-path.yml': policy } },
    ...Object.fromEntries(names.map(name => [name, { files: { 'catalog-info.yaml': component(name) } }])),
  },
}

// Each waits more than it works: they wait side by side.
describe.concurrent('a dry run', () => {
  it('judges, and writes nothing to GitHub', async () => {
    const stage = await openStage(
      {
        ...organisation,
        repositories: {
          ...organisation.repositories,
          broken: { files: { 'catalog-info.yaml': component('broken', 'nobody') } },
        },
      },
      { env: { DRY_RUN: 'true' } },
    )
    try {
      await stage.settled()
      await stage.somebody.commit('broken', { 'README.md': '# Broken\n' })
      await stage.settled()
      expect((await stage.seen.requests()).write).toBe(0)
      expect(await stage.metrics()).toMatch(/golden_path_verdicts_total\{conclusion="failure"\} [1-9]/)
      expect(await stage.dead()).toBe(0)
    } finally {
      await stage.close()
    }
  })
})

describe.concurrent('a GitHub that is away when the service starts', () => {
  it('delays it: deliveries are taken meanwhile, and the rest is caught up with', async () => {
    const [port, githubPort] = [await freePort(), await freePort()]
    const data = await temporaryDirectory()
    const webhook = `http://127.0.0.1:${port}/api/github/webhooks`
    const seed = { org: { login: 'acme', ...organisation }, webhookSecret: 'kept between the two', webhook }
    // One to have a key and a delivery of; the key is the same for each that this process starts.
    const earlier = await startGitHub(seed)
    earlier.deliveries.setUrl(webhook)
    const sha = await person(earlier).commit('one', { 'README.md': '# One\n' })
    await earlier.deliveries.settled()
    const push = earlier.deliveries.all().findLast(each => each.event === 'push')
    await earlier.stop()
    const service = await startService({
      github: {
        url: `http://127.0.0.1:${githubPort}`,
        appId: earlier.appId,
        privateKeyPath: '',
        webhookSecret: seed.webhookSecret,
      },
      port,
      dataDirectory: data.path,
      env: { PRIVATE_KEY: earlier.privateKey },
    })
    try {
      expect((await fetch(`${service.url}/healthz`)).status).toBe(200)
      expect((await fetch(`${service.url}/readyz`)).status).toBe(200)
      const answer = await fetch(webhook, {
        method: 'POST',
        headers: push?.request.headers,
        body: push?.request.body,
      })
      expect(answer.status).toBe(200)
      expect(service.output()).toContain('Check APP_ID, PRIVATE_KEY and GHE_HOST')

      const github = await startGitHub({ ...seed, port: githubPort })
      try {
        const seen = observer(github.url)
        for (const name of names)
          await until(
            async () => (await seen.repository(name)).checkRuns[0],
            `a check run on ${name}`,
            40_000,
            () => service.output(),
          )
        expect(sha).toMatch(/^[0-9a-f]{40}$/)
      } finally {
        await service.stop()
        await github.stop()
      }
    } finally {
      await service.kill()
      await data.remove()
    }
  }, 60_000)
})

describe('a start without what it needs', () => {
  const start = async (env: Record<string, string>): Promise<{ code: number | null; said: string }> => {
    const data = await temporaryDirectory()
    const child = spawn(process.execPath, ['src/main.ts'], {
      env: { PATH: process.env.PATH, DATA_DIR: data.path, PORT: '0', ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    child.stderr.on('data', chunk => {
      said += chunk
    })
    const code = await new Promise<number | null>(resolve => child.once('exit', resolve))
    await data.remove()
    return { code, said }
  }

  it.each([
    [
      "Probot's public secret",
      { APP_ID: '1', PRIVATE_KEY: 'x', WEBHOOK_SECRET: 'development' },
      /public default.*Choose a random one/,
    ],
    ['no key', { APP_ID: '1', WEBHOOK_SECRET: 'a-secret' }, /PRIVATE_KEY is missing/],
    [
      'a key that is none',
      { APP_ID: '1', PRIVATE_KEY: 'x', WEBHOOK_SECRET: 'a-secret' },
      /holds no private key in PEM/,
    ],
    ['no secret', { APP_ID: '1', PRIVATE_KEY: 'x' }, /WEBHOOK_SECRET is missing/],
  ])('%s: says so in a sentence and ends', async (_, env, sentence) => {
    const { code, said } = await start(env)
    expect(code).toBe(1)
    expect(said).toMatch(sentence)
    // A sentence, and no stack.
    expect(said).not.toMatch(/\n\s+at /)
  })
})

describe.concurrent('an installation without "Members: read"', () => {
  it('can decide no owner, and says which permission it takes', async () => {
    const { members: _, ...permissions } = DEFAULT_PERMISSIONS
    const stage = await openStage(organisation, { permissions })
    try {
      const run = await stage.headCheck('one', 'neutral')
      expect(run.title).toContain("1 can't be decided")
      const { summary } = await stage.page('one', await stage.somebody.head('one'))
      expect(summary).toContain('Members: read')
      expect(await stage.issues('one')).toEqual([])
    } finally {
      await stage.close()
    }
  })
})
