import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { PolicyFile } from '../policy/policy.ts'
import { UsageError } from './usage-error.ts'

// The parser refuses more than 1 MiB; this only keeps a wrong file name from filling the memory.
const mostBytes = 16 * 1024 * 1024

/**
 * A policy file, or that of a directory, and beside one named golden-path.yml the files of golden-path/. Throws a
 * UsageError.
 */
export const readPolicy = async (written: string): Promise<PolicyFile[]> => {
  const isDirectory = await stat(written).then(
    state => state.isDirectory(),
    () => false,
  )
  const path = isDirectory ? join(written, 'golden-path.yml') : written
  if (basename(path) === 'golden-path.yaml') throw notRead(path)
  const main = await readPolicyFile(path)
  if (basename(path) !== 'golden-path.yml') return [main]
  const directory = join(dirname(path), 'golden-path')
  const all = await readdir(directory).catch(() => [])
  const misnamed = all.find(name => name.endsWith('.yaml'))
  if (misnamed !== undefined) throw notRead(join(directory, misnamed))
  const names = all.filter(name => name.endsWith('.yml')).sort()
  return [main, ...(await Promise.all(names.map(name => readPolicyFile(join(directory, name)))))]
}

/** As the service takes it: what it does not read must not seem valid here. */
const notRead = (path: string): UsageError =>
  new UsageError(`${path} is not read. Expected ${path.replace(/yaml$/, 'yml')}; rename it.`)

export const readPolicyFile = async (path: string): Promise<PolicyFile> => {
  const state = await stat(path).catch(() => undefined)
  if (!state?.isFile())
    throw new UsageError(
      `There is no policy file ${path}. Expected golden-path.yml, or a directory that holds it.`,
    )
  if (state.size > mostBytes)
    throw new UsageError(`${path} has ${state.size} bytes. Expected a policy, at most 1 MiB.`)
  return { path, text: await readFile(path, 'utf8') }
}

/** What a policy is called that comes from no commit: the first digits of its text's hash. */
export const versionOf = (files: readonly PolicyFile[]): string => {
  const hash = createHash('sha256')
  for (const file of files) hash.update(`${file.text.length}:${file.text}`)
  return hash.digest('hex').slice(0, 12)
}
