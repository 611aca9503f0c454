import { statusOf } from '../../effects/github-refusal.ts'
import type { CommandJob } from '../../intake/job.ts'
import type { Repository } from '../../store/repositories.ts'
import type { JobDependencies } from '../jobs.ts'

export type Access = 'write' | 'triage' | 'read' | 'none' | 'unknown'

/** What GitHub lets a person do in a repository now. By id too: a login that was given up may be somebody else's by now. */
export async function accessOf(
  { login, id }: CommandJob['author'],
  { owner, name, installationId }: Pick<Repository, 'owner' | 'name' | 'installationId'>,
  deps: Pick<JobDependencies, 'github'>,
): Promise<Access> {
  const github = await deps.github.asInstallation(installationId)
  try {
    const { data } = await github.request('GET /repos/{owner}/{repo}/collaborators/{username}/permission', {
      owner,
      repo: name,
      username: login,
    })
    const answer = data as { permission?: string; role_name?: string; user?: { id?: number } | null }
    if (answer.user?.id !== id) return 'none'
    // A role of the organisation's own has the permission of the one it is based on.
    if (answer.permission === 'admin' || answer.permission === 'write') return 'write'
    if (answer.role_name === 'triage') return 'triage'
    return answer.permission === 'read' ? 'read' : 'none'
  } catch (error) {
    const status = statusOf(error)
    if (status === 404) return 'none'
    if (status === 403) return 'unknown'
    throw error
  }
}

/** As last read; false where nobody has read them. */
export async function isMember(
  login: string,
  ownerId: number,
  { store }: Pick<JobDependencies, 'store'>,
): Promise<boolean> {
  const directory = await store.directory.read(ownerId)
  return directory?.members.some(member => member.toLowerCase() === login.toLowerCase()) ?? false
}
