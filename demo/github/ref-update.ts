import * as git from './git.ts'
import type { Caller } from './vocabulary.ts'
import type { World } from './world.ts'

const WORKFLOWS = '.github/workflows/'

/**
 * The first workflow that moving a ref to this commit would create or change, if the caller may not: undefined when it
 * may. A workflow that some branch has already, in the same words at the same path, is nobody's change.
 */
export function forbiddenWorkflow(
  world: World,
  caller: Caller,
  repositoryId: number,
  sha: string,
): string | undefined {
  if (caller.kind !== 'installation' || world.may(caller, 'workflows', 'write')) return undefined
  const known = new Set(
    world.refs(repositoryId, 'refs/').flatMap(ref => [...workflowsAt(world, repositoryId, ref.sha)]),
  )
  const fresh = [...workflowsAt(world, repositoryId, sha)].find(each => !known.has(each))
  return fresh?.split('\0')[0]
}

/** Path and blob, joined by a byte that no path has. */
function workflowsAt(world: World, repositoryId: number, sha: string): Set<string> {
  const folder = world.object(repositoryId, `${sha}:${WORKFLOWS}`)
  if (folder?.kind !== 'tree') return new Set()
  return new Set(folder.entries.map(entry => `${WORKFLOWS}${entry.name}\0${entry.sha}`))
}

export const workflowRefusal = (path: string): string =>
  `refusing to allow a GitHub App to create or update workflow \`${path}\` without \`workflows\` permission`

export const isAncestor = (world: World, repositoryId: number, older: string, newer: string): boolean =>
  git.history(world.db, repositoryId, newer).some(commit => commit.sha === older)

/** What git's own check of a name refuses, as far as anybody meets it. */
export const isRefName = (name: string): boolean =>
  /^refs\/[^/]+\/.+$/.test(name) &&
  !/[\s~^:?*[\\]|\.\.|@\{|\/\/|\/$|\.lock$|\.$|\/\./.test(name) &&
  ![...name].some(letter => (letter.codePointAt(0) ?? 0) < 32 || letter === '\u007f')
