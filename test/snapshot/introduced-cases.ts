import { component } from '../support/snapshot.ts'

/** What a base has beside the healthy repository, what the head makes of it, and what is to be said of that. */
export interface Case {
  name: string
  base?: Files
  head: Files
  /** In a second commit. */
  next?: Files
  /** As `control path`, once for each finding. */
  introduced?: string[]
  fixed?: string[]
  before?: string[]
  conclusion: 'success' | 'neutral' | 'failure'
  counts?: 'all'
}

/** `undefined` deletes. */
export type Files = Record<string, string | undefined>

const pinned = 'actions/checkout@8e5e7e5ab8b370d6c329ec480221332ada57f0ab'

export const workflow = (...uses: string[]): string =>
  `on: push\npermissions:\n  contents: read\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    steps:\n${uses.map(each => `      - uses: ${each}\n`).join('')}      - run: npm test\n`

export const image = `FROM node:24@sha256:${'a'.repeat(64)}\n`

export const healthy: Record<string, string> = {
  'catalog-info.yaml': component('api'),
  CODEOWNERS: '* @acme/payments\n',
  'README.md': '# The API\n\nWhat it does.\n',
  '.github/workflows/ci.yml': workflow(pinned),
  Dockerfile: image,
  'config/logging.yaml': 'audit:\n  enabled: true\n  retentionDays: 400\n',
  'src/a.js': 'export {}\n',
}

const location = (...targets: string[]): string =>
  `apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata:\n  name: all\nspec:\n  targets:\n${targets.map(each => `    - ${each}\n`).join('')}`

const logging = (days: number, more = ''): string =>
  `${more}audit:\n  enabled: true\n  retentionDays: ${days}\n`

const owners = (...lines: string[]): string => `${lines.join('\n')}\n`

const nobody = component('api', 'nobody')
const wrongOwner = 'owner-exists catalog-info.yaml'
const wrongCodeowner = 'codeowners-valid CODEOWNERS'
const unpinned = 'actions-pinned .github/workflows/ci.yml'
const short = 'logging-kept config/logging.yaml'

