import type { Fix, Outcome, SettingStep } from '../control.ts'

/** Where a setting is, in GitHub's words. */
export type SettingPlace = Pick<SettingStep, 'path' | 'page' | 'of'>

export const rulesets: SettingPlace = { path: ['Settings', 'Rules', 'Rulesets'], page: 'settings/rules' }
export const advancedSecurity: SettingPlace = {
  path: ['Settings', 'Advanced Security'],
  page: 'settings/security_analysis',
}
export const actionsGeneral: SettingPlace = {
  path: ['Settings', 'Actions', 'General', 'Workflow permissions'],
  page: 'settings/actions',
}
export const environmentsPage: SettingPlace = {
  path: ['Settings', 'Environments'],
  page: 'settings/environments',
}
export const access: SettingPlace = {
  path: ['Settings', 'Collaborators and teams'],
  page: 'settings/access',
}
export const authenticationSecurity: SettingPlace = {
  path: ['Settings', 'Authentication security'],
  page: 'settings/security',
  of: 'organisation',
}

/** Nobody reads the second dozen; those that are left are told when these are done. */
const mostSteps = 12

/** The steps by which a setting that fails is changed: what the findings say to do next, each once. */
export const settingFix = (outcome: Outcome, place: SettingPlace, why: string): Fix | undefined => {
  if (outcome.status !== 'fail') return undefined
  const changes = new Set(outcome.findings.flatMap(({ next }) => (next ? [withoutPlace(next, place)] : [])))
  if (changes.size === 0) return undefined
  return { why, edits: [], settings: [...changes].slice(0, mostSteps).map(change => ({ change, ...place })) }
}

/** The place stands beside the instruction, with its link; what follows it in the sentence stays. */
const withoutPlace = (next: string, { path }: SettingPlace): string => {
  const begin = /, under (?:the organisation's )?Settings, /.exec(next)
  if (!begin) return next
  const rest = next.slice(begin.index + begin[0].length)
  const below = path.slice(1).join(', ')
  const after = rest.startsWith(below) ? rest.slice(below.length) : ''
  // Settings, Environments, production: the last is the name of what is to be changed.
  const named = /^, (?!and |or )(.+)$/.exec(after)?.[1]
  return next.slice(0, begin.index) + (named === undefined ? after : ` for ${named}`)
}
