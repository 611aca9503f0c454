import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'

/** `npm run demo`, as a process of its own: what it prints, and that nothing is left when it has ended, however. */

const root = join(import.meta.dirname, '../..')
const repositories = Object.keys(
  parse(readFileSync(join(root, 'demo/organisation/org.yaml'), 'utf8')).repositories,
)

interface Demo {
  process: ChildProcess
  output: () => string
  /** Of every process that was seen below it. */
  descendants: Set<number>
  /** Holds all its temporary files. */
  folder: string
  exit: Promise<[number | null, string | null]>
  /** Resolves when the output says so. */
  says: (words: string) => Promise<void>
}

const demos: Demo[] = []

function startDemo(...options: string[]): Demo {
  const folder = mkdtempSync(join(tmpdir(), 'golden-path-demo-test-'))
  // PostgreSQL runs as another user when we are root, and its files lie in here.
  chmodSync(folder, 0o755)
  const child = spawn(process.execPath, ['demo/run.ts', ...options], {
    cwd: root,
    env: { PATH: process.env.PATH, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', chunk => {
      output += chunk
    })
  const descendants = new Set<number>()
  const watching = setInterval(() => {
    for (const pid of below(child.pid ?? 0)) descendants.add(pid)
  }, 250)
  const exit = once(child, 'exit').then(([code, signal]): [number | null, string | null] => {
    clearInterval(watching)
    return [code, signal]
  })
  const says = async (words: string): Promise<void> => {
    while (!output.includes(words)) {
      if (child.exitCode !== null) throw new Error(`The demo ended without saying "${words}":\n${output}`)
      await wait(20)
    }
  }
  const demo = { process: child, output: () => output, descendants, folder, exit, says }
  demos.push(demo)
  return demo
}

function processes(): { pid: number; parent: number; state: string }[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' })
  return table.split('\n').flatMap(row => {
    const [pid, parent, state] = row.trim().split(/\s+/)
    return pid && parent && state ? [{ pid: Number(pid), parent: Number(parent), state }] : []
  })
}

function below(ancestor: number): number[] {
  const found = new Set([ancestor])
  const all = processes()
  for (let before = 0; before < found.size; ) {
    before = found.size
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid)
  }
  found.delete(ancestor)
  return [...found]
}

/** A dead process that nobody has asked about is no process any more. */
const alive = (pids: Set<number>): number[] =>
  processes().flatMap(({ pid, state }) => (pids.has(pid) && !state.startsWith('Z') ? [pid] : []))

function expectNothingLeft(demo: Demo): void {
  expect(alive(demo.descendants), 'processes left running').toEqual([])
  expect(readdirSync(demo.folder), 'temporary files left').toEqual([])
}

afterEach(() => {
  for (const { process: child, descendants, folder } of demos.splice(0)) {
    child.kill('SIGKILL')
    for (const pid of alive(descendants)) process.kill(pid, 'SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
})

describe('npm run demo -- --once', () => {
  it('plays the story, prints every repository, exits 0 and leaves nothing', async () => {
    const demo = startDemo('--once')
    const [code] = await demo.exit
    const output = demo.output()
    expect(code, output).toBe(0)
    expect(output).not.toContain('NOT SEEN')
    // Backstage, its PostgreSQL with children, and the app.
    expect(demo.descendants.size).toBeGreaterThan(3)
    expectNothingLeft(demo)

    const rows = output.slice(output.indexOf('\nrepository ')).split('\n')
    const row = (name: string) => rows.find(each => each.startsWith(`${name} `))
    for (const name of [...repositories, 'refunds']) expect(row(name), `the row of ${name}`).toBeDefined()
    expect(row('payments-api')).toMatch(/success .* #1 closed +component:default\/payments-api \+1$/)
    expect(row('refunds')).toMatch(/success .* #1 closed +component:default\/refunds$/)
    expect(row('recommendations')).toMatch(/failure .*"team-recomendations".* #1 open +-$/)
    expect(row('old-billing')).toMatch(/ - +none: it is archived +- +-$/)
    expect(Math.max(...rows.map(each => each.length))).toBeLessThanOrEqual(120)
    expect(output).toMatch(/golden-path\.yml:\d+:\d+: "enfroce" is no level/)
    expect(output).toMatch(/The app asked GitHub \d+ times/)
  }, 120_000)
})

describe('npm run demo, ended in the middle', () => {
  it.each([
    ['while Backstage starts', 'SIGTERM', 'A real Backstage', 600, 143],
    ['while the app starts', 'SIGINT', 'The app, on PGlite', 300, 130],
  ] as const)(
    '%s by %s: leaves nothing',
    async (_, signal, words, milliseconds, exitCode) => {
      const demo = startDemo('--once')
      await demo.says(words)
      await wait(milliseconds)
      demo.process.kill(signal)
      expect(await demo.exit, demo.output()).toEqual([exitCode, null])
      expectNothingLeft(demo)
    },
    90_000,
  )

  it('by the death of the app: says so, exits 1 and leaves nothing', async () => {
    const demo = startDemo('--once')
    await demo.says('The app looks at every repository')
    const app = execFileSync('ps', ['-A', '-o', 'pid=,args='], { encoding: 'utf8' })
      .split('\n')
      .filter(row => row.includes('src/main.ts'))
      .map(row => Number.parseInt(row, 10))
      .find(pid => below(demo.process.pid ?? 0).includes(pid))
    process.kill(app ?? 0, 'SIGKILL')
    expect(await demo.exit, demo.output()).toEqual([1, null])
    expect(demo.output()).toContain('The app ended with SIGKILL')
    expectNothingLeft(demo)
  }, 90_000)
})

describe('npm run demo', () => {
  it('stays, shows check runs and issues as GitHub does, and ends with 0 at Ctrl-C', async () => {
    const demo = startDemo()
    await demo.says('GitHub as Ada')
    const pages = /as GitHub shows them:\s+(http:\S+)/.exec(demo.output())?.[1] ?? ''
    expect(await (await fetch(pages)).text()).toContain('<a href="/recommendations">')
    const page = await (await fetch(`${pages}/recommendations`)).text()
    expect(page).toContain('1 thing to fix: &quot;team-recomendations&quot; is no team or user of acme')
    expect(page).toContain('Check failure on line 13 in <code>catalog-info.yaml</code>')
    expect(page).toContain('Golden path: 1 thing to fix in recommendations')
    expect(page).not.toContain('golden-path:issue')
    const [, file = ''] = /href="(\/recommendations\/blob\/[^"]+)"/.exec(page) ?? []
    expect(await (await fetch(`${pages}${file}`)).text()).toContain('owner: team-recomendations')
    const [, action = ''] = /<form method="post" action="([^"]+)">\s*<button[^>]*>Fix this</.exec(page) ?? []
    const pressed = `${pages}/recommendations${action.replaceAll('&amp;', '&')}`
    expect((await fetch(pressed, { method: 'POST' })).status).toBe(200)
    const proposed = /on #\d+ Golden path: make “Owner exists” pass, success/
    while (!proposed.test(await (await fetch(`${pages}/recommendations`)).text())) await wait(200)
    demo.process.kill('SIGINT')
    expect(await demo.exit, demo.output()).toEqual([0, null])
    expectNothingLeft(demo)
  }, 120_000)
})
