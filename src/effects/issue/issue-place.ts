import type { IssueSettings } from '../../policy/policy.ts'

/** Where the policy wants a repository's tracking issue, and where it lies. */
export interface IssuePlace {
  settings: IssueSettings
  /** Of `issues.repository`, when it is another repository than the one that is judged; `hidden` when the app doesn't see it. */
  home?: IssueHome | 'hidden'
  /** Where it was put before, when that is another repository now than it is to be in; `hidden` likewise, or when no issue can be written there. */
  former?: Omit<IssueHome, 'isPublic' | 'takesIssues'> | 'hidden'
}

export interface IssueHome {
  id: number
  owner: string
  name: string
  /** Or nobody knows. */
  isPublic: boolean
  takesIssues: boolean
}
