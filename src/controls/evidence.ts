import type { Satisfies } from './control.ts'

const pci = 'pci-dss-4.0.1'
const soc2 = 'soc2-2017'
const ssdf = 'ssdf-1.1'
const osps = 'osps-baseline-2026.02.19'

/**
 * Which requirements a pass of each control is evidence for: the one place where a framework's number stands. Numbers that
 * no source of ours confirms are listed in `frameworks.ts` and shown as unverified.
 */
export const evidence = {
  'catalog-info-valid': { [pci]: ['6.3.2', '12.5.1'], [ssdf]: ['PO.2.1'], [osps]: ['OSPS-QA-04.01'] },
  'entity-ref-free': { [pci]: ['6.3.2'] },
  'owner-exists': {
    [pci]: ['6.3.2', '12.5.1'],
    [soc2]: ['CC1.3', 'CC2.1'],
    [ssdf]: ['PO.2.1'],
    [osps]: ['OSPS-GV-01.01'],
  },
  'codeowners-valid': { [pci]: ['6.2.3.1'], [soc2]: ['CC6.1'], [ssdf]: ['PS.1.1'] },
  'ownership-agrees': { [pci]: ['6.3.2'], [soc2]: ['CC1.3'] },
  'system-declared': { [pci]: ['12.5.1'], [soc2]: ['CC2.1'] },
  'on-call-declared': { [pci]: ['12.10.1', '12.10.3'], [soc2]: ['CC7.4'], [ssdf]: ['RV.2.2'] },
  'codeowners-cover': { [pci]: ['6.2.3.1', '7.2.2'], [soc2]: ['CC6.1'], [ssdf]: ['PS.1.1'] },
  'template-controls': { [pci]: ['6.2.1'], [ssdf]: ['PO.1.1'] },
  'template-contract': { [pci]: ['6.2.1'], [ssdf]: ['PO.1.1'] },
  'template-current': { [pci]: ['6.2.1'], [ssdf]: ['PO.1.1'] },
  'default-branch-protected': {
    [pci]: ['6.2.3.1', '6.5.1', '6.5.4'],
    [soc2]: ['CC8.1'],
    [ssdf]: ['PS.1.1', 'PW.7.2'],
    [osps]: ['OSPS-AC-03.01', 'OSPS-AC-03.02', 'OSPS-QA-07.01'],
  },
  'code-owner-review': {
    [pci]: ['6.2.3.1'],
    [soc2]: ['CC6.1', 'CC8.1'],
    [ssdf]: ['PS.1.1', 'PW.7.2'],
    [osps]: ['OSPS-QA-07.01'],
  },
  'last-push-reviewed': {
    [pci]: ['6.2.3.1', '6.5.4'],
    [soc2]: ['CC8.1'],
    [ssdf]: ['PW.7.2'],
    [osps]: ['OSPS-QA-07.01'],
  },
  'protection-not-bypassed': {
    [pci]: ['6.5.1', '7.2.2'],
    [soc2]: ['CC6.3', 'CC8.1'],
    [ssdf]: ['PS.1.1'],
    [osps]: ['OSPS-AC-03.01'],
  },
  'status-checks-required': {
    [pci]: ['6.2.3', '6.5.2'],
    [soc2]: ['CC8.1'],
    [ssdf]: ['PO.4.2'],
    [osps]: ['OSPS-QA-03.01'],
  },
  'tests-in-ci': { [pci]: ['6.5.2'], [soc2]: ['CC8.1'], [ssdf]: ['PW.8.2'], [osps]: ['OSPS-QA-06.01'] },
  'code-scanning-enabled': {
    [pci]: ['6.2.3', '6.3.1'],
    [soc2]: ['CC7.1'],
    [ssdf]: ['PW.7.2', 'PW.8.2'],
    [osps]: ['OSPS-VM-06.02'],
  },
  'dependency-alerts-enabled': {
    [pci]: ['6.3.1', '6.3.2'],
    [soc2]: ['CC7.1'],
    [ssdf]: ['PW.4.4', 'RV.1.1'],
    [osps]: ['OSPS-VM-05.03'],
  },
  'dependency-updates': { [pci]: ['6.3.3'], [soc2]: ['CC7.1'], [ssdf]: ['PW.4.4', 'RV.2.2'] },
  'vulnerabilities-in-time': {
    [pci]: ['6.3.3'],
    [soc2]: ['CC7.1'],
    [ssdf]: ['RV.2.2'],
    [osps]: ['OSPS-VM-05.01'],
  },
  'dismissed-alerts-explained': {
    [pci]: ['6.3.1'],
    [soc2]: ['CC7.1'],
    [ssdf]: ['RV.1.2'],
    [osps]: ['OSPS-VM-04.02'],
  },
  'sbom-available': { [pci]: ['6.3.2'], [soc2]: ['CC7.1'], [ssdf]: ['PS.3.2'], [osps]: ['OSPS-QA-02.02'] },
  'lockfile-present': {
    [pci]: ['6.3.2'],
    [soc2]: ['CC7.1'],
    [ssdf]: ['PW.4.1'],
    [osps]: ['OSPS-QA-02.01', 'OSPS-BR-05.01'],
  },
  'base-images-pinned': { [pci]: ['6.3.2'], [soc2]: ['CC9.2'], [ssdf]: ['PW.4.4'] },
  'actions-pinned': { [pci]: ['6.3.2'], [soc2]: ['CC9.2'], [ssdf]: ['PW.4.4'], [osps]: ['OSPS-BR-05.01'] },
  'workflow-permissions': {
    [pci]: ['7.2.5'],
    [soc2]: ['CC6.3'],
    [ssdf]: ['PO.5.1', 'PO.3.2'],
    [osps]: ['OSPS-AC-04.02'],
  },
  'workflow-token-read-only': {
    [pci]: ['7.2.5'],
    [soc2]: ['CC6.3'],
    [ssdf]: ['PO.5.1'],
    [osps]: ['OSPS-AC-04.01'],
  },
  'workflow-input-safe': {
    [pci]: ['6.2.4'],
    [soc2]: ['CC7.1'],
    [ssdf]: ['PO.3.2'],
    [osps]: ['OSPS-BR-01.01'],
  },
  'secret-scanning-enabled': {
    [pci]: ['8.6.2'],
    [soc2]: ['CC6.1'],
    [ssdf]: ['PS.1.1', 'PO.5.2'],
    [osps]: ['OSPS-BR-07.01'],
  },
  'secret-alerts-closed': {
    [pci]: ['8.6.2'],
    [soc2]: ['CC6.1'],
    [ssdf]: ['PW.5.1'],
    [osps]: ['OSPS-BR-07.01'],
  },
  'no-secret-files': { [pci]: ['8.6.2'], [soc2]: ['CC6.1'], [ssdf]: ['PW.5.1'], [osps]: ['OSPS-BR-07.01'] },
  'no-binaries': { [soc2]: ['CC7.1'], [ssdf]: ['PW.4.1'], [osps]: ['OSPS-QA-05.01', 'OSPS-QA-05.02'] },
  'two-factor-required': {
    [pci]: ['8.4.2'],
    [soc2]: ['CC6.1'],
    [ssdf]: ['PS.1.1', 'PO.5.1'],
    [osps]: ['OSPS-AC-01.01'],
  },
  'outside-collaborators-limited': {
    [pci]: ['7.2.1', '7.2.2'],
    [soc2]: ['CC6.3'],
    [ssdf]: ['PS.1.1'],
    [osps]: ['OSPS-AC-02.01'],
  },
  'production-reviewed': { [pci]: ['6.5.3', '6.5.4'], [soc2]: ['CC8.1'], [ssdf]: ['PO.5.1'] },
  'release-notes': { [pci]: ['6.5.1'], [soc2]: ['CC8.1'], [ssdf]: ['PS.3.1'], [osps]: ['OSPS-BR-04.01'] },
  'release-integrity': {
    [pci]: ['6.5.1'],
    [soc2]: ['CC8.1'],
    [ssdf]: ['PS.2.1', 'PS.3.2'],
    [osps]: ['OSPS-BR-06.01'],
  },
  'security-policy': {
    [pci]: ['6.3.1', '12.10.1'],
    [soc2]: ['CC2.3'],
    [ssdf]: ['RV.1.3'],
    [osps]: ['OSPS-VM-01.01', 'OSPS-VM-02.01'],
  },
  'vulnerability-handling-documented': {
    [pci]: ['6.3.1'],
    [soc2]: ['CC7.1'],
    [ssdf]: ['RV.1.3', 'RV.2.1'],
    [osps]: ['OSPS-VM-01.01', 'OSPS-VM-05.01'],
  },
  'private-reporting-enabled': {
    [pci]: ['6.3.1'],
    [soc2]: ['CC2.3'],
    [ssdf]: ['RV.1.3'],
    [osps]: ['OSPS-VM-03.01'],
  },
  'audit-logging-configured': { [pci]: ['10.2.1', '10.2.2'], [soc2]: ['CC7.2'], [ssdf]: ['PW.1.3'] },
  'log-retention-declared': { [pci]: ['10.5.1'], [soc2]: ['CC7.2'], [ssdf]: ['PO.1.1'] },
  'threat-model': { [pci]: ['6.2.1'], [ssdf]: ['PW.1.1'], [osps]: ['OSPS-SA-03.02'] },
  techdocs: { [pci]: ['6.2.1'], [soc2]: ['CC2.2'], [ssdf]: ['PO.1.1'] },
  'readme-present': { [soc2]: ['CC2.2'], [ssdf]: ['PO.1.1'] },
  'contributing-guide': { [soc2]: ['CC2.2'], [osps]: ['OSPS-GV-03.01'] },
  'license-present': { [ssdf]: ['PO.3.2'], [osps]: ['OSPS-LE-03.01'] },
} as const satisfies Record<string, Record<string, readonly string[]>>

/** A copy for a control's face, which takes lists that may be added to. */
export const evidenceOf = (id: keyof typeof evidence): Satisfies =>
  Object.fromEntries(
    Object.entries(evidence[id]).map(([framework, requirements]) => [framework, [...requirements]]),
  )
