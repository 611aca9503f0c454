import type * as Rows from './rows.ts'
import type { Row } from './rows.ts'

export type Change = { collection: string; before: Row | undefined; after: Row | undefined }
type Listener = (change: Change) => void
type NewRow<T extends Row> = Omit<T, keyof Row> & Partial<Row>

/** GitHub finds logins, repositories and slugs whatever their case; shas and numbers have none. */
const indexKey = (value: unknown): string => String(value).toLowerCase()

/**
 * What emulate calls a collection, with two differences: rows are reported when they change (every delivery is
 * drawn from that, so no route can forget one), and objects of a repository are found by sha without a scan (emulate's
 * own scan made seeding quadratic).
 */
export class Collection<T extends Row> {
  readonly fieldNames: string[]
  private readonly rows = new Map<number, T>()
  private readonly indexes = new Map<string, Map<string, Set<number>>>()
  private readonly bySha = new Map<string, number>()
  private autoId = 1
  private readonly name: string
  private readonly listener: Listener

  constructor(name: string, indexFields: string[], listener: Listener) {
    this.name = name
    this.listener = listener
    this.fieldNames = [...indexFields].sort()
    for (const field of indexFields) this.indexes.set(field, new Map())
  }

  insert(data: NewRow<T>): T {
    const now = new Date().toISOString()
    const id = data.id && data.id > 0 ? data.id : this.autoId
    this.autoId = Math.max(this.autoId, id + 1)
    const row = { ...data, id, created_at: now, updated_at: now } as T
    this.rows.set(id, row)
    this.index(row)
    this.listener({ collection: this.name, before: undefined, after: row })
    return row
  }

  get(id: number): T | undefined {
    return this.rows.get(id)
  }

  update(id: number, data: Partial<T>): T | undefined {
    const before = this.rows.get(id)
    if (!before) return undefined
    this.unindex(before)
    const after = { ...before, ...data, id, updated_at: new Date().toISOString() }
    this.rows.set(id, after)
    this.index(after)
    this.listener({ collection: this.name, before, after })
    return after
  }

  delete(id: number): boolean {
    const before = this.rows.get(id)
    if (!before) return false
    this.unindex(before)
    this.rows.delete(id)
    this.listener({ collection: this.name, before, after: undefined })
    return true
  }

  findBy(field: string, value: unknown): T[] {
    const index = this.indexes.get(field)
    if (!index) return this.all().filter(row => (row as unknown as Record<string, unknown>)[field] === value)
    const found: T[] = []
    for (const id of index.get(indexKey(value)) ?? []) {
      const row = this.rows.get(id)
      if (row) found.push(row)
    }
    return found
  }

  findOneBy(field: string, value: unknown): T | undefined {
    return this.findBy(field, value)[0]
  }

  /** A git object of one repository. */
  findBySha(repositoryId: number, sha: string): T | undefined {
    const id = this.bySha.get(`${repositoryId} ${sha}`)
    return id === undefined ? undefined : this.rows.get(id)
  }

  all(): T[] {
    return [...this.rows.values()]
  }

  count(filter?: (row: T) => boolean): number {
    return filter ? this.all().filter(filter).length : this.rows.size
  }

  clear(): void {
    this.rows.clear()
    this.bySha.clear()
    for (const index of this.indexes.values()) index.clear()
    this.autoId = 1
  }

  private shaKey(row: T): string | undefined {
    const { repo_id, sha } = row as unknown as { repo_id?: number; sha?: string }
    return repo_id !== undefined && sha ? `${repo_id} ${sha}` : undefined
  }

  private index(row: T): void {
    const key = this.shaKey(row)
    if (key) this.bySha.set(key, row.id)
    for (const [field, index] of this.indexes) {
      const value = (row as unknown as Record<string, unknown>)[field]
      if (value === undefined || value === null) continue
      const ids = index.get(indexKey(value)) ?? new Set()
      ids.add(row.id)
      index.set(indexKey(value), ids)
    }
  }

  private unindex(row: T): void {
    const key = this.shaKey(row)
    if (key && this.bySha.get(key) === row.id) this.bySha.delete(key)
    for (const [field, index] of this.indexes)
      index.get(indexKey((row as unknown as Record<string, unknown>)[field]))?.delete(row.id)
  }
}

