import type { Person } from './person.ts'

/** What can be seen from outside: at GitHub's REST API with a person's token, and in Backstage's catalogue. */

export interface SeenCheckRun {
  id: number
  name: string
  head_sha: string
  status: string
  conclusion: string | null
  completed_at: string | null
  output: { title: string | null; summary: string | null; text: string | null; annotations_count: number }
}

export interface SeenAnnotation {
  path: string
  start_line: number
  end_line: number
  annotation_level: string
  title: string | null
  message: string
}

export interface SeenIssue {
  number: number
  title: string
  body: string | null
  state: string
  user: { login: string; type: string }
  pull_request?: unknown
}

export interface SeenRepository {
  name: string
  description: string | null
  archived: boolean
  fork: boolean
  size: number
}

export interface SeenEntity {
  ref: string
  /** Of the file that was registered and led to it: the address a `Location` was made for. */
  origin: string
  owner?: string
}

export interface Witness {
  repositories: () => Promise<SeenRepository[]>
  /** Of Golden Path, completed, at that commit. */
  checkRun: (
    repository: string,
    sha: string,
    name?: 'Golden Path' | 'Golden Path preview',
  ) => Promise<SeenCheckRun | undefined>
  annotations: (repository: string, checkRun: number) => Promise<SeenAnnotation[]>
  /** Of Golden Path, the newest first. */
  issues: (repository: string) => Promise<SeenIssue[]>
  /** All that repositories describe; not the entity that Backstage makes up for each registration. */
  entities: () => Promise<SeenEntity[]>
  /** Those that came into the catalogue by a registration of that repository. */
  from: (repository: string, entities: SeenEntity[]) => SeenEntity[]
  /** What the App asked of GitHub. */
  requests: () => Promise<{ read: number; write: number; token: number }>
}

interface CatalogueEntity {
  kind: string
  metadata: { name: string; namespace?: string; annotations?: Record<string, string> }
  relations?: { type: string; targetRef: string }[]
}

export function createWitness(options: {
  person: Person
  organisation: string
  githubUrl: string
  backstage: { url: string; token: string }
}): Witness {
  const { organisation, githubUrl, backstage } = options
  const { ask } = options.person
  const at = (repository: string): string => `/repos/${organisation}/${repository}`

  const entities = async (): Promise<SeenEntity[]> => {
    const response = await fetch(`${backstage.url}/api/catalog/entities?fields=kind,metadata,relations`, {
      headers: { authorization: `Bearer ${backstage.token}` },
    })
    if (!response.ok) throw new Error(`Backstage's catalogue answered ${response.status}`)
    return ((await response.json()) as CatalogueEntity[])
      .map(seenEntity)
      .filter(({ ref }) => !ref.startsWith('location:default/generated-'))
  }
  return {
    repositories: () => ask('GET', `/orgs/${organisation}/repos?per_page=100`),
    checkRun: async (repository, sha, name = 'Golden Path') => {
      const { check_runs } = await ask<{ check_runs: SeenCheckRun[] }>(
        'GET',
        `${at(repository)}/commits/${sha}/check-runs?per_page=100`,
      )
      return check_runs.find(run => run.name === name && run.status === 'completed')
    },
    annotations: (repository, checkRun) =>
      ask('GET', `${at(repository)}/check-runs/${checkRun}/annotations?per_page=100`),
    issues: async repository => {
      const all = await ask<SeenIssue[]>('GET', `${at(repository)}/issues?state=all&per_page=100`)
      return all.filter(issue => !issue.pull_request && issue.user.type === 'Bot')
    },
    entities,
    from: (repository, all) =>
      all.filter(({ origin }) => origin.startsWith(`${githubUrl}/${organisation}/${repository}/`)),
    requests: async () =>
      (await fetch(`${githubUrl}/_emulator/requests`)).json() as ReturnType<Witness['requests']>,
  }
}

function seenEntity({ kind, metadata, relations }: CatalogueEntity): SeenEntity {
  const { name, namespace = 'default', annotations } = metadata
  return {
    ref: `${kind.toLowerCase()}:${namespace}/${name}`,
    origin: (annotations?.['backstage.io/managed-by-origin-location'] ?? '').replace(/^url:/, ''),
    owner: relations?.find(({ type }) => type === 'ownedBy')?.targetRef,
  }
}
