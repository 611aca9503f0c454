import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { controlIndex, fixIn } from '../../scripts/control-index.ts'
import { evidence } from '../../src/controls/evidence.ts'
import { evidenceLines, frameworks, isUnverified } from '../../src/controls/frameworks.ts'
import { builtInControls } from '../../src/controls/index.ts'
import { packOf, packs, packsWith } from '../../src/controls/packs.ts'

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')

const ids = [...builtInControls.keys()]

const sections = [
  '## What it checks',
  '## Why',
  '## How to fix',
  '## How it is decided',
  '## What it cannot see',
  '## Evidence for',
]

const camelCase = (id: string): string => id.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())

describe('the library', () => {
  it('is its room: a file a control, and what controls share in support', () => {
    const names = readdirSync(new URL('src/controls/', root)).map(name => name.replace(/\.ts$/, ''))
    const others = ['control', 'evidence', 'frameworks', 'index', 'packs', 'support']
    expect(names.filter(name => !others.includes(name)).sort()).toEqual([...ids].sort())
    for (const id of ids)
      expect(read(`src/controls/${id}.ts`)).toContain(`\nexport const ${camelCase(id)}: Control = `)
  })

  it('has no page of a control that is gone', () => {
    const pages = readdirSync(new URL('docs/controls/', root)).map(name => name.replace(/\.md$/, ''))
    expect(pages.filter(name => name !== 'README').sort()).toEqual([...ids].sort())
  })

  it('holds each control that evidence.ts has numbers for, in its order', () => {
    expect(ids).toEqual(Object.keys(evidence))
  })

  it('is listed by docs/controls/README.md (npm run controls writes it)', () => {
    expect(read('docs/controls/README.md')).toBe(controlIndex())
  })
})

