import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { builtInControls } from '../../src/controls/index.ts'
import { parsePolicy } from '../../src/policy/parse.ts'

const folder = join(import.meta.dirname, '../../demo/organisation')
const read = (path: string) => readFileSync(join(folder, path), 'utf8')

interface Organisation {
  owner: string
  users: string[]
  teams: { slug: string; members: string[]; repositories: Record<string, string> }[]
  repositories: Record<string, { archived?: boolean; fork?: boolean; empty?: boolean }>
}

const organisation: Organisation = parse(read('org.yaml'))
const names = Object.keys(organisation.repositories)

describe('the sample organisation', () => {
  it('explains each of its repositories, and no other', () => {
    const explained = [...read('README.md').matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name)
    expect(explained.toSorted()).toEqual(names.toSorted())
  })

  it('has a folder for each repository but the empty one', () => {
    const folders = readdirSync(folder, { withFileTypes: true }).filter(entry => entry.isDirectory())
    const withContents = names.filter(name => !organisation.repositories[name]?.empty)
    expect(folders.map(entry => entry.name).toSorted()).toEqual(withContents.toSorted())
    expect(withContents).toHaveLength(names.length - 1)
  })

  it('has teams of its own people, on its own repositories', () => {
    expect(organisation.users).toContain(organisation.owner)
    for (const { members, repositories } of organisation.teams) {
      expect(organisation.users).toEqual(expect.arrayContaining(members))
      expect(names).toEqual(expect.arrayContaining(Object.keys(repositories)))
    }
  })

  it('has a policy that parses, every control of which exists', () => {
    const files = ['golden-path.yml', 'golden-path/waivers.yml'].map(path => ({
      path,
      text: read(`.github/${path}`),
    }))
    const parsed = parsePolicy(files, { version: 'demo', library: builtInControls })
    expect(parsed.problems).toEqual([])
    const asked = parsed.ok ? parsed.policy.rules.flatMap(rule => rule.require.map(each => each.control)) : []
    expect(asked).toContain('pci-audit-logging')
    expect(asked.filter(id => !builtInControls.has(id))).toEqual(['pci-audit-logging'])
  })

  it('has what the fix of its control copies', () => {
    expect(existsSync(join(folder, '.github/skeletons/logging.yaml'))).toBe(true)
  })
})
