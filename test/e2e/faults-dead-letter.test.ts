import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createPostgresDatabase } from '../support/postgres.ts'
import { until } from '../support/service.ts'
import { component } from '../support/snapshot.ts'
import { openStage, policyOf, type Stage } from '../support/stage.ts'

/** A job that fails to the end is a dead letter that an operator sees, and what comes after it is done. */

let stage: Stage
let postgres: Awaited<ReturnType<typeof createPostgresDatabase>>
let database: pg.Client

beforeAll(async () => {
  postgres = await createPostgresDatabase()
  database = new pg.Client({ connectionString: postgres.url })
  await database.connect()
  stage = await openStage(
    {
      users: ['jane'],
      teams: [{ slug: 'payments', members: ['jane'] }],
      repositories: {
        '.github': { files: { 'golden-path.yml': policyOf('catalog-info-valid: enforce') } },
        api: { files: { 'catalog-info.yaml': component('api') } },
      },
    },
    { databaseUrl: postgres.url },
  )
  await stage.headCheck('api', 'success')
  await stage.settled()
}, 90_000)

afterAll(async () => {
  await stage?.close()
  await database?.end()
  await postgres?.drop()
})

/** Ten tries span half an hour: the test lets the first fail, and says that eight more have. */
const untilItsLastTry = async () => {
  await until(
    async () =>
      (
        await database.query(
          `update pgboss.job set retry_count = retry_limit - 1, start_after = now()
           where state = 'retry' and data->>'kind' = 'assess' and retry_count < retry_limit - 1`,
        )
      ).rowCount,
    'the first try to fail',
    20_000,
    stage.output,
  )
}

it('is seen in the metrics, and cured by the next push', async () => {
  await stage.fault({ match: 'POST .*/check-runs', status: 500 })
  await stage.somebody.commit('api', { 'catalog-info.yaml': 'kind: [' })
  await untilItsLastTry()
  await until(
    async () => {
      await database.query(`update pgboss.job set start_after = now() where state = 'retry'`)
      return (await stage.dead()) === 1
    },
    'a dead letter in the metrics',
    20_000,
    stage.output,
  )
  await stage.calm()
  const sha = await stage.somebody.commit('api', { 'README.md': '# API\n' })
  await stage.check('api', sha, 'failure')
  await stage.settled()
  expect(await stage.dead()).toBe(0)
})
