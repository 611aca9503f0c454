import { describe, expect, it } from 'vitest'
import { proposeCatalogInfo } from '../../src/proposal/catalog-info.ts'
import { snapshotTold } from './repository.ts'

/** Text that makes a careless reader slow: the proposal takes no longer for it. */

const names = [
  'package.json',
  'project.json',
  'pnpm-workspace.yaml',
  'lerna.json',
  'pyproject.toml',
  'setup.py',
  'setup.cfg',
  'requirements.txt',
  'go.mod',
  'go.work',
  'Cargo.toml',
  'pom.xml',
  'build.gradle',
  'settings.gradle',
  'composer.json',
  'Gemfile',
  'x.gemspec',
  'mix.exs',
  'pubspec.yaml',
  'Dockerfile',
  'Chart.yaml',
  'serverless.yml',
  'x.csproj',
  'README.md',
]

const repeated = (text: string): string => text.repeat(Math.ceil(250_000 / text.length))
const texts: [what: string, text: string][] = [
  ['blanks', repeated(' ')],
  ['lines', repeated('\n')],
  ['tabs and lines', repeated('\t\n ')],
  ['one word', repeated('a')],
  ['dots', repeated('a.')],
  ['names and blanks', repeated('name =          ')],
  ['versions', repeated('version = ')],
  ['quotes', repeated('"')],
  ['quoted words with colons', repeated('"a:')],
  ['opening tags', repeated('<artifactId> ')],
  ['modules', repeated('<modules><module>a')],
  ['references', repeated('<PackageReference Include = "a')],
  ['dependencies', repeated('{ :a ')],
  ['gems', repeated('gem "a')],
  ['includes', repeated("include ':a")],
  ['mentions', repeated('@acme/a ')],
  ['stars', repeated('*a')],
  ['brackets', repeated('[')],
  ['lists in lists', repeated('- ')],
  ['uses', repeated('./a/')],
]

describe('a proposal is made in time', () => {
  it.each(texts)('from %s', async (_, text) => {
    for (const name of names) {
      const snapshot = await snapshotTold({ files: { 'index.js': '', [name]: text } })
      const began = performance.now()
      proposeCatalogInfo(snapshot)
      expect(performance.now() - began, name).toBeLessThan(1_500)
    }
  })
})
