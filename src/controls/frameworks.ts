/** The frameworks that controls are evidence for. A pass is evidence for a requirement, never compliance with it. */
export interface Framework {
  /** With its version: requirements are renumbered between them. */
  id: string
  title: string
  /** Where its text is. */
  url: string
  /** Requirements whose number or wording no source of ours confirms; shown as such. `all` when none is confirmed. */
  unverified: 'all' | readonly string[]
  /** Says where the numbers come from. */
  source: string
}

export const frameworks: readonly Framework[] = [
  {
    id: 'pci-dss-4.0.1',
    title: 'PCI DSS 4.0.1',
    url: 'https://www.pcisecuritystandards.org/document_library/',
    unverified: ['6.2.1', '6.5.1', '12.5.1'],
    source:
      '6.3.2 read in the standard; 6.2.3.1 and 6.5.4 by the OSPS crosswalk of 17 November 2025; the rest from general knowledge',
  },
  {
    id: 'soc2-2017',
    title: 'SOC 2 trust services criteria, 2017',
    url: 'https://www.aicpa-cima.com/resources/download/2017-trust-services-criteria-with-revised-points-of-focus-2022',
    unverified: 'all',
    source: 'general knowledge',
  },
  {
    id: 'ssdf-1.1',
    title: 'NIST SSDF 1.1 (SP 800-218)',
    url: 'https://csrc.nist.gov/pubs/sp/800/218/final',
    unverified: [],
    source: 'list of practices of version 1.1',
  },
  {
    id: 'osps-baseline-2026.02.19',
    title: 'OpenSSF OSPS Baseline 2026.02.19',
    url: 'https://baseline.openssf.org/',
    unverified: [],
    source: 'ossf/security-baseline',
  },
]

const byId: ReadonlyMap<string, Framework> = new Map(frameworks.map(framework => [framework.id, framework]))

/** `undefined` for a framework of the organisation's own. */
export const frameworkOf = (id: string): Framework | undefined => byId.get(id)

/** What nobody of ours has confirmed; a framework we don't know is unconfirmed whole. */
export const isUnverified = (id: string, requirement: string): boolean => {
  const unverified = byId.get(id)?.unverified ?? 'all'
  return unverified === 'all' || unverified.includes(requirement)
}
