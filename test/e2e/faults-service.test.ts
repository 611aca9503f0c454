import { createHmac, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { component } from '../support/snapshot.ts'
import { openStage, policyOf, type Stage } from '../support/stage.ts'

/** The service stops, is away and is lied to: what was acknowledged is done, and nothing else is. */

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

describe('the service', () => {
  let stage: Stage

  beforeAll(async () => {
    stage = await openStage(organisation)
    for (const name of names) await stage.headCheck(name, 'success')
    await stage.settled()
  }, 60_000)
  afterAll(() => stage?.close())

  const post = (headers: Record<string, string>, body: string) =>
    fetch(`http://127.0.0.1:${stage.port}/api/github/webhooks`, { method: 'POST', headers, body })

  it('refuses a delivery that is not signed by GitHub, and stores nothing of it', async () => {
    const sha = await stage.somebody.commit('one', { 'catalog-info.yaml': component('one', 'nobody') })
    await stage.check('one', sha, 'failure')
    await stage.settled()
    // The same delivery, told in another order of events: as if it had never come before.
    const genuine = stage.github.deliveries.all().findLast(each => each.event === 'push')
    const guid = randomUUID()
    const body = (genuine?.request.body ?? '').replaceAll(sha, await stage.somebody.head('one'))
    const headers = (secret: string) => ({
      'content-type': 'application/json',
      'x-github-delivery': guid,
      'x-github-event': 'push',
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    })
    const before = await stage.seen.requests()
    expect((await post(headers('guessed'), body)).status).toBe(400)
    await stage.settled()
    expect(await stage.seen.requests()).toEqual(before)
    // Had it been stored, this one would count as its repetition and cause nothing.
    expect((await post(headers(stage.github.webhookSecret), body)).status).toBe(200)
    await stage.settled()
    expect((await stage.seen.requests()).read).toBeGreaterThan(before.read)
  })

  it('asks for what was sent while it was away, and does it', async () => {
    expect(await stage.service?.stop()).toBe(0)
    const sha = await stage.somebody.commit('two', { 'catalog-info.yaml': component('two', 'nobody') })
    await stage.github.deliveries.settled()
    const pushes = () => stage.github.deliveries.all().filter(each => each.event === 'push')
    expect(pushes().at(-1)).toMatchObject({ statusCode: 502 })
    await stage.start()
    await stage.check('two', sha, 'failure')
    expect(pushes().filter(each => each.redelivery)).toMatchObject([{ statusCode: 200 }])
  })

  it('ends at SIGTERM in the middle of its work, and the next start finishes it', async () => {
    await stage.settled()
    await stage.fault({ match: 'POST /graphql', delayMs: 1_500 })
    const shas = await Promise.all(
      names.map(name =>
        stage.somebody.commit(name, { 'catalog-info.yaml': component(name, 'payments', '  title: New') }),
      ),
    )
    await stage.github.deliveries.settled()
    const began = Date.now()
    expect(await stage.service?.stop()).toBe(0)
    expect(Date.now() - began).toBeLessThan(25_000)
    await stage.calm()
    await stage.start()
    for (const [index, name] of names.entries()) await stage.check(name, shas[index] ?? '', 'success')
    await stage.settled()
    for (const [index, name] of names.entries())
      expect(await stage.checks(name, shas[index] ?? '')).toHaveLength(1)
    expect(await stage.dead()).toBe(0)
  })
})