describe.each([...builtInControls])('%s', (id, control) => {
  it('is called what its file and its test are called', () => {
    expect(control.id).toBe(id)
    expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/)
    expect(existsSync(new URL(`test/controls/${id}.test.ts`, root))).toBe(true)
  })

  it('has a table with cases of each status, or with the reason why it never has one', () => {
    // The table itself holds that: test/support/control-table.ts.
    expect(read(`test/controls/${id}.test.ts`)).toContain(`\ncontrolTable(${camelCase(id)}, {`)
  })

  it('says in two to five words what is good, and in one sentence why', () => {
    expect(control.title.split(' ').length).toBeGreaterThanOrEqual(2)
    expect(control.title.split(' ').length).toBeLessThanOrEqual(5)
    expect(control.why).toMatch(/^[A-Z].*\.$/)
  })

  it('has a page with every section, the title, both examples, its parameters and its four statuses', () => {
    const page = read(`docs/controls/${id}.md`)
    expect(page.split('\n').filter(line => line.startsWith('## '))).toEqual(sections)
    expect(page).toContain(`# ${control.title}\n`)
    expect(page).toContain(`\`${id}\``)
    expect(page).toContain('Fails:')
    expect(page).toContain('Passes:')
    for (const name of Object.keys(control.parameters ?? {})) expect(page).toContain(`\`${name}\``)
    for (const status of ['pass', 'fail', 'unknown']) expect(page).toContain(`- *${status}*:`)
    if (control.heuristic) expect(page).toMatch(/\bsigns\b/)
  })

  it('has a page that says what is offered as a fix, or why nothing is', () => {
    const fix = fixIn(read(`docs/controls/${id}.md`))
    expect(fix?.isOffered).toBe(control.fix !== undefined)
    expect(fix?.words).toMatch(/^[`a-z].{20,}\.$/)
  })

  it('has a page that lists exactly its evidence, and what of it is unverified (npm run controls writes it)', () => {
    const [, listed = ''] = read(`docs/controls/${id}.md`).split('\n## Evidence for\n')
    const lines = listed.split('\n').filter(line => line.startsWith('- '))
    expect(lines).toEqual(evidenceLines(control).map(line => `- ${line}`))
    expect(listed).toContain('A pass is evidence, not compliance.')
  })

  it('declares what it reads', () => {
    const { files, facts, entities } = control.reads
    expect(files.length + facts.length + (entities ? 1 : 0) + (control.reads.tree ? 1 : 0)).toBeGreaterThan(0)
    expect(files.filter(path => !/^[^/\s]/.test(path))).toEqual([])
    // Whatever a directory holds would be read and stored, up to a hundred files of it.
    expect(files.filter(path => /(?:^|\/)\*+$/.test(path))).toEqual([])
    if (entities) expect(files).toContain('catalog-info.yaml')
  })

  it('accepts its own defaults', () => {
    for (const parameter of Object.values(control.parameters ?? {})) {
      expect(parameter.accepts(parameter.default)).toBe(true)
      expect(parameter.accepts(undefined)).toBe(false)
    }
  })

  it('is evidence for frameworks that we know, as evidence.ts says', () => {
    expect(control.satisfies).toEqual(evidence[id as keyof typeof evidence])
    for (const [framework, requirements] of Object.entries(control.satisfies)) {
      expect(frameworks.map(({ id }) => id)).toContain(framework)
      expect(requirements.length).toBeGreaterThan(0)
    }
  })
})

describe('the packs', () => {
  it('are the six that a policy can name', () => {
    expect(packs.map(({ id }) => id)).toEqual([
      'baseline',
      'ownership',
      'pci-dss-4.0.1',
      'soc2',
      'nist-ssdf-1.1',
      'osps-baseline',
    ])
    for (const pack of packs) expect(packOf(pack.id)).toBe(pack)
    expect(packOf('pci-dss')).toBeUndefined()
  })

  it('hold only controls that are there, each once, in the order of the library', () => {
    for (const { title, controls } of packs) {
      expect(title).toMatch(/^[A-Z]/)
      expect(controls).toEqual(ids.filter(each => controls.includes(each)))
      expect(controls.length).toBeGreaterThan(5)
    }
    expect(ids.filter(id => packsWith(id).length === 0)).toEqual([])
  })

  it('of a framework hold every control that is evidence for it, and no other', () => {
    for (const { id, pack } of frameworks)
      expect(packOf(pack)?.controls).toEqual(ids.filter(each => builtInControls.get(each)?.satisfies[id]))
  })

  it('ask of any repository only what is decided by facts', () => {
    const basics = [...(packOf('baseline')?.controls ?? []), ...(packOf('ownership')?.controls ?? [])]
    expect(basics.filter(id => builtInControls.get(id)?.heuristic)).toEqual([])
  })
})

const crosswalk = new URL('../shared/frameworks/osps-crosswalk.json', root)

interface Crossed {
  id: string
  'nist-ssdf-1.1'?: string
  'pci-dss'?: string
}

/** `PS1, RV1.3, RV 2.2, P0.3.1` (with a zero) as `PS.1`, `RV.1.3`, `RV.2.2`, `PO.3.1`. */
const ssdfIds = (written = ''): string[] =>
  written
    .split(',')
    .map(id =>
      id
        .replace(/\s/g, '')
        .replace(/^P0/, 'PO')
        .replace(/^([A-Z]{2})\.?/, '$1.'),
    )
    .filter(id => /^[A-Z]{2}\.\d/.test(id))

/** Tasks of SSDF 1.1 that the crosswalk has no use for; read in the OSCAL catalogue that NIST publishes. */
const otherSsdf = ['PW.4.1', 'PW.4.4', 'PW.7.2']

describe.skipIf(!existsSync(crosswalk))('the frameworks (skipped where the OSPS crosswalk is absent)', () => {
  const entries: Crossed[] = existsSync(crosswalk) ? JSON.parse(readFileSync(crosswalk, 'utf8')) : []
  const byId = new Map(entries.map(entry => [entry.id, entry]))
  const named = (framework: string) =>
    Object.entries(evidence).flatMap(([control, satisfies]: [string, Record<string, readonly string[]>]) =>
      (satisfies[framework] ?? []).map(requirement => ({ control, requirement })),
    )

  it('has every requirement of the OSPS Baseline that a control names', () => {
    const osps = named('osps-baseline-2026.02.19')
    expect(osps.length).toBeGreaterThan(30)
    expect(osps.filter(({ requirement }) => !byId.has(requirement))).toEqual([])
  })

  it('has every task of the SSDF that a control names, or its practice', () => {
    const there = new Set(entries.flatMap(entry => ssdfIds(entry['nist-ssdf-1.1'])))
    const ssdf = named('ssdf-1.1')
    expect(there.size).toBeGreaterThan(20)
    expect(otherSsdf.filter(task => there.has(task))).toEqual([])
    const gone = ssdf.filter(
      ({ requirement }) =>
        !there.has(requirement) &&
        !there.has(requirement.replace(/\.\d+$/, '')) &&
        !otherSsdf.includes(requirement),
    )
    expect(gone).toEqual([])
  })

  it('confirms a number of PCI DSS by the OSPS family of the control; every other is marked as unverified', () => {
    const confirmedBy = (control: string): string[] =>
      named('osps-baseline-2026.02.19')
        .filter(each => each.control === control)
        .flatMap(
          ({ requirement }) => byId.get(requirement.replace(/\.\d+$/, ''))?.['pci-dss']?.split(',') ?? [],
        )
        .map(number => number.trim())
    for (const { control, requirement } of named('pci-dss-4.0.1')) {
      // 6.3.2 was read in the standard.
      const isConfirmed = requirement === '6.3.2' || confirmedBy(control).includes(requirement)
      expect([control, requirement, isUnverified('pci-dss-4.0.1', requirement, control)]).toEqual([
        control,
        requirement,
        !isConfirmed,
      ])
    }
  })
})

describe('a framework', () => {
  it('of which no source confirms anything has nothing but unverified numbers', () => {
    for (const number of ['CC1.3', 'CC8.1'])
      expect(isUnverified('soc2-2017', number, 'owner-exists')).toBe(true)
    expect(isUnverified('house-rules', '1', 'owner-exists')).toBe(true)
    expect(isUnverified('pci-dss-4.0.1', 'toString', 'owner-exists')).toBe(true)
  })

  it('says its version in its id and title, and where its text and its numbers come from', () => {
    for (const { id, title, url, source } of frameworks) {
      expect(id).toMatch(/\d$/)
      expect(title).toMatch(/\d/)
      expect(url).toMatch(/^https:\/\//)
      expect(source).not.toBe('')
    }
  })
})
