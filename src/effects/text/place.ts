import type { RuleSource } from '../../policy/verdict.ts'
import type { Location, Snapshot } from '../../snapshot/snapshot.ts'
import type { Judgement } from '../judgement.ts'
import { code, link, urlPath } from './markdown.ts'

/** Whether `path` is in the judged commit: GitHub can annotate and show only what is. */
export function isInCommit(snapshot: Snapshot, path: string): boolean {
  const fact = snapshot.files[path]
  if (fact?.known) return fact.value.exists
  if (fact) return unreadableButThere.has(fact.reason)
  return snapshot.tree.known && snapshot.tree.value.some(entry => entry.path === path)
}

const unreadableButThere: ReadonlySet<string> = new Set([
  'too-large',
  'binary',
  'lfs-pointer',
  'symbolic-link',
  'submodule',
])

/** `catalog-info.yaml:12`, linked to that line of that commit where there is one to show. */
export function place(snapshot: Snapshot, sha: string, location: Location): string {
  const shown = code(location.line ? `${location.path}:${location.line}` : location.path)
  const { url } = snapshot.repository
  if (url === '' || !isInCommit(snapshot, location.path)) return shown
  const line = location.line ? `#L${location.line}` : ''
  // `?plain=1`: GitHub renders markdown files otherwise, and a rendered page has no lines.
  return link(shown, `${url}/blob/${sha}/${urlPath(location.path)}${line && `?plain=1${line}`}`)
}

/** The same for a line of the policy. `policyUrl` is where its repository shows that version: `…/blob/91d0e77`. */
export function policyPlace(policyUrl: string | undefined, source: { path: string; line: number }): string {
  const shown = code(`${source.path}:${source.line}`)
  return policyUrl ? link(shown, `${policyUrl}/${urlPath(source.path)}?plain=1#L${source.line}`) : shown
}

/** The line of a rule: of the policy, or of the repository's own settings. */
export const rulePlace = (rule: RuleSource, { snapshot, verdict, policyUrl }: Judgement): string =>
  rule.own ? place(snapshot, verdict.sha, rule) : policyPlace(policyUrl, rule)