/** The store emulate is given. It asks for collections by name and keeps loose values under keys. */
export class Store {
  private readonly collections = new Map<string, Collection<Row>>()
  private readonly values = new Map<string, unknown>()
  private readonly listeners = new Set<Listener>()

  collection<T extends Row>(name: string, indexFields: string[] = []): Collection<T> {
    let found = this.collections.get(name)
    if (!found) {
      found = new Collection<Row>(name, indexFields, change => {
        for (const listener of this.listeners) listener(change)
      })
      this.collections.set(name, found)
    }
    return found as unknown as Collection<T>
  }

  onChange(listener: Listener): void {
    this.listeners.add(listener)
  }

  getData(key: string): unknown {
    return this.values.get(key)
  }

  setData(key: string, value: unknown): void {
    this.values.set(key, value)
  }
}

/** The collections by the names and indexes that emulate itself asks for: both must find the same ones. */
export function tables(store: Store) {
  return {
    users: store.collection<Rows.UserRow>('github.users', ['login']),
    orgs: store.collection<Rows.OrgRow>('github.orgs', ['login']),
    teams: store.collection<Rows.TeamRow>('github.teams', ['org_id', 'slug']),
    teamMembers: store.collection<Rows.TeamMemberRow>('github.team_members', ['team_id', 'user_id']),
    teamRepos: store.collection<Rows.TeamRepoRow>('github.team_repos', ['team_id', 'repo_id']),
    repos: store.collection<Rows.RepoRow>('github.repos', ['owner_id', 'full_name']),
    collaborators: store.collection<Rows.CollaboratorRow>('github.collaborators', ['repo_id', 'user_id']),
    issues: store.collection<Rows.IssueRow>('github.issues', ['repo_id', 'number']),
    labels: store.collection<Rows.LabelRow>('github.labels', ['repo_id']),
    pullRequests: store.collection<Rows.PullRequestRow>('github.pull_requests', ['repo_id', 'number']),
    comments: store.collection<Rows.CommentRow>('github.comments', ['repo_id']),
    reviews: store.collection<Rows.ReviewRow>('github.reviews', ['repo_id', 'pull_number']),
    branches: store.collection<Rows.BranchRow>('github.branches', ['repo_id']),
    branchProtections: store.collection<Rows.BranchProtectionRow>('github.branch_protections', ['repo_id']),
    releases: store.collection<Rows.ReleaseRow>('github.releases', ['repo_id']),
    releaseAssets: store.collection<Rows.ReleaseAssetRow>('github.release_assets', ['release_id', 'repo_id']),
    refs: store.collection<Rows.RefRow>('github.refs', ['repo_id']),
    commits: store.collection<Rows.CommitRow>('github.commits', ['repo_id', 'sha']),
    trees: store.collection<Rows.TreeRow>('github.trees', ['repo_id', 'sha']),
    blobs: store.collection<Rows.BlobRow>('github.blobs', ['repo_id', 'sha']),
    checkRuns: store.collection<Rows.CheckRunRow>('github.check_runs', ['repo_id', 'head_sha']),
    checkSuites: store.collection<Rows.CheckSuiteRow>('github.check_suites', ['repo_id', 'head_sha']),
    apps: store.collection<Rows.AppRow>('github.apps', ['slug']),
    installations: store.collection<Rows.InstallationRow>('github.app_installations', [
      'app_id',
      'installation_id',
    ]),
  }
}
export type Tables = ReturnType<typeof tables>

export const nodeId = (type: string, id: number): string =>
  Buffer.from(`0:${type}${id}`).toString('base64').replace(/=+$/, '')

/** Insert and give the node id that emulate would give: it is drawn from the row's number. */
export function insertNode<T extends Row & { node_id: string }>(
  into: Collection<T>,
  type: string,
  data: Omit<NewRow<T>, 'node_id'>,
): T {
  const row = into.insert({ ...data, node_id: '' } as unknown as NewRow<T>)
  return into.update(row.id, { node_id: nodeId(type, row.id) } as Partial<T>) ?? row
}
