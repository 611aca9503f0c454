import { type Cause, changesOf, type Happening } from './cause.ts'
import * as format from './format.ts'
import type * as Rows from './rows.ts'
import type { World } from './world.ts'

/** A draft is made and changed without a word; from its publication on every change is told. */
export function releaseEvents(world: World, cause: Cause): Happening[] {
  const found = changesOf<Rows.ReleaseRow>(cause, 'github.releases')
  return found.flatMap(({ before, after }): Happening[] => {
    const row = after ?? before
    if (!row || !world.db.repos.get(row.repo_id)) return []
    const isPublic = (release: Rows.ReleaseRow | undefined) => release !== undefined && !release.draft
    if (!isPublic(before) && !isPublic(after)) return []
    const action = !after
      ? 'deleted'
      : isPublic(before)
        ? isPublic(after)
          ? 'edited'
          : 'unpublished'
        : 'published'
    const release = {
      id: row.id,
      node_id: row.node_id,
      tag_name: row.tag_name,
      name: row.name,
      body: row.body,
      draft: row.draft,
      prerelease: row.prerelease,
      created_at: format.stamp(row.created_at),
      published_at: format.orNull(row.published_at),
    }
    return [{ event: 'release', action, repositoryId: row.repo_id, payload: { release } }]
  })
}