export const cases: Case[] = [
  { name: 'nothing that is read', head: { 'src/a.js': 'export const a = 1\n' }, conclusion: 'success' },
  { name: 'only ignored paths', head: { 'docs/notes.txt': 'x\n', 'src/b.js': '' }, conclusion: 'success' },
  {
    name: 'an owner who does not exist',
    head: { 'catalog-info.yaml': nobody },
    introduced: [wrongOwner],
    conclusion: 'failure',
  },
  {
    name: 'an owner who did not exist before either',
    base: { 'catalog-info.yaml': nobody },
    head: { 'src/a.js': '' },
    before: [wrongOwner],
    conclusion: 'success',
  },
  {
    name: 'the same, counted as the policy asks',
    base: { 'catalog-info.yaml': nobody },
    head: { 'src/a.js': '' },
    before: [wrongOwner],
    conclusion: 'failure',
    counts: 'all',
  },
  {
    name: 'an owner who exists again',
    base: { 'catalog-info.yaml': nobody },
    head: { 'catalog-info.yaml': component('api') },
    fixed: [wrongOwner],
    conclusion: 'success',
  },
  {
    name: 'another owner who does not exist',
    base: { 'catalog-info.yaml': nobody },
    head: { 'catalog-info.yaml': component('api', 'noone') },
    introduced: [wrongOwner],
    fixed: [wrongOwner],
    conclusion: 'failure',
  },
  {
    name: 'lines above an old problem',
    base: { 'catalog-info.yaml': nobody },
    head: { 'catalog-info.yaml': `# One\n# Two\n# Three\n${nobody}` },
    before: [wrongOwner],
    conclusion: 'success',
  },
  {
    name: 'another line of a file with an old problem',
    base: { 'catalog-info.yaml': nobody },
    head: { 'catalog-info.yaml': nobody.replace('production', 'experimental') },
    before: [wrongOwner],
    conclusion: 'success',
  },
  {
    name: 'the very line of an old problem, without repairing it',
    base: { 'catalog-info.yaml': nobody },
    head: { 'catalog-info.yaml': nobody.replace('owner: nobody', 'owner: nobody # later') },
    before: [wrongOwner],
    conclusion: 'success',
  },
  {
    name: 'one problem for another',
    base: { 'catalog-info.yaml': nobody },
    head: { 'catalog-info.yaml': component('api'), CODEOWNERS: owners('* @acme/gone') },
    introduced: [wrongCodeowner],
    fixed: [wrongOwner],
    conclusion: 'failure',
  },
  {
    name: 'a second unknown owner in CODEOWNERS',
    base: { CODEOWNERS: owners('* @acme/payments', '/src @acme/old') },
    head: { CODEOWNERS: owners('* @acme/payments', '/src @acme/old', '/lib @acme/new') },
    introduced: [wrongCodeowner],
    before: [wrongCodeowner],
    conclusion: 'failure',
  },
  {
    name: 'the same unknown owner once more',
    base: { CODEOWNERS: owners('* @acme/payments', '/src @acme/old') },
    head: { CODEOWNERS: owners('* @acme/payments', '/lib @acme/old', '/src @acme/old') },
    introduced: [wrongCodeowner],
    before: [wrongCodeowner],
    conclusion: 'failure',
  },
  {
    name: 'one of two unknown owners less',
    base: { CODEOWNERS: owners('* @acme/payments', '/src @acme/old', '/lib @acme/older') },
    head: { CODEOWNERS: owners('* @acme/payments', '/lib @acme/older') },
    fixed: [wrongCodeowner],
    before: [wrongCodeowner],
    conclusion: 'success',
  },
  {
    name: 'the lines of CODEOWNERS in another order',
    base: { CODEOWNERS: owners('* @acme/payments', '/src @acme/old', '/lib @acme/older') },
    head: { CODEOWNERS: owners('* @acme/payments', '/lib @acme/older', '/src @acme/old') },
    before: [wrongCodeowner, wrongCodeowner],
    conclusion: 'success',
  },
  {
    name: 'CODEOWNERS moved as it is',
    base: { CODEOWNERS: owners('* @acme/payments', '/src @acme/old') },
    head: { CODEOWNERS: undefined, '.github/CODEOWNERS': owners('* @acme/payments', '/src @acme/old') },
    before: ['codeowners-valid .github/CODEOWNERS'],
    conclusion: 'success',
  },
  {
    name: 'CODEOWNERS moved and written anew, with the same mistake',
    base: { CODEOWNERS: owners('* @acme/payments', '/src @acme/old') },
    head: {
      CODEOWNERS: undefined,
      '.github/CODEOWNERS': owners(
        '# Who',
        '# answers',
        '# for',
        '# what',
        '/src/ @acme/old',
        '* @acme/payments',
      ),
    },
    before: ['codeowners-valid .github/CODEOWNERS'],
    conclusion: 'success',
  },
  {
    name: 'CODEOWNERS deleted',
    head: { CODEOWNERS: undefined },
    introduced: ['codeowners-cover', 'codeowners-valid'],
    conclusion: 'failure',
  },
  {
    name: 'CODEOWNERS deleted that was wrong',
    base: { CODEOWNERS: owners('* @acme/gone') },
    head: { CODEOWNERS: undefined },
    introduced: ['codeowners-cover', 'codeowners-valid'],
    fixed: [wrongCodeowner],
    conclusion: 'failure',
  },
  {
    name: 'CODEOWNERS where there was none',
    base: { CODEOWNERS: undefined },
    head: { CODEOWNERS: owners('* @acme/payments') },
    fixed: ['codeowners-cover', 'codeowners-valid'],
    conclusion: 'success',
  },
  {
    name: 'catalog-info.yaml deleted',
    head: { 'catalog-info.yaml': undefined },
    introduced: ['catalog-info-valid', 'owner-exists'],
    conclusion: 'failure',
  },
  {
    name: 'catalog-info.yaml where there was none',
    base: { 'catalog-info.yaml': undefined },
    head: { 'catalog-info.yaml': component('api') },
    fixed: ['catalog-info-valid', 'owner-exists'],
    conclusion: 'success',
  },
  {
    name: 'no catalog-info.yaml, as before',
    base: { 'catalog-info.yaml': undefined },
    head: { 'README.md': '# Another\n\nText.\n' },
    before: ['catalog-info-valid', 'owner-exists'],
    conclusion: 'success',
  },
  {
    name: 'catalog-info.yaml that is no YAML any more',
    head: { 'catalog-info.yaml': 'kind: [\n' },
    introduced: ['catalog-info-valid catalog-info.yaml'],
    conclusion: 'failure',
  },
  {
    name: 'a workflow with an action that is not pinned',
    head: { '.github/workflows/release.yml': workflow('actions/setup-node@v4') },
    introduced: ['actions-pinned .github/workflows/release.yml'],
    conclusion: 'failure',
  },
  {
    name: 'an unpinned action beside one of before',
    base: { '.github/workflows/ci.yml': workflow('actions/setup-node@v4') },
    head: { '.github/workflows/ci.yml': workflow('actions/setup-node@v4', 'actions/cache@v4') },
    introduced: [unpinned],
    before: [unpinned],
    conclusion: 'failure',
  },
  {
    name: 'another version of an action that was not pinned',
    base: { '.github/workflows/ci.yml': workflow('actions/setup-node@v4') },
    head: { '.github/workflows/ci.yml': workflow('actions/setup-node@v5') },
    introduced: [unpinned],
    fixed: [unpinned],
    conclusion: 'failure',
  },
  {
    name: 'a workflow under another name',
    base: { '.github/workflows/ci.yml': workflow('actions/setup-node@v4') },
    head: {
      '.github/workflows/ci.yml': undefined,
      '.github/workflows/test.yml': workflow('actions/setup-node@v4'),
    },
    before: ['actions-pinned .github/workflows/test.yml'],
    conclusion: 'success',
  },
  {
    name: 'a workflow under another name with one more problem',
    base: { '.github/workflows/ci.yml': workflow(pinned, 'actions/setup-node@v4') },
    head: {
      '.github/workflows/ci.yml': undefined,
      '.github/workflows/test.yml': workflow(pinned, 'actions/setup-node@v4', 'actions/cache@v4'),
    },
    introduced: ['actions-pinned .github/workflows/test.yml'],
    before: ['actions-pinned .github/workflows/test.yml'],
    conclusion: 'failure',
  },
  {
    name: 'a workflow copied with its problem',
    base: { '.github/workflows/ci.yml': workflow('actions/setup-node@v4') },
    head: { '.github/workflows/copy.yml': workflow('actions/setup-node@v4') },
    introduced: ['actions-pinned .github/workflows/copy.yml'],
    before: [unpinned],
    conclusion: 'failure',
  },
  {
    name: 'the broken workflow deleted',
    base: { '.github/workflows/bad.yml': workflow('actions/setup-node@v4') },
    head: { '.github/workflows/bad.yml': undefined },
    fixed: ['actions-pinned .github/workflows/bad.yml'],
    conclusion: 'success',
  },
  {
    name: 'a Dockerfile without a digest in a new directory',
    head: { 'services/pay/Dockerfile': 'FROM node:24\n' },
    introduced: ['base-images-pinned services/pay/Dockerfile'],
    conclusion: 'failure',
  },
  {
    name: 'a Dockerfile without a digest moved to another directory',
    base: { 'services/pay/Dockerfile': 'FROM node:24\nCOPY . .\nRUN npm ci\n' },
    head: {
      'services/pay/Dockerfile': undefined,
      'apps/pay/Dockerfile': 'FROM node:24\nCOPY . .\nRUN npm ci\n',
    },
    before: ['base-images-pinned apps/pay/Dockerfile'],
    conclusion: 'success',
  },
  {
    name: 'a binary',
    head: { 'lib/pay.jar': 'x\n' },
    introduced: ['no-binaries lib/pay.jar'],
    conclusion: 'failure',
  },
  {
    name: 'a binary beside one of before',
    base: { 'lib/old.jar': 'old\n' },
    head: { 'lib/pay.jar': 'new\n' },
    introduced: ['no-binaries lib/pay.jar'],
    before: ['no-binaries lib/old.jar'],
    conclusion: 'failure',
  },
  {
    name: 'a binary less',
    base: { 'lib/old.jar': 'old\n', 'lib/older.jar': 'older\n' },
    head: { 'lib/old.jar': undefined },
    fixed: ['no-binaries lib/old.jar'],
    before: ['no-binaries lib/older.jar'],
    conclusion: 'success',
  },
  {
    name: 'one file more that nobody owns',
    base: { CODEOWNERS: owners('/config @acme/payments') },
    head: { 'src/b.js': '' },
    introduced: ['codeowners-cover CODEOWNERS'],
    conclusion: 'failure',
  },
  {
    name: 'one file more that somebody owns, where others have nobody',
    base: { CODEOWNERS: owners('/config @acme/payments') },
    head: { 'config/more.yaml': 'a: 1\n' },
    before: ['codeowners-cover CODEOWNERS'],
    conclusion: 'success',
  },
  {
    name: 'an owner for some of the files that have none',
    base: { CODEOWNERS: owners('/config @acme/payments') },
    head: { CODEOWNERS: owners('/config @acme/payments', '/src @acme/payments') },
    before: ['codeowners-cover CODEOWNERS'],
    conclusion: 'success',
  },
  {
    name: 'what is only advised',
    head: {
      'README.md': undefined,
    },
    introduced: ['readme-present'],
    conclusion: 'neutral',
  },
  {
    name: 'what was only advised before',
    base: { 'README.md': undefined },
    head: { 'src/a.js': '' },
    before: ['readme-present'],
    conclusion: 'success',
  },
  {
    name: 'logs kept for too short',
    head: { 'config/logging.yaml': logging(30) },
    introduced: [short],
    conclusion: 'failure',
  },
  {
    name: 'logs kept for too short before, and other lines above',
    base: { 'config/logging.yaml': logging(30) },
    head: { 'config/logging.yaml': logging(30, 'level: info\n') },
    before: [short],
    conclusion: 'success',
  },
  {
    name: 'logs kept long enough now',
    base: { 'config/logging.yaml': logging(30) },
    head: { 'config/logging.yaml': logging(365) },
    fixed: [short],
    conclusion: 'success',
  },
  {
    name: 'a target of a Location that is not there',
    base: { 'catalog-info.yaml': location('./a/catalog-info.yaml'), 'a/catalog-info.yaml': component('a') },
    head: { 'catalog-info.yaml': location('./a/catalog-info.yaml', './b/catalog-info.yaml') },
    introduced: ['catalog-info-valid catalog-info.yaml'],
    conclusion: 'failure',
  },
  {
    name: 'an entity of a monorepo with an owner who does not exist',
    base: {
      'catalog-info.yaml': location('./a/catalog-info.yaml', './b/catalog-info.yaml'),
      'a/catalog-info.yaml': component('a', 'gone'),
      'b/catalog-info.yaml': component('b'),
    },
    head: { 'b/catalog-info.yaml': component('b', 'nobody') },
    introduced: ['owner-exists b/catalog-info.yaml'],
    before: ['owner-exists a/catalog-info.yaml'],
    conclusion: 'failure',
  },
  {
    name: 'a service of a monorepo deleted with its problem',
    base: {
      'catalog-info.yaml': location('./a/catalog-info.yaml', './b/catalog-info.yaml'),
      'a/catalog-info.yaml': component('a', 'gone'),
      'b/catalog-info.yaml': component('b'),
    },
    head: { 'catalog-info.yaml': location('./b/catalog-info.yaml'), 'a/catalog-info.yaml': undefined },
    fixed: ['owner-exists a/catalog-info.yaml'],
    conclusion: 'success',
  },
  {
    name: 'a stricter wish of the repository itself that it does not keep',
    base: { 'README.md': undefined },
    head: {
      '.github/golden-path.yml': 'version: 1\nrequire:\n  readme-present: enforce\n',
    },
    introduced: ['readme-present'],
    conclusion: 'failure',
  },
  {
    name: 'everything deleted',
    head: Object.fromEntries(
      Object.keys(healthy).map(path => [path, path === 'src/a.js' ? '\n' : undefined]),
    ),
    introduced: [
      'catalog-info-valid',
      'codeowners-cover',
      'codeowners-valid',
      'logging-kept',
      'owner-exists',
      'readme-present',
    ],
    conclusion: 'failure',
  },
  {
    name: 'everything deleted that was broken',
    base: { '.github/workflows/ci.yml': workflow('actions/setup-node@v4'), 'lib/old.jar': 'old\n' },
    head: {
      ...Object.fromEntries(Object.keys(healthy).map(path => [path, path === 'src/a.js' ? '\n' : undefined])),
      'lib/old.jar': undefined,
    },
    introduced: [
      'catalog-info-valid',
      'codeowners-cover',
      'codeowners-valid',
      'logging-kept',
      'owner-exists',
      'readme-present',
    ],
    fixed: [unpinned, 'no-binaries lib/old.jar'],
    conclusion: 'failure',
  },
  {
    name: 'a file where a directory was',
    base: { 'docs/index.md': '# Docs\n' },
    head: { 'docs/index.md': undefined },
    next: { docs: 'a file now\n' },
    conclusion: 'success',
  },
]
