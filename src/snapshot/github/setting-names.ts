import type { FactName } from '../snapshot.ts'

/**
 * The facts that GitHub's GraphQL does not have whole, each a request of its own, code scanning three. They change by a
 * person's hand and hardly ever, so a push does not ask for them: see `TakeRequest.settings`.
 */
export const settingNames = [
  'secretScanning',
  'secretAlerts',
  'codeScanning',
  'environments',
  'privateVulnerabilityReporting',
  'workflowToken',
  'sbom',
] as const satisfies readonly FactName[]

export type SettingName = (typeof settingNames)[number]

export const isSetting = (name: FactName): name is SettingName =>
  (settingNames as readonly FactName[]).includes(name)
