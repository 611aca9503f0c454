import { z } from 'zod'
import type { GitHub } from '../../github.ts'
import { RateLimited } from '../../request-budget.ts'
import { type ChangedFile, type Fact, known, unknown } from '../snapshot.ts'
import { changedLines } from './changed-lines.ts'

/** Where a head's changes begin, and what they are. */
export interface Comparison {
  /** The merge base. */
  sha: string
  treeOid: string
  /** Unknown where GitHub does not list all. */
  changes: Fact<ChangedFile[]>
}

/** A branch is named in full: whoever may push could put a tag of the same name on a commit of their choice. */
const isCommit = (base: string): boolean => /^[0-9a-f]{40}$/.test(base)

/** GitHub lists no more, and does not say how many there are. */
const mostFiles = 300

/**
 * One read. `base`: a branch, or a commit; `head`: a commit, a fork's too. A failure is tried once more and is unknown then:
 * what a pull request brings in can be judged without it, what was there before can't be told apart.
 */
export async function compareCommits(
  github: GitHub,
  repository: { owner: string; name: string },
  base: string,
  head: string,
): Promise<Fact<Comparison>> {
  const ask = async (): Promise<Fact<Comparison>> => {
    const { data } = await github.request('GET /repos/{owner}/{repo}/compare/{basehead}', {
      owner: repository.owner,
      repo: repository.name,
      basehead: `${isCommit(base) ? base : `refs/heads/${base}`}...${head}`,
      // Of commits, which nobody reads here. The first page has all files.
      per_page: 1,
    })
    const read = comparisonShape.safeParse(data)
    return read.success
      ? known(comparisonOf(read.data), 'github')
      : unknown('unavailable', "GitHub's comparison of the two has a shape that was not expected")
  }
  try {
    return await ask()
  } catch (error) {
    const answer = refused(error, base)
    if (answer) return answer
  }
  try {
    return await ask()
  } catch (error) {
    return (
      refused(error, base) ??
      unknown(
        'unavailable',
        `GitHub did not compare the two: ${said(error)}. A re-run of this check asks again`,
      )
    )
  }
}

function comparisonOf({ merge_base_commit: base, files }: z.infer<typeof comparisonShape>): Comparison {
  const isCut = !files || files.length >= mostFiles
  return {
    sha: base.sha,
    treeOid: base.commit?.tree?.sha ?? '',
    changes: isCut
      ? unknown('partial-answer', `It changes ${mostFiles} files or more, and GitHub lists no more of them`)
      : known(
          files.flatMap(each => changedFile(each) ?? []),
          'github',
        ),
  }
}

function changedFile(file: z.infer<typeof fileShape>): ChangedFile | undefined {
  const status = statuses[file.status]
  if (!status) return undefined
  const lines = status === 'removed' || file.patch === undefined ? undefined : changedLines(file.patch)
  return {
    path: file.filename,
    status: status === 'renamed' && !file.previous_filename ? 'added' : status,
    ...(status === 'renamed' && file.previous_filename ? { before: file.previous_filename } : {}),
    ...(status === 'modified' && (file.status === 'changed' || lines === undefined)
      ? { mayBeRetyped: true }
      : {}),
    ...(lines ? { lines } : {}),
  }
}

const statuses: Partial<Record<string, ChangedFile['status']>> = {
  added: 'added',
  copied: 'added',
  modified: 'modified',
  // Another mode: a file that was a link.
  changed: 'modified',
  removed: 'removed',
  renamed: 'renamed',
}

/** What asking again would not change. */
function refused(error: unknown, base: string): Fact<Comparison> | undefined {
  if (error instanceof RateLimited) throw error
  const status = error instanceof Error && 'status' in error ? Number(error.status) : 0
  if (status === 404)
    return unknown(
      'unavailable',
      `GitHub finds no commit that it and ${base} have in common, or ${base} is gone: ${said(error)}`,
    )
  return status >= 400 && status < 500
    ? unknown('permission', `GitHub refused to compare it with ${base}: ${said(error)}`)
    : undefined
}

const said = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).slice(0, 200).replace(/[.\s]+$/, '')

const fileShape = z.object({
  filename: z.string(),
  status: z.string(),
  previous_filename: z.string().optional(),
  patch: z.string().optional(),
})

const comparisonShape = z.object({
  merge_base_commit: z.object({
    sha: z.string().regex(/^[0-9a-f]{40}$/),
    commit: z.object({ tree: z.object({ sha: z.string() }).nullish() }).nullish(),
  }),
  files: z.array(fileShape).optional(),
})
