// Makes `npm test`, `npm start`, `npm run demo` and `npm run github` work as the first command typed on a fresh clone:
// runs `npm ci` when what is installed is not what package-lock.json asks for, and nothing otherwise.
// Runs on whatever Node the machine has (20 or newer) and before anything is installed: no dependencies, no TypeScript.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const inRoot = path => join(root, path)
const sha256 = text => createHash('sha256').update(text).digest('hex')

/** The lock file alone decides what `npm ci` installs; by content, since a `git checkout` renews its time. */
const wanted = () => sha256(readFileSync(inRoot('package-lock.json')))
const stamp = inRoot('node_modules/.golden-path-installed')

/** Node 24 comes as a package whose install script puts the binary there; Node 22.18 was the first to run TypeScript unasked. */
const canRunTypeScript = () => {
  if (existsSync(inRoot('node_modules/.bin/node'))) return true
  const [major, minor] = process.versions.node.split('.').map(Number)
  return major > 22 || (major === 22 && minor >= 18)
}

const isInstalled = hash => {
  if (!existsSync(inRoot('node_modules/.package-lock.json')) || !canRunTypeScript()) return false
  if (existsSync(stamp)) return readFileSync(stamp, 'utf8') === hash
  // Installed by hand: npm writes this file last, so one that is newer than the lock file means it ended well.
  const isNewer =
    statSync(inRoot('node_modules/.package-lock.json')).mtimeMs >=
    statSync(inRoot('package-lock.json')).mtimeMs
  if (isNewer) writeFileSync(stamp, hash)
  return isNewer
}

// Outside node_modules, which `npm ci` deletes, and outside the checkout, which stays clean.
const lock = join(tmpdir(), `golden-path-install-${sha256(root).slice(0, 16)}.pid`)

const isAlive = pid => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** True when the lock is ours, false when a living process has it. */
const takeLock = () => {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  }
  // Its holder writes the number right after it made the file; an empty one older than 5 s was left by a crash.
  const holder = existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : 0
  const isFresh = existsSync(lock) && Date.now() - statSync(lock).mtimeMs < 5000
  if (holder ? !isAlive(holder) : !isFresh) rmSync(lock, { force: true })
  return false
}

const say = sentence => process.stderr.write(`${sentence}\n`)

/** npm names the error and the cause first, then prints stacks, its own usage and where its log is. */
const firstLines = text =>
  text
    .split('\n')
    .filter(line => line.trim() !== '' && line.trim() !== 'npm error')
    .slice(0, 6)
    .join('\n')

const causes = [
  [/ENOSPC/, 'The disk is full: free about 1 GB'],
  [/EACCES|EPERM/, 'A folder may not be written: check who owns this folder and ~/.npm'],
  [
    /ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ERR_SOCKET_TIMEOUT/,
    'The package registry could not be reached: check the network, or the proxy and registry in `npm config list`',
  ],
  [/code E40[137]/, 'The package registry refused us: check the registry and its token in `npm config list`'],
  [/EUSAGE/, 'package.json and package-lock.json disagree: run `npm install` and commit package-lock.json'],
]

/** npm with which this runs, so that a second one on the PATH is not picked up. */
const npm = () => {
  const path = process.env.npm_execpath
  return path?.endsWith('.js') && existsSync(path) ? [process.execPath, [path]] : ['npm', []]
}

const install = () =>
  new Promise(resolve => {
    const [command, first] = npm()
    // Development packages always: NODE_ENV=production would leave out the Node that runs the sources.
    const child = spawn(
      command,
      [...first, 'ci', '--include=dev', '--loglevel=error', '--no-audit', '--no-fund'],
      {
        cwd: root,
        stdio: ['ignore', 'ignore', 'pipe'],
        shell: command === 'npm' && process.platform === 'win32',
      },
    )
    let errors = ''
    child.stderr.on('data', data => {
      errors = (errors + data).slice(0, 20_000)
    })
    const started = Date.now()
    const progress = setInterval(
      () => say(`  still installing (${Math.round((Date.now() - started) / 1000)} s)`),
      15_000,
    )
    let interrupted = false
    const stop = signal => {
      interrupted = true
      child.kill(signal)
      // npm finishes what it unpacks before it listens: 20 s and more.
      setTimeout(() => child.kill('SIGKILL'), 3000).unref()
    }
    process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', stop)
    say('Installing the packages of package-lock.json with `npm ci` (once; about a minute).')
    child.on('error', error => {
      errors += String(error)
    })
    child.on('close', code => {
      clearInterval(progress)
      resolve({ ok: code === 0, errors, interrupted })
    })
  })

const wait = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds))

const main = async () => {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    say(`Node ${process.versions.node} is too old to install this: Node 20 or newer is needed.`)
    return 1
  }
  const hash = wanted()
  if (isInstalled(hash)) return 0
  let waits = 0
  while (!takeLock()) {
    if (waits++ === 0) say('Another command is installing the packages; waiting for it.')
    await wait(200)
  }
  try {
    if (isInstalled(hash)) return 0
    const { ok, errors, interrupted } = await install()
    if (interrupted) {
      say('Interrupted while installing; the next command installs again.')
      return 130
    }
    if (!ok) {
      const cause = causes.find(([pattern]) => pattern.test(errors))?.[1] ?? 'npm says why above'
      say(
        `${firstLines(errors)}\n\n\`npm ci\` failed, so nothing was started. ${cause}; then type the same command again.`,
      )
      return 1
    }
    if (!canRunTypeScript()) {
      say(
        'The packages are installed, but Node 24 is not: its install script did not run. Run `npm rebuild node --ignore-scripts=false`, ' +
          `or use Node 24 in place of ${process.versions.node}; then type the same command again.`,
      )
      return 1
    }
    writeFileSync(stamp, hash)
    return 0
  } finally {
    rmSync(lock, { force: true })
  }
}

process.exitCode = await main()
