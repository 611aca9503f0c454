import type { Policy } from '../policy/policy.ts'
import type { RepositoryChange } from '../policy/preview.ts'
import { issueChange, type Names, newlyFailing, ownerOf, type Preview } from '../policy/preview-summary.ts'
import type { Verdict } from '../policy/verdict.ts'

/** What `policy preview --format json` prints; keys are added to, never changed. */
export interface RepositoryJson {
  id: number
  repository: string
  archived: boolean
  owner: string
  before: SideJson | null
  after: SideJson | null
  issue: 'open' | 'close' | null
  /** What has to be read before the new policy can be decided here. */
  missing: string[]
}

interface SideJson {
  conclusion: Verdict['conclusion']
  controls: Record<string, { level: string; status: string }>
}

export const repositoryJson = (change: RepositoryChange): RepositoryJson => {
  const { snapshot, before, after, missing } = change
  const { metadata } = snapshot.facts
  return {
    id: snapshot.repository.id,
    repository: snapshot.repository.name,
    archived: metadata.known && metadata.value.isArchived,
    owner: ownerOf(snapshot),
    before: sideJson(before),
    after: sideJson(after),
    issue: issueChange(change) ?? null,
    missing: missing ? [...missing.files, ...missing.facts, ...(missing.tree ? ['tree'] : [])] : [],
  }
}

const sideJson = (verdict: Verdict | undefined): SideJson | null =>
  verdict
    ? {
        conclusion: verdict.conclusion,
        controls: Object.fromEntries(
          verdict.controls.map(({ id, level, status }) => [id, { level, status }]),
        ),
      }
    : null

export const previewJson = (
  preview: Preview,
  policy: Policy | undefined,
  repositories: readonly RepositoryJson[],
) => ({
  judged: preview.judged,
  archived: preview.archived,
  notLookedAt: preview.notLookedAt,
  oldest: preview.oldest ?? null,
  newest: preview.newest ?? null,
  newlyFailing: newlyFailing(preview),
  limit: policy?.preview.failAbove ?? null,
  changed: preview.changed,
  fails: { enforce: preview.fails.enforce.count, advise: preview.fails.advise.count },
  fixed: preview.fixed.count,
  unknown: preview.unknown.count,
  unread: preview.unread.repositories.count,
  issues: preview.issues,
  controls: preview.controls.map(({ owners, fails, fixed, unknown, ...control }) => ({
    ...control,
    fails: fails.count,
    fixed: fixed.count,
    unknown: unknown.count,
    owners: Object.fromEntries(owners),
  })),
  owners: preview.owners,
  waivers: preview.waivers.map(({ waiver: { repository, control, until }, covers }) => ({
    repository,
    control,
    until,
    covers: covers.count,
  })),
  dates: preview.dates.map(({ date, fails }: { date: string; fails: Names }) => ({
    date,
    fails: fails.count,
  })),
  ...(preview.stopped ? { stopped: true } : {}),
  repositories,
})
