/** Ids of what is asked of the policy repository itself; no control of a policy may take one. */
export const policyValid = 'policy-valid'
export const waiversAllowed = 'waivers-allowed'
export const waiversNeeded = 'waivers-needed'

/** Asked of a repository that has a `.github/golden-path.yml`. */
export const repositorySettingsValid = 'repository-settings-valid'

export const reservedIds: ReadonlySet<string> = new Set([
  policyValid,
  waiversAllowed,
  waiversNeeded,
  repositorySettingsValid,
])
