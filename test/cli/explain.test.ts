import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { builtInControls } from '../../src/controls/index.ts'
import { evaluate } from '../../src/policy/evaluate.ts'
import { parsePolicy } from '../../src/policy/parse.ts'
import { known, type Target } from '../../src/snapshot/snapshot.ts'
import { lockDirectory } from '../../src/store/data-directory.ts'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openStore } from '../../src/store/store.ts'
import { createPostgresDatabase } from '../support/postgres.ts'
import { temporaryDirectory } from '../support/service.ts'
import { component as catalogInfo, snapshotOf } from '../support/snapshot.ts'
import { component, goldenPath, workingCopy } from './command.ts'

const policyText = `version: 1
rules:
  - name: Everybody
    require:
      catalog-info-valid: enforce
      codeowners-valid: enforce
  - name: Web
    for: { names: ["web-*"] }
    require:
      codeowners-valid: advise
waivers:
  - repository: "*"
    control: codeowners-valid
    until: 2026-11-01
    reason: It was being sorted out.
    approved-by: "@acme/platform"
`
const version = '91d0e77'.padEnd(40, '0')
const sha = '3f2c1ab'.padEnd(40, '0')
const pullSha = '8d1e0aa'.padEnd(40, '0')

describe('golden-path explain, of what a service stored', () => {
  // PostgreSQL is there and opens in no time; test/e2e/preview-reading.test.ts asks a data directory of PGlite.
  let postgres: Awaited<ReturnType<typeof createPostgresDatabase>>
  let database: Database
  const asked = (...args: string[]) => goldenPath('explain', ...args, '--database-url', postgres.url)

  beforeAll(async () => {
    postgres = await createPostgresDatabase()
    database = await openDatabase({ url: postgres.url })
    await migrate(database)
    const store = openStore(database)
    const parsed = parsePolicy([{ path: 'golden-path.yml', text: policyText }], {
      version,
      library: builtInControls,
    })
    if (!parsed.ok) throw new Error(parsed.problems[0]?.message)
    const branch: Target = { kind: 'default-branch', ref: 'refs/heads/main', sha }
    const pull: Target = { kind: 'pull-request', ref: 'refs/pull/7/head', sha: pullSha, pullRequest: 7 }
    const of = (target: Target, takenAt: string, codeowners: string) =>
      snapshotOf({
        target,
        takenAt,
        files: { 'catalog-info.yaml': catalogInfo('payments-api'), CODEOWNERS: codeowners },
        facts: { codeownersErrors: known([], 'github') },
      })
    const looks = [
      await of({ ...branch, sha: '0ld'.padEnd(40, '0') }, '2026-11-20T10:00:00.000Z', '!nobody @x'),
      await of(branch, '2026-11-22T10:00:00.000Z', '!nobody @x'),
      await of(branch, '2026-11-22T16:00:00.000Z', '!nobody @x'),
      await of(pull, '2026-11-22T12:00:00.000Z', '* @acme/payments'),
    ]
    const [first] = looks
    if (!first) throw new Error('There is one.')
    await store.repositories.upsert([first.repository])
    const files = [{ path: 'golden-path.yml', text: policyText }]
    await store.policies.save({
      ownerId: first.repository.ownerId,
      version,
      commit: version,
      files,
      problems: [],
      readAt: first.takenAt,
    })
    for (const snapshot of looks) {
      const verdict = evaluate(snapshot, parsed.policy, new Date(snapshot.takenAt))
      await store.record({ snapshot, verdict, intended: [], audit: [] })
    }
  })
  afterAll(async () => {
    await database.close()
    await postgres.drop()
  })

  it('says what is asked, since when, why and how to fix it', async () => {
    const { code, out } = await asked('acme/payments-api')
    expect(code).toBe(0)
    expect(out).toContain('acme/payments-api at 3f2c1ab (refs/heads/main), policy 91d0e77\n')
    expect(out).toMatch(
      /Judged 22 November 2026, 10:00 UTC, last confirmed 22 November 2026, 16:00 UTC, .+\.\n/,
    )
    expect(out.split('\n')[2]).toBe("1 fails the check, 1 can't be decided, 1 passes.")
    expect(out).toContain('  fail     codeowners-valid: CODEOWNERS valid\n')
    expect(out).toContain('To fix:')
    expect(out).toContain('           Since:   20 November 2026')
    expect(out).toContain('The rule "Everybody" (golden-path.yml:6) asks it at enforce.')
    expect(out).toContain('Nothing to do: catalog-info-valid.')
  })

  it('shows the evidence of one control', async () => {
    const { out } = await asked('payments-api', 'codeowners-valid')
    for (const line of [
      'golden-path.yml:6 "Everybody" (enforce) decides',
      'golden-path.yml:10 "Web" (advise) is not for this repository: it is for names: web-*',
      'CODEOWNERS, from test',
      'codeownersErrors, from github, 22 November 2026, 10:00 UTC',
      'golden-path.yml:12 ended on 1 November 2026: It was being sorted out. (@acme/platform)',
    ])
      expect(out).toContain(`    ${line}`)
    expect(out).toContain('  Files read at 3f2c1ab on 22 November 2026, 10:00 UTC\n')
  })

  it('tells what held on a day, and replays that', async () => {
    const { out } = await asked('payments-api', '--on', '2026-11-21')
    expect(out).toContain('Judged 20 November 2026, 10:00 UTC')
    expect((await asked('payments-api', '--on', '2026-11-20', '--replay')).out).toContain('byte for byte')
    expect((await asked('payments-api', '--on', '2026-11-19')).err).toBe(
      'The default branch of acme/payments-api was not judged by the end of 2026-11-19.\n',
    )
    expect((await asked('payments-api', '--on', '2026-13-01')).err).toContain('Expected one as 2026-11-22.')
  })

  it('says when another policy is in force by now', async () => {
    const files = [{ path: 'golden-path.yml', text: policyText }]
    const next = { version: 'abcdef0'.padEnd(40, '0'), commit: version, readAt: '2026-11-23T10:00:00.000Z' }
    await openStore(database).policies.save({ ownerId: 10, files, problems: [], ...next })
    expect((await asked('payments-api')).out).toContain(
      'That policy is no longer in force: policy abcdef0 is, and this was not judged by it yet.',
    )
    await openStore(database).policies.save({ ownerId: 10, files: [], problems: [], ...next })
    expect((await asked('payments-api')).out).toContain('No policy is in force any more')
    await database.query('delete from policies where read_at > $1', ['2026-11-23'])
    expect((await asked('payments-api')).out).not.toContain('in force')
  })

  it('tells it to a program, of any commit that was judged', async () => {
    const { out } = await asked('ACME/Payments-API', '--at', '8d1e0aa', '--format', 'json')
    expect(JSON.parse(out)).toMatchObject({
      commit: pullSha,
      policy: version,
      takenAt: '2026-11-22T12:00:00.000Z',
      confirmedAt: '2026-11-22T12:00:00.000Z',
    })
  })

  it('judges it again: the same, or where not', async () => {
    const same = await asked('payments-api', '--replay')
    expect(same.code).toBe(0)
    expect(same.out).toContain('it is the same, byte for byte.')
    await database.query(
      `update verdicts set program = '0.0.1', verdict = replace(verdict::text, '"failure"', '"success"')::json where sha = $1`,
      [sha],
    )
    const other = await asked('payments-api', '--replay')
    expect(other.code).toBe(1)
    expect(other.out).toContain('conclusion: "success" is stored, "failure" is what comes out now')
    expect(other.out).toMatch(/It was decided by Golden Path 0\.0\.1, this is \d/)
  })

  it.each([
    ['a repository', ['payments-apy'], 'The service knows no repository payments-apy. Expected OWNER/NAME'],
    ['a control', ['payments-api', 'codeowners'], 'There is no control codeowners'],
    [
      'a commit',
      ['payments-api', '--at', 'ffff'],
      'No commit of acme/payments-api that begins with ffff was judged.',
    ],
  ])('says that there is no such thing: %s', async (_, args, message) => {
    const { code, err } = await asked(...args)
    expect(err).toContain(message)
    expect(code).toBe(2)
  })
})

