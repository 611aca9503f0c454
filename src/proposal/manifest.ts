/** What one manifest says of the directory that it lies in. Text in it is the repository's, raw. */
export interface Manifest {
  path: string
  /** `''` at the root. */
  directory: string
  ecosystem: Ecosystem
  /** What it calls itself, scope and group left out: `payments` of `@acme/payments`. */
  name?: string
  description?: string
  version?: string
  /** What it needs to run, lower case. */
  uses: readonly string[]
  /** What it needs to be built or tested, lower case. */
  builds: readonly string[]
  says: ReadonlySet<Saying>
  /** Directories of a workspace's members, from the root, perhaps with globs. */
  members: readonly string[]
}

export type Ecosystem =
  | 'npm'
  | 'python'
  | 'go'
  | 'rust'
  | 'maven'
  | 'gradle'
  | 'dotnet'
  | 'php'
  | 'ruby'
  | 'elixir'
  | 'dart'
  | 'swift'
  | 'docker'
  | 'helm'
  | 'serverless'

export type Saying =
  /** Never published. */
  | 'private'
  /** Something that others import. */
  | 'imported'
  /** It is made to be published. */
  | 'published'
  /** It installs a command. */
  | 'command'
  /** It answers requests or messages. */
  | 'serves'
  /** It runs by itself, whatever it does. */
  | 'runs'
  | 'mobile'
  /** Only settings of other tools. */
  | 'settings'
  | 'tests'
  /** It lists members or tools and is nothing itself. */
  | 'workspace-only'

/** What a reader of one format finds. */
export type Read = Partial<Omit<Manifest, 'path' | 'directory' | 'ecosystem' | 'says'>> & {
  says?: readonly Saying[]
}

/** Beyond this a manifest is generated or hostile; the largest kept by hand have some 60 KB. */
export const largestManifest = 262_144

/** Of one manifest: a lock file by another name has thousands. */
export const mostDependencies = 500
