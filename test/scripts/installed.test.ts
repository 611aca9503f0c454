import { type ChildProcess, spawn } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

/** Stands for npm, which would take a minute and the network: writes what npm leaves, and counts how often it was run. */
const npm = `
const fs = require('node:fs')
fs.appendFileSync('npm-runs', process.argv.slice(2).join(' ') + '\\n')
const { say = '', code = 0, milliseconds = 0, without = '' } = JSON.parse(fs.readFileSync('npm-does.json', 'utf8'))
setTimeout(() => {
  if (say) console.error(say)
  if (code) process.exit(code)
  // One that outlives its test has nowhere to write; Node's recursive mkdir would try for ever.
  if (!fs.existsSync(__dirname)) process.exit(1)
  fs.rmSync('node_modules', { recursive: true, force: true })
  fs.mkdirSync('node_modules/.bin', { recursive: true })
  fs.writeFileSync('node_modules/.package-lock.json', '{}')
  if (without !== 'node') fs.writeFileSync('node_modules/.bin/node', '')
}, milliseconds)
`

let clone: string

beforeEach(async () => {
  clone = await mkdtemp(join(tmpdir(), 'golden-path-clone-'))
  await mkdir(join(clone, 'scripts'))
  await cp(join(import.meta.dirname, '../../scripts/installed.mjs'), join(clone, 'scripts/installed.mjs'))
  await writeFile(join(clone, 'package-lock.json'), '{ "first": true }')
  await writeFile(join(clone, 'npm.js'), npm)
  await npmDoes({})
})

afterEach(() => rm(clone, { recursive: true, force: true }))

const npmDoes = (what: { say?: string; code?: number; milliseconds?: number; without?: 'node' }) =>
  writeFile(join(clone, 'npm-does.json'), JSON.stringify(what))

const npmRuns = async (): Promise<string[]> =>
  (await readFile(join(clone, 'npm-runs'), 'utf8').catch(() => '')).split('\n').filter(line => line !== '')

interface Run {
  child: ChildProcess
  ended: Promise<{ code: number | null; said: string }>
}

function start(): Run {
  const child = spawn(process.execPath, ['scripts/installed.mjs'], {
    cwd: clone,
    env: { PATH: process.env.PATH, npm_execpath: join(clone, 'npm.js') },
  })
  let said = ''
  child.stdout.on('data', data => {
    said += `on stdout: ${data}`
  })
  child.stderr.on('data', data => {
    said += data
  })
  return { child, ended: new Promise(resolve => child.on('close', code => resolve({ code, said }))) }
}

const run = () => start().ended

describe('scripts/installed.mjs', () => {
  it('installs on a fresh clone and says so, then does nothing and says nothing', async () => {
    const first = await run()
    expect(first.code).toBe(0)
    expect(first.said).toBe(
      'Installing the packages of package-lock.json with `npm ci` (once; about a minute).\n',
    )
    expect(await npmRuns()).toEqual(['ci --include=dev --loglevel=error --no-audit --no-fund'])
    expect(await run()).toEqual({ code: 0, said: '' })
    expect(await npmRuns()).toHaveLength(1)
  })

  it('installs again when package-lock.json says something else, not when it was only written again', async () => {
    await run()
    await writeFile(join(clone, 'package-lock.json'), '{ "first": true }')
    await run()
    expect(await npmRuns()).toHaveLength(1)
    await writeFile(join(clone, 'package-lock.json'), '{ "first": false }')
    await run()
    expect(await npmRuns()).toHaveLength(2)
  })

  it('takes what somebody installed by hand', async () => {
    await mkdir(join(clone, 'node_modules/.bin'), { recursive: true })
    await writeFile(join(clone, 'node_modules/.bin/node'), '')
    await writeFile(join(clone, 'node_modules/.package-lock.json'), '{}')
    expect(await run()).toEqual({ code: 0, said: '' })
    expect(await npmRuns()).toEqual([])
  })

  it('installs once when two commands start at the same time', async () => {
    await npmDoes({ milliseconds: 1500 })
    const first = start()
    await new Promise(resolve => first.child.stderr?.once('data', resolve))
    const second = await run()
    expect((await first.ended).code).toBe(0)
    expect(second).toEqual({ code: 0, said: 'Another command is installing the packages; waiting for it.\n' })
    expect(await npmRuns()).toHaveLength(1)
  })

  it.each([
    ['npm error code ECONNREFUSED', 'The package registry could not be reached: check the network'],
    ['npm error code ENOSPC', 'The disk is full'],
    ['npm error code EUSAGE', 'package.json and package-lock.json disagree'],
    ['npm error code E404', 'npm says why above'],
  ])('fails with %s and the sentence "%s"', async (say, sentence) => {
    await npmDoes({ say, code: 1 })
    const { code, said } = await run()
    expect(code).toBe(1)
    expect(said).toContain(say)
    expect(said).toContain('`npm ci` failed, so nothing was started. ')
    expect(said).toContain(sentence)
    await npmDoes({})
    expect((await run()).code).toBe(0)
  })

  it('is installed again after an interruption', async () => {
    await npmDoes({ milliseconds: 20_000 })
    const interrupted = start()
    await new Promise(resolve => interrupted.child.stderr?.once('data', resolve))
    interrupted.child.kill('SIGTERM')
    const { code, said } = await interrupted.ended
    expect(code).toBe(130)
    expect(said).toContain('Interrupted while installing; the next command installs again.')
    await npmDoes({})
    expect((await run()).code).toBe(0)
  })

  it('takes over from an installer that was killed', async () => {
    await npmDoes({ milliseconds: 2_000 })
    const killed = start()
    await new Promise(resolve => killed.child.stderr?.once('data', resolve))
    killed.child.kill('SIGKILL')
    // Its npm goes on for a moment, as a killed shell's would, and holds the pipe until it ends.
    await killed.ended
    await npmDoes({})
    await writeFile(join(clone, 'package-lock.json'), '{ "first": false }')
    expect((await run()).code).toBe(0)
  })
})
