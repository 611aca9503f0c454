import type { PullRequestEffect } from '../../effects/effect.ts'
import { statusOf } from '../../effects/github-refusal.ts'
import { fullName, type Outside, ownerAndRepo } from '../../effects/outside.ts'
import { waiversFile } from '../../policy/add-waiver.ts'
import type { PolicyFile } from '../../policy/policy.ts'
import { codeownersPaths, ownersOf, parseCodeowners } from '../../snapshot/files/codeowners.ts'
import type { Repository } from '../../store/repositories.ts'
import type { JobDependencies } from '../jobs.ts'

/** The default branch as GitHub has it now, which may be newer than what was looked at last. */
export async function baseOf(outside: Outside): Promise<PullRequestEffect['base']> {
  const { github } = outside
  const at = ownerAndRepo(outside)
  const repository = (await github.request('GET /repos/{owner}/{repo}', at)).data as {
    default_branch: string
  }
  const branch = repository.default_branch
  const ref = (
    await github.request('GET /repos/{owner}/{repo}/git/ref/{ref}', { ...at, ref: `heads/${branch}` })
  ).data as { object: { sha: string } }
  return { branch, sha: ref.object.sha }
}

/** The policy as it was last read, with the file of waivers as it is on the branch now. */
export async function policyFilesAt(
  sha: string,
  home: Repository,
  outside: Outside,
  { store }: JobDependencies,
): Promise<PolicyFile[]> {
  const stored = await store.policies.latest(home.ownerId)
  const rest = (stored?.files ?? []).filter(({ path }) => path !== waiversFile)
  const text = await fileAt(sha, waiversFile, outside)
  return text === undefined ? rest : [...rest, { path: waiversFile, text }]
}

/**
 * Who is named in `approved-by`: of the policy's approvers the one who owns the file, else the first; else whoever owns it. Never
 * who asks: nobody approves for themselves by asking.
 */
export async function approverOf(
  sha: string,
  approvers: readonly string[],
  asker: string,
  outside: Outside,
): Promise<{ approver?: string; isOnlyAsker: boolean }> {
  const owners = await ownersAt(sha, outside)
  const named =
    approvers.length === 0
      ? owners
      : [...owners.filter(owner => approvers.includes(owner.toLowerCase())), ...approvers]
  const approver = named.find(each => each.toLowerCase() !== `@${asker.toLowerCase()}`)
  return { ...(approver ? { approver } : {}), isOnlyAsker: !approver && named.length > 0 }
}

/** The file's owners by the CODEOWNERS that GitHub honours. Read here: no control may have asked for it. */
async function ownersAt(sha: string, outside: Outside): Promise<string[]> {
  for (const path of codeownersPaths) {
    const text = await fileAt(sha, path, outside)
    if (text === undefined) continue
    const owners = ownersOf(parseCodeowners(path, text), waiversFile)?.owners ?? []
    return owners.filter(({ kind }) => kind === 'team' || kind === 'user').map(owner => owner.text)
  }
  return []
}

/** `undefined`: there is none. */
async function fileAt(sha: string, path: string, outside: Outside): Promise<string | undefined> {
  try {
    const { data } = await outside.github.request('GET /repos/{owner}/{repo}/contents/{path}', {
      ...ownerAndRepo(outside),
      path,
      ref: sha,
    })
    const { content, type, encoding } = data as { content?: string; type?: string; encoding?: string }
    if (type !== 'file' || encoding !== 'base64' || content === undefined)
      throw new Error(`${path} of ${fullName(outside)} can't be read: it is no file, or too large.`)
    return Buffer.from(content, 'base64').toString('utf8')
  } catch (error) {
    if (statusOf(error) === 404) return undefined
    throw error
  }
}
