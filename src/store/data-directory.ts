import { readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

const fileName = 'golden-path.lock'
const refreshMs = 5_000
/** After three missed refreshes an owner on another host counts as dead. */
const staleMs = 3 * refreshMs

interface Owner {
  pid: number
  host: string
  /** Clock ticks from boot to the process's start, which tell a process from a later one with its number; '' off Linux. */
  started: string
}

/** Another process has the directory open. */
export class DirectoryInUse extends Error {
  /** `process 71 on build-3` */
  readonly owner: string

  constructor(directory: string, owner: string) {
    super(
      `${directory} is in use by ${owner}. ` +
        'PGlite serves one process: stop that one, choose another DATA_DIR, or set DATABASE_URL to use PostgreSQL.',
    )
    this.name = 'DirectoryInUse'
    this.owner = owner
  }
}

/**
 * Takes a PGlite data directory for this process: two at once would destroy it. A lock that a killed process left is
 * taken over, at once on the same host, otherwise when it was not refreshed for 15 s (a container that was replaced).
 */
export const lockDirectory = async (directory: string): Promise<() => Promise<void>> => {
  const path = join(directory, fileName)
  const own: Owner = { pid: process.pid, host: hostname(), started: await startOf(process.pid) }
  const deadline = Date.now() + staleMs + 1_000
  while (!(await create(path, own))) {
    const owner = await readOwner(path)
    const state = await stateOf(owner, own, path)
    if (state === 'dead') await rm(path, { force: true })
    else if (state === 'alive' || Date.now() > deadline) {
      throw new DirectoryInUse(
        directory,
        `process ${owner?.pid ?? 'unknown'} on ${owner?.host ?? 'an unknown host'}`,
      )
    } else await wait(1_000)
  }
  const timer = setInterval(() => {
    const now = new Date()
    utimes(path, now, now).catch(() => {})
  }, refreshMs)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await rm(path, { force: true })
  }
}

const create = async (path: string, owner: Owner): Promise<boolean> => {
  try {
    await writeFile(path, JSON.stringify(owner), { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

const readOwner = async (path: string): Promise<Owner | undefined> => {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Owner
  } catch {
    return undefined
  }
}

const stateOf = async (
  owner: Owner | undefined,
  own: Owner,
  path: string,
): Promise<'alive' | 'dead' | 'unsure'> => {
  if (owner?.host === own.host) {
    return isRunning(owner.pid) && (await startOf(owner.pid)) === owner.started ? 'alive' : 'dead'
  }
  // Another host, or a file that is being written at this moment.
  const age = await stat(path).then(
    file => Date.now() - file.mtimeMs,
    () => staleMs,
  )
  return age >= staleMs ? 'dead' : 'unsure'
}

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

const startOf = async (pid: number): Promise<string> => {
  try {
    const status = await readFile(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may hold spaces; the start is the 20th field after it.
    return status.slice(status.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}
