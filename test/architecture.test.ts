import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Import, type ModuleGraph, readModule, readModules } from './support/module-graph.ts'

/** Who may import whom, as docs/architecture.md says it. A breach reads: file, what it does, the rule. */

const startsPure =
  /^src\/(controls|policy|proposal)\/|^src\/effects\/([\w-]+\/)?(plan|render)[\w-]*\.ts$|^src\/effects\/text\/|^src\/intake\/(to-jobs|commands|job)\.ts$|^src\/snapshot\/(snapshot|ownership|files\/codeowners|entities\/entities)\.ts$/

/** Same in, same out: all that a pure file may have from outside the project. */
const purePackages =
  /^(yaml|zod|picomatch|fastest-levenshtein|re2js|diff|marked|dockerfile-ast|dot-properties|smol-toml|@marcbachmann\/cel-js|@backstage\/(catalog-model|plugin-scaffolder-common)(\/.*)?)$/

const impure: [RegExp, string][] = [
  [/\bfetch\s*\(/, 'calls fetch'],
  [/\bprocess\s*[.[?]/, 'reads process'],
  [
    /\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\.now\b|\bset(Timeout|Interval|Immediate)\b/,
    'reads the clock',
  ],
  [/\bMath\.random\b|\brandom(UUID|Bytes|Int)\b|\bgetRandomValues\b/, 'is random'],
  [/\bconsole\./, 'writes to the console'],
]

/** The one exception: only `node:vm` can cut off what runs too long. */
const timeLimit = 'src/policy/time-limit.ts'

const isOurs = (target: string): boolean => /^(src|demo|bin|test|scripts)\//.test(target)
const room = (path: string): string => /^src\/([\w-]+)\//.exec(path)?.[1] ?? path

/** The pure rooms' files, and every file whose code they run. */
function pureFiles(modules: ModuleGraph): Set<string> {
  const reached = new Set([...modules.keys()].filter(path => startsPure.test(path)))
  for (const path of reached)
    for (const { target, isType } of modules.get(path)?.imports ?? [])
      if (isOurs(target) && !isType) reached.add(target)
  return reached
}

interface Rule {
  sentence: string
  /** The files it speaks of. */
  of: (path: string) => boolean
  forbids: (imported: Import, path: string, pure: ReadonlySet<string>) => boolean
}

const inRoom =
  (...names: string[]) =>
  (path: string) =>
    names.includes(room(path))
const outside =
  (...names: string[]) =>
  ({ target }: Import) =>
    isOurs(target) && !names.includes(room(target))

const rules: Rule[] = [
  {
    sentence: 'proposal imports proposal and snapshot only',
    of: inRoom('proposal'),
    forbids: outside('proposal', 'snapshot'),
  },
  {
    sentence: 'controls import controls, proposal and snapshot only',
    of: inRoom('controls'),
    forbids: outside('controls', 'proposal', 'snapshot'),
  },
  {
    sentence: 'policy imports policy, controls, proposal and snapshot only',
    of: inRoom('policy'),
    forbids: outside('policy', 'controls', 'proposal', 'snapshot'),
  },
  {
    sentence:
      'snapshot, effects and store meet in assess.ts: of each other they import types and pure files only',
    of: inRoom('snapshot', 'effects', 'store'),
    forbids: ({ target, isType }, path, pure) =>
      ['snapshot', 'effects', 'store'].includes(room(target)) &&
      room(target) !== room(path) &&
      !isType &&
      !pure.has(target),
  },
  {
    sentence: 'intake and web reach the store, never GitHub',
    of: inRoom('intake', 'web'),
    forbids: ({ target, isType }, _path, pure) =>
      /^(octokit|@octokit\/.*)$/.test(target) ||
      (!isType &&
        (target === 'src/github.ts' ||
          (['snapshot', 'effects'].includes(room(target)) && !pure.has(target)))),
  },
  {
    sentence: 'only the store speaks to a database',
    of: path => path.startsWith('src/') && room(path) !== 'store',
    forbids: ({ target, isType }) => !isType && /^(pg|pg-boss|@electric-sql\/pglite)(\/|$)/.test(target),
  },
  {
    sentence: 'nothing imports main.ts',
    of: () => true,
    forbids: ({ target }) => /^(src|demo)\/(.*\/)?main\.ts$/.test(target),
  },
  {
    sentence: 'src never imports demo, test or scripts',
    of: path => path.startsWith('src/'),
    forbids: ({ target }) => /^(demo|test|scripts|bin)\//.test(target),
  },
  {
    sentence: 'no barrels but controls/index.ts: import the file you mean',
    of: () => true,
    forbids: ({ target }) =>
      isOurs(target) && target.endsWith('/index.ts') && target !== 'src/controls/index.ts',
  },
]

function breaches(modules: ModuleGraph): string[] {
  const pure = pureFiles(modules)
  const found: string[] = []
  for (const [path, { imports, code }] of modules) {
    for (const rule of rules.filter(each => each.of(path)))
      for (const imported of imports)
        if (rule.forbids(imported, path, pure))
          found.push(`${path} imports ${imported.target}: ${rule.sentence}`)

    // main.ts hands the environment over to config.ts, unread.
    const own = path === 'src/main.ts' ? code.replace('readConfig(process.env)', '') : code
    const reads =
      /\bprocess\s*\??\.\s*env\b/.test(own) || imports.some(({ target }) => target === 'node:process')
    if (reads && path.startsWith('src/') && path !== 'src/config.ts')
      found.push(`${path} reads process.env: only config.ts does`)

    if (!pure.has(path)) continue
    for (const { target, isType } of imports) {
      const isTimeLimit = path === timeLimit && target === 'node:vm'
      // A hash of what was given is as pure as a sum; `random*` is caught by its name below.
      if (isType || isOurs(target) || purePackages.test(target) || target === 'node:crypto' || isTimeLimit)
        continue
      found.push(`${path} imports ${target}: pure files touch nothing outside`)
    }
    // A limit of processor time has to know it.
    const asked =
      path === timeLimit ? code.replace('(process.threadCpuUsage ?? process.cpuUsage)()', '') : code
    for (const [pattern, does] of impure)
      if (pattern.test(asked)) found.push(`${path} ${does}: pure files touch nothing outside`)
  }
  return found
}

/** A package that only the demo or a test declares is there on this machine and missing in the image. */
function undeclared(modules: ModuleGraph, declared: readonly string[]): string[] {
  return [...modules].flatMap(([path, { imports }]) =>
    imports
      .filter(({ target, isType }) => !isType && path.startsWith('src/') && !isOurs(target))
      .map(({ target }) => target.split('/', target.startsWith('@') ? 2 : 1).join('/'))
      .filter(target => !target.startsWith('node:') && !declared.includes(target))
      .map(target => `${path} imports ${target}: it is none of package.json's dependencies`),
  )
}

describe('the rooms of the house', () => {
  const root = join(import.meta.dirname, '..')
  const modules = readModules(root, ['src', 'demo'])

  it('import each other only as docs/architecture.md says', () => {
    expect(modules.size).toBeGreaterThan(20)
    expect(breaches(modules)).toEqual([])
  })

  it('import only packages that the image has', () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    expect(undeclared(modules, Object.keys(dependencies))).toEqual([])
  })
})

describe('each rule can fail', () => {
  const sample = (sources: Record<string, string>): ModuleGraph =>
    new Map(Object.entries(sources).map(([path, text]) => [path, readModule(path, text)]))

  it.each<[string, Record<string, string>]>([
    [
      'src/controls/a.ts imports src/policy/b.ts: controls import controls, proposal and snapshot only',
      { 'src/controls/a.ts': "import type { B } from '../policy/b.ts'" },
    ],
    [
      'src/policy/a.ts imports src/store/b.ts: policy imports policy, controls, proposal and snapshot only',
      { 'src/policy/a.ts': "import { type B } from '../store/b.ts'" },
    ],
    [
      'src/effects/apply.ts imports src/store/b.ts: snapshot, effects and store meet in assess.ts',
      { 'src/effects/apply.ts': "import { b } from '../store/b.ts'" },
    ],
    [
      'src/web/page.ts imports src/snapshot/take.ts: intake and web reach the store, never GitHub',
      { 'src/web/page.ts': "const { take } = await import('../snapshot/take.ts')" },
    ],
    [
      'src/intake/app.ts imports @octokit/core: intake and web reach the store, never GitHub',
      { 'src/intake/app.ts': "import { Octokit } from '@octokit/core'" },
    ],
    [
      'src/worker.ts imports pg: only the store speaks to a database',
      { 'src/worker.ts': "import pg from 'pg'" },
    ],
    [
      'demo/run.ts imports src/main.ts: nothing imports main.ts',
      { 'demo/run.ts': "import '../src/main.ts'" },
    ],
    ['src/a.ts imports demo/b.ts: src never imports demo', { 'src/a.ts': "export * from '../demo/b.ts'" }],
    ['src/a.ts imports src/web/index.ts: no barrels', { 'src/a.ts': "import { b } from './web/index.ts'" }],
    [
      'src/worker.ts reads process.env: only config.ts does',
      { 'src/worker.ts': 'const x = process.env.PORT ?? 3000' },
    ],
    [
      'src/main.ts reads process.env: only config.ts does',
      { 'src/main.ts': 'const config = readConfig(process.env)\nlisten(process.env.PORT)' },
    ],
    ['src/policy/a.ts imports node:vm: pure files', { 'src/policy/a.ts': "import vm from 'node:vm'" }],
    [
      'src/controls/a.ts imports node:fs: pure files',
      { 'src/controls/a.ts': "import {\n  readFileSync,\n} from 'node:fs'" },
    ],
    [
      'src/effects/render-issue.ts reads the clock',
      { 'src/effects/render-issue.ts': 'const today = new Date()' },
    ],
    ['src/effects/plan.ts calls fetch', { 'src/effects/plan.ts': 'await fetch(url)' }],
    ['src/controls/a.ts is random', { 'src/controls/a.ts': 'const id = crypto.randomUUID()' }],
    ['src/policy/a.ts reads process', { 'src/policy/a.ts': 'process.cwd()' }],
    // Through a file that is not pure by its place: what a control runs must be pure too.
    [
      'src/snapshot/lines.ts imports node:fs: pure files',
      {
        'src/controls/a.ts': "import { lines } from '../snapshot/lines.ts'",
        'src/snapshot/lines.ts': "import { readFileSync } from 'node:fs'",
      },
    ],
  ])('%s', (expected, sources) => {
    const found = breaches(sample(sources))
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(expected)
  })

  it('finds a package that package.json does not declare', () => {
    const modules = sample({
      'src/web/server.ts': "import { serve } from '@hono/node-server'\nimport { html } from 'hono/html'",
    })
    expect(undeclared(modules, ['hono'])).toEqual([
      "src/web/server.ts imports @hono/node-server: it is none of package.json's dependencies",
    ])
  })

  it('leaves alone what only looks like a breach', () => {
    const innocent = sample({
      'src/snapshot/snapshot.ts': '',
      'src/policy/time-limit.ts': "import vm from 'node:vm'",
      'src/controls/a.ts':
        "// process.env and Math.random() are not for us\nexport const why = 'never fetch(anything)'\nnew Date(now)",
      'src/effects/apply.ts':
        "import type { Store } from '../store/store.ts'\nimport { file } from '../snapshot/snapshot.ts'",
      'src/config.ts': 'const port = process.env.PORT',
    })
    expect(breaches(innocent)).toEqual([])
  })
})
