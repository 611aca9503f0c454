import type * as V from '../vocabulary.ts'
import type { Extras } from '../world.ts'
import type { repositoriesIn } from './repositories.ts'

interface Licence {
  key: string
  name: string
  spdxId: string
}

/** How a repository is secured: what its settings say, and what GitHub reads out of its files. */
export function securityIn(
  extras: Extras,
  { repositoryById, repository }: ReturnType<typeof repositoriesIn>,
  object: (repositoryId: number, expression: string) => V.GitObject | undefined,
) {
  /** A private repository begins with nothing switched on: scanning it needs a licence. */
  function security(repositoryId: number): V.SecuritySettings {
    const isPublic = repositoryById(repositoryId)?.isPrivate === false
    return {
      advancedSecurity: isPublic,
      secretScanning: isPublic,
      pushProtection: false,
      secretAlerts: [],
      codeScanning: { setUp: 'none', languages: [], openAlerts: 0 },
      privateReporting: false,
      workflowToken: { permissions: 'read', canApprovePullRequests: false },
      dependencies: [],
      ...extras.security.get(repositoryId),
    }
  }

  const environments = (repositoryId: number): V.Environment[] => extras.environments.get(repositoryId) ?? []

  const textOf = (repositoryId: number, path: string): string | undefined => {
    const found = object(repositoryId, `HEAD:${path}`)
    return found?.kind === 'blob' ? found.bytes().toString('utf8') : undefined
  }

  /** As the row says, or as the first lines of LICENSE do. A text that nobody knows is `other`. */
  function licence(of: V.Repository): Licence | undefined {
    if (of.license) return of.license
    const text = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'COPYING']
      .map(path => textOf(of.databaseId, path))
      .find(each => each !== undefined)
    if (text === undefined) return undefined
    return licences.find(({ begins }) => begins.test(text.slice(0, 400)))?.licence ?? other
  }

  /** A SECURITY.md of its own, or the one that its owner's `.github` has for all. */
  function hasSecurityPolicy(repositoryId: number): boolean {
    const owner = repositoryById(repositoryId)?.owner.login
    const shared = owner ? repository(owner, '.github')?.databaseId : undefined
    return [repositoryId, ...(shared ? [shared] : [])].some(id =>
      ['SECURITY.md', '.github/SECURITY.md', 'docs/SECURITY.md'].some(path => textOf(id, path) !== undefined),
    )
  }

  return { security, environments, licence, hasSecurityPolicy }
}

const other: Licence = { key: 'other', name: 'Other', spdxId: 'NOASSERTION' }
const licences: { begins: RegExp; licence: Licence }[] = [
  { begins: /^\s*(The )?MIT( License)?\b/i, licence: { key: 'mit', name: 'MIT License', spdxId: 'MIT' } },
  {
    begins: /Apache License/i,
    licence: { key: 'apache-2.0', name: 'Apache License 2.0', spdxId: 'Apache-2.0' },
  },
  {
    begins: /GNU GENERAL PUBLIC LICENSE\s+Version 3/i,
    licence: { key: 'gpl-3.0', name: 'GNU General Public License v3.0', spdxId: 'GPL-3.0' },
  },
]
