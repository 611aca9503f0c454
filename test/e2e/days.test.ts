import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EmulatedGitHub, startGitHub } from '../../demo/github/start.ts'
import { startJobsAt } from '../support/in-process.ts'
import { observer, person } from '../support/person.ts'
import { component } from '../support/snapshot.ts'

/** Nobody pushes, edits or merges anything here: the days pass, and the sweep goes round. */

const policy = `version: 1
max-waiver: 90d
rules:
  - name: Everybody is in the catalogue
    for: { not: { names: .github } }
    require:
      catalog-info-valid: enforce
      techdocs: { level: enforce, from: 2027-01-15 }
waivers:
  - repository: legacy
    control: catalog-info-valid
    until: 2027-01-31
    reason: Switched off in January
    approved-by: "@jane"
  - repository: shop
    control: catalog-info-valid
    until: 2027-01-31
    reason: Was broken in autumn
    approved-by: "@jane"
`

let github: EmulatedGitHub
let jobs: Awaited<ReturnType<typeof startJobsAt>>

beforeAll(async () => {
  github = await startGitHub({
    org: {
      login: 'acme',
      users: ['jane'],
      repositories: {
        '.github': { files: { 'golden-path.yml': policy } },
        legacy: { private: true, files: { 'README.md': '# Old' } },
        shop: {
          files: {
            'catalog-info.yaml': component(
              'shop',
              'jane',
              '  annotations:\n    backstage.io/techdocs-ref: dir:.',
            ),
          },
        },
      },
    },
  })
  jobs = await startJobsAt(github, '2026-11-22T09:00:00Z')
  await jobs.sweep()
  // What the policy's own check says of the repositories, it says of those that were looked at before it.
  await jobs.sweep()
}, 60_000)

afterAll(async () => {
  await jobs?.stop()
  await github?.stop()
})

const on = async (day: string): Promise<void> => {
  jobs.setClock(`${day}T09:00:00Z`)
  await jobs.sweep()
}
const seen = () => observer(github.url)
const check = async (repository: string) => (await seen().repository(repository)).checkRuns.at(-1)
const issues = async (repository: string) => (await seen().repository(repository)).issues
const verdictOf = async (repository: string, control: string) => {
  const { id } = (await person(github).ask('GET', `/repos/acme/${repository}`)) as { id: number }
  return (await jobs.store.verdicts.latest(id))?.controls.find(each => each.id === control)
}

describe('with nothing but the clock moved', () => {
  it('a dated rule is advice, and a waiver holds', async () => {
    expect(await check('shop')).toMatchObject({ conclusion: 'neutral' })
    expect(await verdictOf('shop', 'techdocs')).toMatchObject({ level: 'advise', enforcedFrom: '2027-01-15' })
    expect(await verdictOf('legacy', 'catalog-info-valid')).toMatchObject({ status: 'waived' })
    expect(await issues('legacy')).toEqual([])
  })

  it("the policy's own check tells of the waiver that excuses nothing", async () => {
    const control = await verdictOf('.github', 'waivers-needed')
    expect(control?.findings.map(({ message, location }) => `${location?.line} ${message}`)).toEqual([
      '15 The waiver of catalog-info-valid for "shop" excuses nothing any more: shop keeps catalog-info-valid.',
    ])
    expect(await verdictOf('.github', 'waivers-allowed')).toMatchObject({ status: 'pass' })
  })

  it('nothing is written on a day on which nothing changes', async () => {
    await seen().resetRequests()
    await on('2026-12-01')
    expect((await seen().requests()).write).toBe(0)
  })

  it('the owners are reminded two weeks before a waiver ends', async () => {
    await on('2027-01-16')
    expect(await issues('legacy')).toEqual([])
    await on('2027-01-17')
    expect(await issues('legacy')).toMatchObject([
      { state: 'open', title: 'Golden path: 1 waiver ends soon in legacy' },
    ])
    await seen().resetRequests()
    await on('2027-01-18')
    expect((await seen().requests()).write).toBe(0)
  })

  it('the dated rule has begun to block on its day', async () => {
    expect(await check('shop')).toMatchObject({ conclusion: 'failure' })
    expect(await verdictOf('shop', 'techdocs')).toMatchObject({ level: 'enforce', status: 'fail' })
    expect(await issues('shop')).toMatchObject([{ state: 'open' }])
  })

  it('the waiver holds on its last day, and not on the next', async () => {
    await on('2027-01-31')
    expect(await check('legacy')).not.toMatchObject({ conclusion: 'failure' })
    await on('2027-02-01')
    expect(await check('legacy')).toMatchObject({ conclusion: 'failure' })
    expect(await issues('legacy')).toMatchObject([
      { state: 'open', title: expect.stringContaining('to fix in legacy') },
    ])
    expect((await verdictOf('.github', 'waivers-needed'))?.findings.map(({ message }) => message)).toContain(
      'The waiver of catalog-info-valid for "legacy" ended on 2027-01-31.',
    )
  })
})
