import { createPrivateKey } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'

/** What the environment asks for, checked. */
export type Config = SetUpConfig | ServeConfig

interface CommonConfig {
  port: number
  host: string
  logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'
  github: GitHubConfig
  /** `url` of PostgreSQL, or the `directory` of PGlite. */
  database: { url: string } | { directory: string }
  /** Name of the repository that holds an owner's policy. */
  policyRepository: string
  /** Absent when no catalogue is kept. */
  backstage?: { url: string; token?: string }
}

/** No credentials at all: serve the page that registers the App. */
export interface SetUpConfig extends CommonConfig {
  mode: 'set-up'
}

export interface ServeConfig extends CommonConfig {
  mode: 'serve'
  app: { id: number; privateKey: string; webhookSecret: string }
  /** Look, judge and record; the HTTP client refuses every write to GitHub, and nothing is registered. */
  dryRun: boolean
  /** Each installation is gone through whole when the last time is so long ago. */
  sweepHours: number
}

/** Addresses without a trailing slash. */
export interface GitHubConfig {
  apiUrl: string
  graphqlUrl: string
  webUrl: string
  /** Of an Enterprise Server, with its port. */
  enterpriseHost?: string
}

/** Every problem at once, a sentence each, none with a secret in it. */
export class ConfigError extends Error {
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(`The environment is not complete:\n${problems.map(problem => `- ${problem}`).join('\n')}`)
    this.name = 'ConfigError'
    this.problems = problems
  }
}

type Environment = Record<string, string | undefined>

const isUrl =
  (...protocols: string[]) =>
  (value: string): boolean =>
    URL.canParse(value) && protocols.includes(new URL(value).protocol)

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

const text = (accepts: (value: string) => boolean, problem: string) =>
  z.string().refine(accepts, { error: problem }).optional()

const schema = z.object({
  APP_ID: text(
    value => /^[1-9]\d{0,14}$/.test(value),
    "APP_ID is not a number. It is on the App's settings page, under About; the client id (Iv…) is another thing.",
  ),
  PRIVATE_KEY: text(() => true, ''),
  PRIVATE_KEY_PATH: text(() => true, ''),
  WEBHOOK_SECRET: text(
    value => value !== 'development',
    'WEBHOOK_SECRET is Probot\'s public default, "development": anybody could send deliveries. Choose a random one, set it on the App\'s settings page and here.',
  ),
  GHE_HOST: text(
    value => /^[\w.-]+(:\d{1,5})?$/.test(value),
    'GHE_HOST is not a host name. Give it without https:// and without a path: github.example.com.',
  ),
  GHE_PROTOCOL: z.enum(['http', 'https'], { error: 'GHE_PROTOCOL is neither http nor https.' }).optional(),
  PORT: text(
    value => /^\d{1,5}$/.test(value) && Number(value) <= 65_535,
    'PORT is not a port. Give a number from 0 to 65535.',
  ),
  HOST: text(value => !/\s/.test(value), 'HOST is not an address to listen at, such as 0.0.0.0.'),
  DATABASE_URL: text(
    isUrl('postgres:', 'postgresql:'),
    'DATABASE_URL is not the address of a PostgreSQL database. Expected postgres://user:password@host:5432/name; leave it out to use PGlite in DATA_DIR.',
  ),
  DATA_DIR: text(() => true, ''),
  BACKSTAGE_URL: text(
    isUrl('http:', 'https:'),
    'BACKSTAGE_URL is not an address. Expected the root of the Backstage backend, such as https://backstage.example.com.',
  ),
  BACKSTAGE_TOKEN: text(() => true, ''),
  POLICY_REPOSITORY: text(
    value => /^[\w.-]{1,100}$/.test(value),
    'POLICY_REPOSITORY is not the name of a repository. Give it without its owner: each organisation has its own.',
  ),
  DRY_RUN: z
    .enum(['true', 'false'], { error: 'DRY_RUN is neither true nor false. Leave it out to allow writes.' })
    .optional(),
  SWEEP_HOURS: text(
    value => /^\d{1,3}$/.test(value) && Number(value) > 0,
    'SWEEP_HOURS is no number of hours from 1 to 999.',
  ),
  LOG_LEVEL: z.enum(logLevels, { error: `LOG_LEVEL is none of ${logLevels.join(', ')}.` }).optional(),
})

type Values = z.infer<typeof schema>

const credentials = ['APP_ID', 'PRIVATE_KEY', 'PRIVATE_KEY_PATH', 'WEBHOOK_SECRET'] as const

/**
 * What the set-up page left in .env, unless the environment says otherwise, and no webhook proxy for it: Probot would
 * fetch one from the internet and tell it our address.
 */