describe('golden-path explain, of a data directory', () => {
  it('says what to do while the service runs on it', async () => {
    const { path, remove } = await temporaryDirectory()
    onTestFinished(remove)
    await writeFile(join(path, 'PG_VERSION'), '17')
    const unlock = await lockDirectory(path)
    const { code, err } = await goldenPath('explain', 'payments-api', '--data-dir', path)
    await unlock()
    expect(code).toBe(2)
    expect(err).toMatch(/is in use by process \d+ on .+ stop the service, ask, and start it again/)
  })

  it('makes no database where there is none', async () => {
    const { path, remove } = await temporaryDirectory()
    onTestFinished(remove)
    for (const command of [['explain', 'payments-api'], ['dead-letters']]) {
      const { code, err } = await goldenPath(...command, '--data-dir', path)
      expect([code, err]).toEqual([2, `${path} holds no database. Expected the DATA_DIR of the service.\n`])
    }
    expect(await readdir(path)).toEqual([])
  })
})

describe('golden-path explain, without a database', () => {
  it('explains a directory by a policy file', async () => {
    const root = await workingCopy({ 'catalog-info.yaml': component, 'golden-path.yml': policyText })
    const { code, out } = await goldenPath(
      'explain',
      root,
      'codeowners-valid',
      '--policy',
      `${root}/golden-path.yml`,
    )
    expect(code).toBe(0)
    expect(out).toContain('There is no CODEOWNERS file')
    expect(out).toContain('CODEOWNERS: not there, from disk')
  })

  it('is told what a working copy does not tell, as `check` tells it', async () => {
    const policy = policyText.replace(
      /^rules:\n {2}- name: .*$/m,
      match => `${match}\n    for: { topics: [pci] }`,
    )
    const root = await workingCopy({ 'catalog-info.yaml': component, 'golden-path.yml': policy })
    const by = ['--policy', `${root}/golden-path.yml`, '--topic', 'pci']
    const checked = await goldenPath('check', root, ...by)
    const command = /golden-path (explain .*)$/m.exec(checked.out)?.[1]?.replace('ID', 'codeowners-valid')
    expect(command).toContain('--topic pci')
    const { code, out } = await goldenPath(...(command ?? '').split(' '))
    expect(code).toBe(0)
    expect(out).toContain('There is no CODEOWNERS file')
  })

  it.each([
    [['payments-api'], 'payments-api is no directory here. Give one, or ask for a repository of the service'],
    [['.', '--replay'], '--replay is for a stored verdict'],
    [['.', '--on', '2026-11-22'], '--on is for a stored verdict'],
    [['x', '--data-dir', '/no/such', '--policy', 'p.yml'], '--policy is for a directory'],
    [['x', '--data-dir', '/no/such', '--topic', 'pci'], '--topic is for a directory'],
    [
      ['x', '--database-url', 'postgres://jane:secret@127.0.0.1:1/x'],
      'PostgreSQL at 127.0.0.1:1/x did not answer (ECONNREFUSED). Check DATABASE_URL and that the server runs.\n',
    ],
    [
      ['x', '--data-dir', '/no/such'],
      'There is no directory /no/such. Expected the DATA_DIR of the service.',
    ],
  ])('%j: says what is missing', async (args, message) => {
    const { code, err } = await goldenPath('explain', ...args)
    expect(err).toContain(message)
    expect(code).toBe(2)
  })
})
