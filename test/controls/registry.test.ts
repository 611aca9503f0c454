import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { frameworks } from '../../src/controls/frameworks.ts'
import { builtInControls } from '../../src/controls/index.ts'

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')

/** Files of the room that are no control. */
const shared = new Set(['bounded.ts', 'control.ts', 'frameworks.ts', 'index.ts'])
const ids = [...builtInControls.keys()]

const sections = [
  '## What it checks',
  '## Why',
  '## How to fix',
  '## How it is decided',
  '## What it cannot see',
  '## Evidence for',
]

describe('the library', () => {
  it('holds every control of its room, and nothing else', () => {
    const files = readdirSync(new URL('src/controls/', root)).filter(name => !shared.has(name))
    expect(files.map(name => name.replace(/\.ts$/, '')).sort()).toEqual([...ids].sort())
  })

  it('has no page of a control that is gone', () => {
    const pages = readdirSync(new URL('docs/controls/', root)).map(name => name.replace(/\.md$/, ''))
    expect(pages.sort()).toEqual([...ids].sort())
  })
})

describe.each([...builtInControls])('%s', (id, control) => {
  it('is called what its file and its test are called', () => {
    expect(control.id).toBe(id)
    expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/)
    expect(existsSync(new URL(`test/controls/${id}.test.ts`, root))).toBe(true)
  })

  it('says in two to five words what is good, and in one sentence why', () => {
    expect(control.title.split(' ').length).toBeGreaterThanOrEqual(2)
    expect(control.title.split(' ').length).toBeLessThanOrEqual(5)
    expect(control.why).toMatch(/^[A-Z].*\.$/)
  })

  it('has a page with every section, the title, both examples, its parameters and its evidence', () => {
    const page = read(`docs/controls/${id}.md`)
    expect(page.split('\n').filter(line => line.startsWith('## '))).toEqual(sections)
    expect(page).toContain(`# ${control.title}\n`)
    expect(page).toContain(`\`${id}\``)
    expect(page).toContain('Fails:')
    expect(page).toContain('Passes:')
    for (const name of Object.keys(control.parameters ?? {})) expect(page).toContain(`\`${name}\``)
    for (const [framework, requirements] of Object.entries(control.satisfies)) {
      expect(page).toContain(frameworks.find(each => each.id === framework)?.title)
      for (const requirement of requirements) expect(page).toContain(requirement)
    }
  })

  it('declares what it reads', () => {
    const { files, facts, entities } = control.reads
    expect(files.length + facts.length).toBeGreaterThan(0)
    expect(files.every(path => !/[*?[{]/.test(path))).toBe(true)
    if (entities) expect(files).toContain('catalog-info.yaml')
    const source = read(`src/controls/${id}.ts`)
    for (const fact of facts) expect(source).toContain(fact)
    for (const [, fact] of source.matchAll(/snapshot\.facts\.(\w+)/g)) expect(facts).toContain(fact)
    if (/snapshot\.entities/.test(source)) expect(entities).toBe(true)
  })

  it('accepts its own defaults', () => {
    for (const parameter of Object.values(control.parameters ?? {})) {
      expect(parameter.accepts(parameter.default)).toBe(true)
      expect(parameter.accepts(undefined)).toBe(false)
    }
  })

  it('is evidence for frameworks that we know', () => {
    const known = frameworks.map(framework => framework.id)
    for (const [framework, requirements] of Object.entries(control.satisfies)) {
      expect(known).toContain(framework)
      expect(requirements.length).toBeGreaterThan(0)
    }
  })
})

const crosswalk = new URL('../shared/frameworks/osps-crosswalk.json', root)

describe.skipIf(!existsSync(crosswalk))('the OSPS Baseline (skipped where its crosswalk is absent)', () => {
  it('has every requirement that a control names', () => {
    const entries: { id: string }[] = JSON.parse(readFileSync(crosswalk, 'utf8'))
    const known = new Set(entries.map(entry => entry.id))
    const named = [...builtInControls.values()].flatMap(
      control => control.satisfies['osps-baseline-2026.02.19'] ?? [],
    )
    expect(named.length).toBeGreaterThan(0)
    expect(named.filter(id => !known.has(id))).toEqual([])
  })
})
