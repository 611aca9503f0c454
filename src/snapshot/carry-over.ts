import type { Reads } from '../controls/control.ts'
import { isGlobTarget, targetMatcher } from './entities/location-globs.ts'
import { isTrueGlob, pathMatcher } from './files/linear-glob.ts'
import { exactPaths, isMissing, isNothing, missingFrom } from './missing.ts'
import type { Snapshot } from './snapshot.ts'

/** One push as its delivery told it. `changed` is absent when GitHub did not list every path. */
export interface Push {
  before?: string
  after?: string
  changed?: readonly string[]
  /** None of these was added or removed. */
  samePaths?: boolean
}

/**
 * The snapshot at the new head, without asking GitHub: when the pushes lead from the commit that was read to the new one
 * and touch no path that is read. `undefined` when that is not certain. Pure.
 */
export function carryOver(
  before: Snapshot | undefined,
  pushes: readonly Push[],
  plan: Reads,
): Snapshot | undefined {
  if (before?.target.kind !== 'default-branch' || pushes.length === 0) return undefined
  if (!isComplete(before, plan)) return undefined
  const sha = follow(before.target.sha, pushes)
  if (!sha) return undefined
  const isRead = reading(before, plan)
  const touched = pushes.some(
    push => !push.changed || (plan.tree && !push.samePaths) || push.changed.some(isRead),
  )
  if (touched) return undefined
  return {
    ...before,
    target: { ...before.target, sha },
    treeOid: undefined,
    ...(plan.tree ? {} : { treeGlobs: plan.files.filter(isTrueGlob) }),
  }
}

/** Whether a change of this path may make a look another one. */
export function reading(
  before: Pick<Snapshot, 'files' | 'entities' | 'skeletons'>,
  plan: Reads,
): (path: string) => boolean {
  // A directory on the way counts: it may have become a submodule or a link.
  const read = new Set([...Object.keys(before.files), ...exactPaths(plan)].flatMap(withDirectories))
  const matches = pathMatcher(plan.files)
  // A new directory of a monorepo is none of the files read, and yet one that a Location stands for.
  const locations = before.entities
    .flatMap(entity => entity.targets.flatMap(target => target.path ?? []))
    .filter(isGlobTarget)
    .map(targetMatcher)
  // So is a new file of a skeleton.
  const skeletons = (before.skeletons ?? []).flatMap(skeleton => skeleton.reads ?? [])
  const isSkeleton = (path: string) =>
    skeletons.some(root => root === '' || path === root || path.startsWith(`${root}/`))
  return path =>
    read.has(path) || matches(path) || isSkeleton(path) || locations.some(isMeant => isMeant(path))
}

/** Everything the plan asks for was answered, and nothing is unknown that might be known a minute later. */
function isComplete(before: Snapshot, plan: Reads): boolean {
  const discovered = [before.files, before.accounts, before.catalogue, before.templates]
  if (before.skeletons?.some(({ rendered }) => isMissing(rendered))) return false
  return (
    isNothing(missingFrom(before, plan)) &&
    discovered.every(facts => !Object.values(facts).some(fact => isMissing(fact)))
  )
}

/** Walks from push to push in whatever order they came; `undefined` unless all of them lie on the way. */
function follow(start: string, pushes: readonly Push[]): string | undefined {
  const byBefore = new Map(pushes.map(push => [push.before, push]))
  let at = start
  let steps = 0
  for (let next = byBefore.get(at); next?.after && steps <= pushes.length; next = byBefore.get(at)) {
    at = next.after
    steps++
  }
  return steps === pushes.length ? at : undefined
}

const withDirectories = (path: string): string[] => {
  const parts = path.split('/')
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
}
