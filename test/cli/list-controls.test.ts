import { describe, expect, it } from 'vitest'
import { type ListOptions, listControls } from '../../src/cli/list-controls.ts'
import { builtInControls } from '../../src/controls/index.ts'
import { packs } from '../../src/controls/packs.ts'

const asked = (id?: string, options: Partial<ListOptions> = {}): string => {
  let out = ''
  const write = (text: string) => {
    out += text
  }
  expect(listControls(id, { format: 'text', ...options }, { write, warn: write })).toBe(0)
  return out
}

describe('golden-path controls', () => {
  it('lists every pack and every control, its parameters, and what is judged by signs', () => {
    const out = asked()
    for (const { id, controls } of packs)
      expect(out).toMatch(new RegExp(`^  ${id} +${controls.length} controls\\. [A-Z]`, 'm'))
    for (const { id, title } of builtInControls.values())
      expect(out).toMatch(new RegExp(`^${id} +${title}( |$)`, 'm'))
    expect(out).toMatch(/^release-integrity +Release can be verified +judged by signs; parameters any-of$/m)
    expect(out).toMatch(/^default-branch-protected +Default branch protected +parameters approvals$/m)
    expect(out).toMatch(/^owner-exists +Owner exists$/m)
  })

  it("lists in a framework's pack which requirements a pass is evidence for, and what of it is unverified", () => {
    const out = asked(undefined, { pack: 'pci-dss-4.0.1' })
    expect(out).toContain('A pass is evidence for a requirement, not compliance with it.\n')
    expect(out).toMatch(/\nThe numbers: 6\.3\.2 read in the standard/)
    expect(out).toMatch(/\nowner-exists +Owner exists +6\.3\.2, 12\.5\.1 \(unverified\)\n/)
    expect(out).toMatch(/\ntests-in-ci +Tests run in CI +6\.5\.2 \(unverified\); judged by signs\n/)
  })

  it('lists the controls of a pack', () => {
    const out = asked(undefined, { pack: 'ownership' })
    expect(out).toMatch(/^ownership: Who answers for it\n\ncatalog-info-valid /)
    expect(out).toMatch(/^owner-exists /m)
    expect(out).not.toMatch(/^release-notes /m)
  })

  it('says it as JSON', () => {
    const listed = JSON.parse(asked(undefined, { pack: 'pci-dss-4.0.1', format: 'json' }))
    expect(listed.packs.map((pack: { id: string }) => pack.id)).toEqual(['pci-dss-4.0.1'])
    expect(listed.controls.map((control: { id: string }) => control.id)).toEqual(listed.packs[0].controls)
    expect(
      listed.controls.find((control: { id: string }) => control.id === 'default-branch-protected'),
    ).toMatchObject({
      title: 'Default branch protected',
      heuristic: false,
      packs: ['baseline', 'pci-dss-4.0.1', 'soc2', 'nist-ssdf-1.1', 'osps-baseline'],
      parameters: [{ name: 'approvals', expects: 'a whole number from 0 to 6', default: 1 }],
      satisfies: expect.arrayContaining([
        { framework: 'pci-dss-4.0.1', requirement: '6.2.3.1', verified: true },
        { framework: 'pci-dss-4.0.1', requirement: '6.5.1', verified: false },
      ]),
    })
  })

  it('explains one, from its page and its code', () => {
    const out = asked('production-reviewed')
    for (const expected of [
      'Production deployments reviewed (production-reviewed)\n\nNo one person alone',
      'How to fix\n  Settings, Environments, production: tick Required reviewers',
      '  gh api repos/OWNER/NAME/environments/production',
      'What it cannot see\n',
      'Parameters\n  environments: a list of names of environments',
      '; ["production","prod","live"] by default',
      '  PCI DSS 4.0.1: 6.5.3 (unverified), 6.5.4 (unverified)',
      'Packs\n  pci-dss-4.0.1, soc2, nist-ssdf-1.1',
      'docs/controls/production-reviewed.md',
    ])
      expect(out).toContain(expected)
  })

  it('explains one as JSON, with the sections of its page', () => {
    const { id, page } = JSON.parse(asked('owner-exists', { format: 'json' }))
    expect(id).toBe('owner-exists')
    expect(Object.keys(page)).toContain('How to fix')
  })

  it('says of one that is judged by signs that it can be wrong, and leaves code as it is', () => {
    const out = asked('release-integrity')
    expect(out).toContain('It is judged by signs, so it can be wrong.')
    expect(out).toContain('`sha256sum * > checksums.txt`')
    expect(out).not.toContain('```')
  })

  it.each<[string, string | undefined, Partial<ListOptions>, string]>([
    [
      'a control that there is none of',
      'owner-exist',
      {},
      '"owner-exist" is no control. "golden-path controls" lists them; the nearest is "owner-exists".',
    ],
    [
      'a pack in the place of a control',
      'baseline',
      {},
      '"baseline" is a pack. "golden-path controls --pack baseline" lists it.',
    ],
    ['a pack without its version', undefined, { pack: 'pci-dss' }, '; the nearest is "pci-dss-4.0.1".'],
    ['a pack with a wrong letter', undefined, { pack: 'ownersip' }, '; the nearest is "ownership".'],
    ['both', 'techdocs', { pack: 'baseline' }, 'A control and a pack were given. Expected one of them.'],
  ])('%s is a mistake that says what was meant', (_name, id, options, expected) => {
    expect(() => asked(id, options)).toThrow(expected)
  })
})