export const loadEnvironmentFile = (): void => {
  if (existsSync('.env')) process.loadEnvFile('.env')
  process.env.NO_SMEE_SETUP ??= 'true'
}

/** The only reader of the environment. Throws a `ConfigError` that lists everything that is missing or wrong. */
export const readConfig = (env: Environment = process.env): Config => {
  // Compose files and charts leave empty what nobody filled in: the same as absent.
  const given = Object.fromEntries(
    Object.keys(schema.shape).map(name => [name, env[name]?.trim() || undefined]),
  ) as Environment
  const parsed = schema.safeParse(given)
  const problems = parsed.success ? [] : parsed.error.issues.map(issue => issue.message)
  const isSetUp = credentials.every(name => given[name] === undefined)
  const privateKey = isSetUp ? undefined : readPrivateKey(given, problems)
  if (!isSetUp) {
    if (!given.APP_ID) problems.push("APP_ID is missing. It is on the App's settings page, under About.")
    if (!given.WEBHOOK_SECRET) {
      problems.push("WEBHOOK_SECRET is missing. Give the one that is set on the App's settings page.")
    }
  }
  if (given.BACKSTAGE_TOKEN && !given.BACKSTAGE_URL) {
    problems.push(
      'BACKSTAGE_TOKEN is given without BACKSTAGE_URL. Give both, or neither to keep no catalogue.',
    )
  }
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems)
  const values = parsed.data
  const common = commonOf(values)
  if (isSetUp) return { mode: 'set-up', ...common }
  return {
    mode: 'serve',
    ...common,
    app: {
      id: Number(values.APP_ID),
      privateKey: privateKey ?? '',
      webhookSecret: values.WEBHOOK_SECRET ?? '',
    },
    dryRun: values.DRY_RUN === 'true',
    sweepHours: Number(values.SWEEP_HOURS ?? 6),
  }
}

const commonOf = (values: Values): CommonConfig => ({
  port: Number(values.PORT ?? 3000),
  host: values.HOST ?? 'localhost',
  logLevel: values.LOG_LEVEL ?? 'info',
  github: githubOf(values),
  database: values.DATABASE_URL ? { url: values.DATABASE_URL } : { directory: values.DATA_DIR ?? './data' },
  policyRepository: values.POLICY_REPOSITORY ?? '.github',
  ...(values.BACKSTAGE_URL
    ? {
        backstage: {
          url: values.BACKSTAGE_URL.replace(/\/+$/, ''),
          ...(values.BACKSTAGE_TOKEN ? { token: values.BACKSTAGE_TOKEN } : {}),
        },
      }
    : {}),
})

const githubOf = ({ GHE_HOST: host, GHE_PROTOCOL: protocol = 'https' }: Values): GitHubConfig =>
  host
    ? {
        apiUrl: `${protocol}://${host}/api/v3`,
        graphqlUrl: `${protocol}://${host}/api/graphql`,
        webUrl: `${protocol}://${host}`,
        enterpriseHost: host,
      }
    : {
        apiUrl: 'https://api.github.com',
        graphqlUrl: 'https://api.github.com/graphql',
        webUrl: 'https://github.com',
      }

/** From the variable or the file, with real line ends. What is wrong with it is added to `problems`. */
const readPrivateKey = (given: Environment, problems: string[]): string | undefined => {
  const fromFile = !given.PRIVATE_KEY && given.PRIVATE_KEY_PATH
  const name = fromFile ? 'PRIVATE_KEY_PATH' : 'PRIVATE_KEY'
  let raw = given.PRIVATE_KEY
  if (fromFile) {
    try {
      raw = readFileSync(fromFile, 'utf8')
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unreadable'
      problems.push(`PRIVATE_KEY_PATH names a file that can't be read (${code}): ${fromFile}.`)
      return undefined
    }
  }
  if (!raw) {
    problems.push(
      "PRIVATE_KEY is missing, and so is PRIVATE_KEY_PATH. Generate a private key on the App's settings page and give one of them.",
    )
    return undefined
  }
  const pem = toPem(raw)
  if (isPrivateKey(pem)) return pem
  problems.push(
    `${name} holds no private key in PEM. Expected the whole file that GitHub gave, from -----BEGIN RSA PRIVATE KEY----- to the end; line ends may be written \\n, or all of it as base64.`,
  )
  return undefined
}

const toPem = (raw: string): string => {
  const text = raw.includes('-----BEGIN') ? raw : Buffer.from(raw, 'base64').toString('utf8')
  return text.replaceAll('\\n', '\n').trim()
}

const isPrivateKey = (pem: string): boolean => {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa'
  } catch {
    return false
  }
}
