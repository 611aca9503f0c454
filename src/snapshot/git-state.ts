import { lstat, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What a working copy's `.git` tells without running git. Every part may be absent. */
export interface GitState {
  /** `refs/heads/main` */
  ref?: string
  sha?: string
  owner?: string
  name?: string
  /** `https://github.com/acme/payments-api` */
  url?: string
}

const mostBytes = 262_144

/** Reads `HEAD`, the branch it names and the remote `origin`; anything out of the ordinary counts as not told. */
export async function gitState(root: string): Promise<GitState> {
  const git = join(root, '.git')
  const head = (await read(join(git, 'HEAD')))?.trim()
  const ref = /^ref: (refs\/heads\/[\w./-]+)$/.exec(head ?? '')?.[1]
  const sha =
    shaIn(ref && !ref.includes('..') ? await read(join(git, ref)) : head) ?? (await packed(git, ref))
  const origin = originOf((await read(join(git, 'config'))) ?? '')
  return { ...(ref ? { ref } : {}), ...(sha ? { sha } : {}), ...origin }
}

const shaIn = (text: string | undefined): string | undefined => /^[0-9a-f]{40}$/.exec(text?.trim() ?? '')?.[0]

const packed = async (git: string, ref: string | undefined): Promise<string | undefined> => {
  if (!ref) return undefined
  const lines = (await read(join(git, 'packed-refs')))?.split('\n') ?? []
  return shaIn(lines.find(line => line.endsWith(` ${ref}`))?.slice(0, 40))
}

const originOf = (config: string): Pick<GitState, 'owner' | 'name' | 'url'> => {
  const lines = config.split('\n').map(line => line.trim())
  const begin = lines.indexOf('[remote "origin"]')
  const section = begin === -1 ? [] : lines.slice(begin + 1)
  const end = section.findIndex(line => line.startsWith('['))
  const line = section.slice(0, end === -1 ? undefined : end).find(each => /^url\s*=/.test(each))
  const address = line?.replace(/^url\s*=\s*/, '') ?? ''
  const [, host, owner, name] =
    /^(?:https:\/\/(?:[^@/]*@)?|ssh:\/\/git@|git@)([\w.-]+)[:/]([\w.-]+)\/([\w.-]+?)(?:\.git)?\/?$/.exec(
      address,
    ) ?? []
  return host && owner && name ? { owner, name, url: `https://${host}/${owner}/${name}` } : {}
}

const read = async (path: string): Promise<string | undefined> => {
  const state = await lstat(path).catch(() => undefined)
  if (!state?.isFile() || state.size > mostBytes) return undefined
  return readFile(path, 'utf8').catch(() => undefined)
}
