import { z } from 'zod'
import type { GitHub } from '../../github.ts'
import { type Fact, known, type Snapshot, type TreeEntry, unknown } from '../snapshot.ts'

/** Stands where no glob in force needs the list. */
export const unlisted: Fact<TreeEntry[]> = unknown(
  'partial-answer',
  'The list of files was not asked for, because nothing in force reads it',
)

/** Every path of the commit's tree; the one of `before` where it is of the same tree. */
export async function readTree(
  github: GitHub,
  repository: { owner: string; name: string },
  commit: { treeOid: string } | undefined,
  before: Snapshot | undefined,
): Promise<Fact<TreeEntry[]>> {
  if (!commit) return known([], 'github')
  if (before?.tree.known && before.treeOid === commit.treeOid) return before.tree
  const answer = await github.request('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', {
    owner: repository.owner,
    repo: repository.name,
    tree_sha: commit.treeOid,
    recursive: '1',
  })
  const tree = treeShape.parse(answer.data)
  if (tree.truncated)
    return unknown(
      'partial-answer',
      'The repository has more files than GitHub lists in one answer (100,000)',
    )
  return known(
    tree.tree.map(entry => ({ path: entry.path, type: entry.type, mode: entry.mode, bytes: entry.size })),
    'github',
  )
}

const treeShape = z.object({
  truncated: z.boolean(),
  tree: z.array(
    z.object({
      path: z.string(),
      mode: z.string(),
      type: z.enum(['blob', 'tree', 'commit']),
      size: z.number().optional(),
    }),
  ),
})
