import { actionsPinned } from './actions-pinned.ts'
import { auditLoggingConfigured } from './audit-logging-configured.ts'
import { baseImagesPinned } from './base-images-pinned.ts'
import { catalogInfoValid } from './catalog-info-valid.ts'
import { codeOwnerReview } from './code-owner-review.ts'
import { codeScanningEnabled } from './code-scanning-enabled.ts'
import { codeownersCover } from './codeowners-cover.ts'
import { codeownersValid } from './codeowners-valid.ts'
import { contributingGuide } from './contributing-guide.ts'
import type { Control } from './control.ts'
import { defaultBranchProtected } from './default-branch-protected.ts'
import { dependencyAlertsEnabled } from './dependency-alerts-enabled.ts'
import { dependencyUpdates } from './dependency-updates.ts'
import { dismissedAlertsExplained } from './dismissed-alerts-explained.ts'
import { entityRefFree } from './entity-ref-free.ts'
import { lastPushReviewed } from './last-push-reviewed.ts'
import { licensePresent } from './license-present.ts'
import { lockfilePresent } from './lockfile-present.ts'
import { logRetentionDeclared } from './log-retention-declared.ts'
import { noBinaries } from './no-binaries.ts'
import { noSecretFiles } from './no-secret-files.ts'
import { onCallDeclared } from './on-call-declared.ts'
import { outsideCollaboratorsLimited } from './outside-collaborators-limited.ts'
import { ownerExists } from './owner-exists.ts'
import { ownershipAgrees } from './ownership-agrees.ts'
import { privateReportingEnabled } from './private-reporting-enabled.ts'
import { productionReviewed } from './production-reviewed.ts'
import { protectionNotBypassed } from './protection-not-bypassed.ts'
import { readmePresent } from './readme-present.ts'
import { releaseIntegrity } from './release-integrity.ts'
import { releaseNotes } from './release-notes.ts'
import { sbomAvailable } from './sbom-available.ts'
import { secretAlertsClosed } from './secret-alerts-closed.ts'
import { secretScanningEnabled } from './secret-scanning-enabled.ts'
import { securityPolicy } from './security-policy.ts'
import { statusChecksRequired } from './status-checks-required.ts'
import { systemDeclared } from './system-declared.ts'
import { techdocs } from './techdocs.ts'
import { templateContract } from './template-contract.ts'
import { templateControls } from './template-controls.ts'
import { templateCurrent } from './template-current.ts'
import { testsInCi } from './tests-in-ci.ts'
import { threatModel } from './threat-model.ts'
import { twoFactorRequired } from './two-factor-required.ts'
import { vulnerabilitiesInTime } from './vulnerabilities-in-time.ts'
import { vulnerabilityHandlingDocumented } from './vulnerability-handling-documented.ts'
import { workflowInputSafe } from './workflow-input-safe.ts'
import { workflowPermissions } from './workflow-permissions.ts'
import { workflowTokenReadOnly } from './workflow-token-read-only.ts'

/** The library, in the order of evidence.ts, which people read it in: is it described, who owns it, is it kept. */
const library: readonly Control[] = [
  catalogInfoValid,
  entityRefFree,
  ownerExists,
  codeownersValid,
  ownershipAgrees,
  systemDeclared,
  onCallDeclared,
  codeownersCover,
  templateControls,
  templateContract,
  templateCurrent,
  defaultBranchProtected,
  codeOwnerReview,
  lastPushReviewed,
  protectionNotBypassed,
  statusChecksRequired,
  testsInCi,
  codeScanningEnabled,
  dependencyAlertsEnabled,
  dependencyUpdates,
  vulnerabilitiesInTime,
  dismissedAlertsExplained,
  sbomAvailable,
  lockfilePresent,
  baseImagesPinned,
  actionsPinned,
  workflowPermissions,
  workflowTokenReadOnly,
  workflowInputSafe,
  secretScanningEnabled,
  secretAlertsClosed,
  noSecretFiles,
  noBinaries,
  twoFactorRequired,
  outsideCollaboratorsLimited,
  productionReviewed,
  releaseNotes,
  releaseIntegrity,
  securityPolicy,
  vulnerabilityHandlingDocumented,
  privateReportingEnabled,
  auditLoggingConfigured,
  logRetentionDeclared,
  threatModel,
  techdocs,
  readmePresent,
  contributingGuide,
  licensePresent,
]

export const builtInControls: ReadonlyMap<string, Control> = new Map(
  library.map(control => [control.id, control]),
)
