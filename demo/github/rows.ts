/** The rows that emulate keeps, as far as we read or write them. Its own code owns the shapes: names are its names. */
export interface Row {
  id: number
  created_at: string
  updated_at: string
}
export type OwnerType = 'User' | 'Organization'
export type Visibility = 'public' | 'private' | 'internal'
export type ObjectType = 'blob' | 'tree' | 'commit'
export type CheckStatus = 'queued' | 'in_progress' | 'completed'
export type TeamPermission = 'pull' | 'triage' | 'push' | 'maintain' | 'admin'

export interface UserRow extends Row {
  login: string
  node_id: string
  type: 'User' | 'Bot'
  site_admin: boolean
  name: string | null
  email: string | null
}
export interface OrgRow extends Row {
  login: string
  node_id: string
  description: string | null
  name: string | null
  email: string | null
}
export interface TeamRow extends Row {
  node_id: string
  name: string
  slug: string
  description: string | null
  privacy: 'closed' | 'secret'
  permission: string
  org_id: number
  parent_id: number | null
  members_count: number
  repos_count: number
}
export interface TeamMemberRow extends Row {
  team_id: number
  user_id: number
  role: 'member' | 'maintainer'
}
export interface TeamRepoRow extends Row {
  team_id: number
  repo_id: number
  /** emulate knows no permission a repository; ours to add. Absent means the team's own. */
  permission?: TeamPermission
}
export interface RepoRow extends Row {
  node_id: string
  name: string
  full_name: string
  owner_id: number
  owner_type: OwnerType
  private: boolean
  visibility: Visibility
  description: string | null
  homepage: string | null
  fork: boolean
  forked_from_id: number | null
  language: string | null
  languages: Record<string, number>
  forks_count: number
  stargazers_count: number
  watchers_count: number
  size: number
  default_branch: string
  open_issues_count: number
  topics: string[]
  has_issues: boolean
  has_projects: boolean
  has_wiki: boolean
  has_pages: boolean
  has_downloads: boolean
  has_discussions: boolean
  archived: boolean
  disabled: boolean
  pushed_at: string | null
  allow_rebase_merge: boolean
  allow_squash_merge: boolean
  allow_merge_commit: boolean
  allow_auto_merge: boolean
  delete_branch_on_merge: boolean
  allow_forking: boolean
  is_template: boolean
  license: { key: string; name: string; spdx_id: string } | null
}
export interface RepoBound extends Row {
  repo_id: number
}
export interface CollaboratorRow extends RepoBound {
  user_id: number
  permission: TeamPermission
}
export interface ReleaseRow extends RepoBound {
  node_id: string
  tag_name: string
  target_commitish: string
  name: string | null
  body: string | null
  draft: boolean
  prerelease: boolean
  author_id: number
  published_at: string | null
}
export interface ReleaseAssetRow extends RepoBound {
  node_id: string
  release_id: number
  name: string
  label: string | null
  state: string
  content_type: string
  size: number
  download_count: number
}
export interface RefRow extends RepoBound {
  ref: string
  sha: string
  node_id: string
}
export interface BranchRow extends RepoBound {
  name: string
  sha: string
  protected: boolean
}
export interface BlobRow extends RepoBound {
  sha: string
  node_id: string
  content: string
  encoding: 'utf-8' | 'base64'
  size: number
}
export interface TreeRowEntry {
  path: string
  /** 100644, 100755, 040000, 120000 (symlink), 160000 (submodule). */
  mode: string
  type: ObjectType
  sha: string
  size?: number
}
export interface TreeRow extends RepoBound {
  sha: string
  node_id: string
  tree: TreeRowEntry[]
  truncated: boolean
}
export interface CommitRow extends RepoBound {
  sha: string
  node_id: string
  message: string
  author_name: string
  author_email: string
  author_date: string
  committer_name: string
  committer_email: string
  committer_date: string
  tree_sha: string
  parent_shas: string[]
  user_id: number | null
  /** Signed by GitHub. Ours to add. */
  verified?: boolean
}
export interface IssueRow extends RepoBound {
  active_lock_reason?: string | null
  closed_by_id?: number | null
  node_id: string
  number: number
  title: string
  body: string | null
  state: 'open' | 'closed'
  state_reason: string | null
  locked: boolean
  user_id: number
  assignee_ids: number[]
  label_ids: number[]
  comments: number
  closed_at: string | null
  is_pull_request: boolean
}
export interface CommentRow extends RepoBound {
  node_id: string
  comment_type: 'issue' | 'review' | 'commit'
  issue_number: number | null
  user_id: number
  body: string
  pull_number: number | null
  commit_sha: string | null
  in_reply_to_id: number | null
  path: string | null
  position: number | null
  /** The last line it is about, and the first when there are more. */
  line: number | null
  start_line?: number | null
  side: 'LEFT' | 'RIGHT' | null
  subject_type: 'line' | 'file' | null
  review_id: number | null
}
export interface ReviewRow extends RepoBound {
  node_id: string
  pull_number: number
  user_id: number
  body: string | null
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'PENDING' | 'DISMISSED'
  commit_id: string
  submitted_at: string | null
}
export interface LabelRow extends RepoBound {
  node_id: string
  name: string
  color: string
  description: string | null
  default: boolean
}
export interface PullRequestRow extends RepoBound {
  node_id: string
  number: number
  title: string
  body: string | null
  state: 'open' | 'closed'
  locked: boolean
  user_id: number
  assignee_ids: number[]
  label_ids: number[]
  requested_reviewer_ids: number[]
  requested_team_ids: number[]
  head_ref: string
  head_sha: string
  head_repo_id: number
  base_ref: string
  base_sha: string
  base_repo_id: number
  merged: boolean
  merged_at: string | null
  merged_by_id: number | null
  merge_commit_sha: string | null
  mergeable: boolean
  draft: boolean
  closed_at: string | null
  comments: number
  commits: number
  additions: number
  deletions: number
  changed_files: number
}
export interface BranchProtectionRow extends RepoBound {
  branch_name: string
  required_status_checks: { strict: boolean; contexts: string[] } | null
  enforce_admins: boolean
  required_pull_request_reviews: {
    required_approving_review_count: number
    dismiss_stale_reviews: boolean
    require_code_owner_reviews: boolean
  } | null
  restrictions: { users: string[]; teams: string[] } | null
  required_linear_history: boolean
  allow_force_pushes: boolean
  allow_deletions: boolean
  required_signatures: boolean
}
export interface Annotation {
  path: string
  start_line: number
  end_line: number
  start_column: number | null
  end_column: number | null
  annotation_level: 'notice' | 'warning' | 'failure'
  message: string
  title: string | null
  raw_details: string | null
}
export interface CheckSuiteRow extends RepoBound {
  node_id: string
  head_branch: string | null
  head_sha: string
  status: CheckStatus
  conclusion: string | null
  before: string
  after: string
  app_id: number | null
}
export interface CheckRunRow extends RepoBound {
  node_id: string
  head_sha: string
  name: string
  status: CheckStatus
  conclusion: string | null
  started_at: string | null
  completed_at: string | null
  external_id: string
  details_url: string | null
  actions: { identifier: string; label: string; description: string }[] | null
  output: {
    title: string | null
    summary: string | null
    text: string | null
    annotations_count: number
    annotations: Annotation[]
  }
  check_suite_id: number
  app_id: number | null
}
export interface AppRow extends Row {
  app_id: number
  slug: string
  name: string
  private_key: string
  permissions: Record<string, string>
  events: string[]
  webhook_url: string | null
  webhook_secret: string | null
  description: string | null
}
export interface InstallationRow extends Row {
  installation_id: number
  app_id: number
  account_type: OwnerType
  account_id: number
  account_login: string
  repository_selection: 'all' | 'selected'
  repository_ids: number[]
  permissions: Record<string, string>
  events: string[]
  suspended_at: string | null
}
