import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ConfigError, readConfig } from '../src/config.ts'

const pem = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs1', format: 'pem' })
  .toString()
  .trim()

const complete = { APP_ID: '17', PRIVATE_KEY: pem, WEBHOOK_SECRET: 'a random one' }

const problemsOf = (env: Record<string, string | undefined>): readonly string[] => {
  try {
    readConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

describe('a complete environment', () => {
  it('serves github.com on PGlite when nothing else is said', () => {
    expect(readConfig(complete)).toEqual({
      mode: 'serve',
      port: 3000,
      host: 'localhost',
      logLevel: 'info',
      github: {
        apiUrl: 'https://api.github.com',
        graphqlUrl: 'https://api.github.com/graphql',
        webUrl: 'https://github.com',
      },
      database: { directory: './data' },
      policyRepository: '.github',
      sweepHours: 6,
      dryRun: false,
      app: { id: 17, privateKey: pem, webhookSecret: 'a random one' },
    })
  })

  it('serves what is said', () => {
    expect(
      readConfig({
        ...complete,
        PORT: '0',
        HOST: '127.0.0.1',
        LOG_LEVEL: 'debug',
        GHE_HOST: '127.0.0.1:4010',
        GHE_PROTOCOL: 'http',
        DATABASE_URL: 'postgresql://me:secret@db/golden',
        DATA_DIR: '/unused',
        BACKSTAGE_URL: 'https://backstage.example.com/',
        BACKSTAGE_TOKEN: 'token',
        POLICY_REPOSITORY: 'policies',
      }),
    ).toMatchObject({
      port: 0,
      host: '127.0.0.1',
      logLevel: 'debug',
      github: {
        apiUrl: 'http://127.0.0.1:4010/api/v3',
        graphqlUrl: 'http://127.0.0.1:4010/api/graphql',
        webUrl: 'http://127.0.0.1:4010',
        enterpriseHost: '127.0.0.1:4010',
      },
      database: { url: 'postgresql://me:secret@db/golden' },
      policyRepository: 'policies',
      backstage: { url: 'https://backstage.example.com', token: 'token' },
    })
  })

  it('takes empty variables for absent ones, as compose files leave them', () => {
    expect(readConfig({ ...complete, DATABASE_URL: '', BACKSTAGE_URL: ' ', GHE_HOST: '' })).toEqual(
      readConfig(complete),
    )
  })
})

it('sets up the App when there are no credentials at all', () => {
  expect(readConfig({ PORT: '4000' })).toMatchObject({ mode: 'set-up', port: 4000 })
})

describe('the private key', () => {
  let directory: string
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'golden-path-key-'))
  })
  afterAll(() => rmSync(directory, { recursive: true }))

  const withoutKey = { ...complete, PRIVATE_KEY: undefined }

  it.each([
    ['as it is', pem],
    ['on one line, its line ends written \\n', pem.replaceAll('\n', '\\n')],
    ['as base64', Buffer.from(pem).toString('base64')],
  ])('is read %s', (_, value) => {
    expect(readConfig({ ...complete, PRIVATE_KEY: value })).toMatchObject({ app: { privateKey: pem } })
  })

  it('is read from a file', () => {
    const path = join(directory, 'key.pem')
    writeFileSync(path, `${pem}\n`)
    expect(readConfig({ ...withoutKey, PRIVATE_KEY_PATH: path })).toMatchObject({ app: { privateKey: pem } })
  })

  it('is asked for when the file is no key', () => {
    const path = join(directory, 'other.txt')
    writeFileSync(path, 'hello')
    expect(problemsOf({ ...withoutKey, PRIVATE_KEY_PATH: path })).toEqual([
      expect.stringMatching(/^PRIVATE_KEY_PATH holds no private key in PEM\. Expected the whole file/),
    ])
  })
})

describe('a problem is said in a sentence', () => {
  it.each([
    [{ APP_ID: 'Iv1.abc' }, /^APP_ID is not a number\./],
    [{ APP_ID: undefined }, /^APP_ID is missing\./],
    [{ PRIVATE_KEY: undefined }, /^PRIVATE_KEY is missing, and so is PRIVATE_KEY_PATH\./],
    [{ PRIVATE_KEY: 'nonsense' }, /^PRIVATE_KEY holds no private key in PEM\./],
    [
      { PRIVATE_KEY: undefined, PRIVATE_KEY_PATH: '/nowhere/key.pem' },
      /can't be read \(ENOENT\): \/nowhere\/key\.pem\.$/,
    ],
    [{ WEBHOOK_SECRET: undefined }, /^WEBHOOK_SECRET is missing\./],
    [{ WEBHOOK_SECRET: 'development' }, /^WEBHOOK_SECRET is Probot's public default/],
    [{ GHE_HOST: 'https://github.example.com' }, /^GHE_HOST is not a host name\./],
    [{ GHE_PROTOCOL: 'ftp' }, /^GHE_PROTOCOL is neither http nor https\.$/],
    [{ PORT: '70000' }, /^PORT is not a port\./],
    [{ DATABASE_URL: 'mysql://db/golden' }, /^DATABASE_URL is not the address of a PostgreSQL database\./],
    [{ BACKSTAGE_URL: 'backstage.example.com' }, /^BACKSTAGE_URL is not an address\./],
    [{ BACKSTAGE_TOKEN: 'token' }, /^BACKSTAGE_TOKEN is given without BACKSTAGE_URL\./],
    [{ POLICY_REPOSITORY: 'acme/.github' }, /^POLICY_REPOSITORY is not the name of a repository\./],
    [{ DRY_RUN: 'yes' }, /^DRY_RUN is neither true nor false\./],
    [{ SWEEP_HOURS: '0' }, /^SWEEP_HOURS is no number of hours/],
    [{ LOG_LEVEL: 'loud' }, /^LOG_LEVEL is none of trace, debug/],
  ])('%o', (change, sentence) => {
    const problems = problemsOf({ ...complete, ...change })
    expect(problems).toEqual([expect.stringMatching(sentence)])
  })

  it('all at once, and without the secrets', () => {
    const env = {
      APP_ID: 'x',
      PRIVATE_KEY: 'super-secret-key',
      WEBHOOK_SECRET: 'development',
      DATABASE_URL: 'http://me:hunter2@db',
      BACKSTAGE_TOKEN: 'secret-token',
    }
    expect(problemsOf(env)).toHaveLength(5)
    try {
      readConfig(env)
    } catch (error) {
      expect(String(error)).not.toMatch(/super-secret|hunter2|secret-token/)
    }
  })
})
