import type { ReleaseRow } from '../rows.ts'
import { connection, type Page } from './connection.ts'
import type { GraphqlNode, Reading } from './reading.ts'

export interface ReleaseArguments extends Page {
  orderBy?: { direction: string } | null
}

const newestFirst = (a: ReleaseRow, b: ReleaseRow): number =>
  (b.published_at ?? b.created_at).localeCompare(a.published_at ?? a.created_at) || b.id - a.id

/** Neither a draft nor a prerelease. */
export function latestRelease(reading: Reading, repositoryId: number): GraphqlNode | null {
  const rows = reading.world.db.releases.findBy('repo_id', repositoryId)
  const [latest] = rows.filter(row => !row.draft && !row.prerelease).sort(newestFirst)
  return latest ? releaseNode(reading, latest) : null
}

/** Drafts are shown to those who may write. */
export function releases(reading: Reading, repositoryId: number, args: ReleaseArguments) {
  const { world, caller } = reading
  const rows = world.db.releases
    .findBy('repo_id', repositoryId)
    .filter(row => !row.draft || world.may(caller, 'contents', 'write'))
    .sort(newestFirst)
  if (args.orderBy?.direction === 'ASC') rows.reverse()
  return connection(rows, args, row => releaseNode(reading, row))
}

function releaseNode(reading: Reading, row: ReleaseRow): GraphqlNode {
  return {
    __typename: 'Release',
    id: row.node_id,
    databaseId: row.id,
    tagName: row.tag_name,
    name: row.name,
    description: row.body,
    isDraft: row.draft,
    isPrerelease: row.prerelease,
    createdAt: row.created_at,
    publishedAt: row.published_at,
    updatedAt: row.updated_at,
    releaseAssets: (page: Page) =>
      connection(reading.world.db.releaseAssets.findBy('release_id', row.id), page, asset => ({
        __typename: 'ReleaseAsset',
        id: asset.node_id,
        name: asset.name,
        size: asset.size,
        contentType: asset.content_type,
        downloadCount: asset.download_count,
      })),
  }
}
