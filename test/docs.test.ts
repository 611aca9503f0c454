import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

const root = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

const pages = [
  ...globSync('*.md', { cwd: root }),
  ...globSync('docs/**/*.md', { cwd: root }),
  'demo/organisation/README.md',
]

describe('the pages', () => {
  it.each(pages)('%s links only to what is there', page => {
    const withoutCode = read(page).replace(/^```[\s\S]*?^```/gm, '')
    const targets = [...withoutCode.matchAll(/\]\(([^)#\s]+)/g)]
      .map(([, target = '']) => target)
      .filter(target => !/^[a-z]+:/.test(target))
    const missing = targets.filter(target => !existsSync(join(root, dirname(page), target)))
    expect(missing).toEqual([])
  })

  it('README shows the policy of the demo', () => {
    const shown = /^```yaml\n([\s\S]*?)^```$/m.exec(read('README.md'))?.[1]
    expect(parse(shown ?? '')).toEqual(parse(read('demo/organisation/.github/golden-path.yml')))
  })

  it('docs/operating.md lists every variable of the environment, and no other', () => {
    const inConfig = [...read('src/config.ts').matchAll(/^ {2}([A-Z]+(?:_[A-Z]+)*):/gm)].map(
      ([, name]) => name,
    )
    const table = /## The environment\n([\s\S]*?)\n## /.exec(read('docs/operating.md'))?.[1] ?? ''
    const listed = table
      .split('\n')
      .map(row => row.split('|')[1] ?? '')
      .flatMap(cell => [...cell.matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name))
    expect(inConfig.length).toBeGreaterThan(8)
    expect(listed.toSorted()).toEqual(inConfig.toSorted())
  })

  it('docs/operating.md says what is unknown without each permission', () => {
    const { default_permissions } = parse(read('app.yml'))
    const rows = read('docs/operating.md')
      .split('\n')
      .filter(line => line.startsWith('| '))
    const named = (permission: string) => {
      const words = permission.replace(/^organization_/, '').replaceAll('_', ' ')
      return rows.some(row => row.startsWith(`| ${words}`) || row.includes(`\`${permission}\``))
    }
    expect(Object.keys(default_permissions).filter(permission => !named(permission))).toEqual([])
  })
})
