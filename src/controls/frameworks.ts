import type { Control } from './control.ts'

/** The frameworks that controls are evidence for. A pass is evidence for a requirement, never compliance with it. */
export interface Framework {
  /** With its version: requirements are renumbered between them. */
  id: string
  title: string
  /** Where its text is. */
  url: string
  /** The pack of all controls that are evidence for it: what a policy names under `packs`. */
  pack: string
  /**
   * Which of its requirements a source of ours confirms: for every control that names it, or for those listed, because a
   * source confirms a number together with what it asks. All others are shown as unverified.
   */
  confirmed: 'all' | Readonly<Record<string, 'all' | readonly string[]>>
  /** Says where the numbers come from. */
  source: string
}

export const frameworks: readonly Framework[] = [
  {
    id: 'pci-dss-4.0.1',
    title: 'PCI DSS 4.0.1',
    url: 'https://www.pcisecuritystandards.org/document_library/',
    pack: 'pci-dss-4.0.1',
    confirmed: {
      '6.2.1': ['threat-model'],
      '6.2.3': ['code-scanning-enabled'],
      '6.2.3.1': ['default-branch-protected', 'code-owner-review', 'last-push-reviewed'],
      '6.3.1': [
        'code-scanning-enabled',
        'dependency-alerts-enabled',
        'dismissed-alerts-explained',
        'security-policy',
        'vulnerability-handling-documented',
        'private-reporting-enabled',
      ],
      '6.3.2': 'all',
      '6.5.1': ['release-notes'],
      '6.5.2': ['status-checks-required'],
      '6.5.4': ['default-branch-protected', 'last-push-reviewed'],
    },
    source:
      '6.3.2 read in the standard; what is confirmed for single controls by the crosswalk of 17 November 2025 in ossf/security-baseline, by way of their OSPS family; the rest from general knowledge',
  },
  {
    id: 'soc2-2017',
    title: 'SOC 2 trust services criteria, 2017',
    url: 'https://www.aicpa-cima.com/resources/download/2017-trust-services-criteria-with-revised-points-of-focus-2022',
    pack: 'soc2',
    confirmed: {},
    source: 'general knowledge',
  },
  {
    id: 'ssdf-1.1',
    title: 'NIST SSDF 1.1 (SP 800-218)',
    url: 'https://csrc.nist.gov/pubs/sp/800/218/final',
    pack: 'nist-ssdf-1.1',
    confirmed: 'all',
    source:
      'the ids in the crosswalk of ossf/security-baseline; PW.4.1, PW.4.4 and PW.7.2, which it lacks, read in the OSCAL catalogue of SP 800-218 version 1.1 that NIST publishes',
  },
  {
    id: 'osps-baseline-2026.02.19',
    title: 'OpenSSF OSPS Baseline 2026.02.19',
    url: 'https://baseline.openssf.org/',
    pack: 'osps-baseline',
    confirmed: 'all',
    source: 'the requirements of ossf/security-baseline',
  },
]

const byId: ReadonlyMap<string, Framework> = new Map(frameworks.map(framework => [framework.id, framework]))

/** Whether nobody of ours has confirmed that this control is evidence for it; a framework we don't know is unconfirmed whole. */
export const isUnverified = (id: string, requirement: string, control: string): boolean => {
  const confirmed = byId.get(id)?.confirmed ?? {}
  if (confirmed === 'all') return false
  const controls = Object.hasOwn(confirmed, requirement) ? (confirmed[requirement] ?? []) : []
  return controls !== 'all' && !controls.includes(control)
}

/** `PCI DSS 4.0.1: 6.2.3.1, 6.5.1 (unverified)`, a line for each framework that the control is evidence for. */
export const evidenceLines = ({ id, satisfies }: Pick<Control, 'id' | 'satisfies'>): string[] =>
  Object.entries(satisfies).map(([framework, requirements]) => {
    const numbers = requirements.map(
      number => number + (isUnverified(framework, number, id) ? ' (unverified)' : ''),
    )
    return `${byId.get(framework)?.title ?? framework}: ${numbers.join(', ')}`
  })
