import { describe, expect, it } from 'vitest'
import { proposeCatalogInfo } from '../../src/proposal/catalog-info.ts'
import { known, unknown } from '../../src/snapshot/snapshot.ts'
import { metadata } from '../support/facts.ts'
import { proposed, snapshotTold } from './repository.ts'

const npm = (json: object): string => JSON.stringify({ private: true, dependencies: { x: '1' }, ...json })
const workspace = (...workspaces: string[]): string => JSON.stringify({ private: true, workspaces })
const pom = (artifact: string, more = ''): string =>
  `<project><artifactId>${artifact}</artifactId>${more}</project>`
const boot =
  '<build><plugins><plugin><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build>'
const parent = pom(
  'shop',
  '<packaging>pom</packaging><modules><module>api</module><module>core</module><module>worker</module></modules>',
)

const table: [situation: string, files: Record<string, string>, directories: string[]][] = [
  ['one manifest at the root', { 'package.json': npm({}) }, ['']],
  ['no manifest', { 'README.md': '# Shop' }, ['']],
  ['one manifest below', { 'app/go.mod': 'module x', 'README.md': '' }, ['']],
  [
    'npm workspaces',
    {
      'package.json': workspace('apps/*'),
      'apps/web/package.json': npm({}),
      'apps/api/package.json': npm({}),
    },
    ['apps/api', 'apps/web'],
  ],
  [
    'yarn workspaces by packages',
    {
      'package.json': JSON.stringify({ workspaces: { packages: ['a', 'b'] }, private: true }),
      'a/package.json': npm({}),
      'b/package.json': npm({}),
    },
    ['a', 'b'],
  ],
  [
    'pnpm workspaces, one left out',
    {
      'package.json': npm({ dependencies: {} }),
      'pnpm-workspace.yaml': 'packages: ["packages/*", "!packages/old"]\n',
      'packages/one/package.json': npm({}),
      'packages/two/package.json': npm({}),
      'packages/three/package.json': npm({}),
    },
    ['packages/one', 'packages/three', 'packages/two'],
  ],
  [
    'settings and tests in a workspace',
    {
      'package.json': workspace('packages/*'),
      'packages/api/package.json': npm({}),
      'packages/ui/package.json': npm({}),
      'packages/eslint-config/package.json': npm({ name: '@acme/eslint-config' }),
      'packages/e2e/package.json': npm({}),
      'packages/tsconfig/package.json': npm({ name: '@acme/tsconfig' }),
    },
    ['packages/api', 'packages/ui'],
  ],
  [
    'a workspace whose root is a package',
    {
      'package.json': JSON.stringify({ main: 'x.js', dependencies: {}, workspaces: ['demo'] }),
      'demo/package.json': npm({}),
    },
    [''],
  ],
  [
    'services without a workspace',
    {
      'services/pay/go.mod': 'module p',
      'services/mail/pyproject.toml': '[project]\nname="mail"',
      'services/README.md': '',
    },
    ['services/mail', 'services/pay'],
  ],
  [
    'services known by their Dockerfile',
    { 'services/a/Dockerfile': 'FROM x', 'services/b/Dockerfile': 'FROM x' },
    ['services/a', 'services/b'],
  ],
  [
    'front and back side by side',
    { 'frontend/package.json': npm({}), 'backend/pom.xml': pom('b', boot) },
    ['backend', 'frontend'],
  ],
  ['a page within a Go service', { 'go.mod': 'module x', 'main.go': '', 'ui/package.json': npm({}) }, ['']],
  [
    'a package within a service',
    {
      'services/a/package.json': npm({}),
      'services/a/web/package.json': npm({}),
      'services/b/package.json': npm({}),
    },
    ['services/a', 'services/b'],
  ],
  [
    'Maven modules of one program',
    {
      'pom.xml': parent,
      'api/pom.xml': pom('api'),
      'core/pom.xml': pom('core'),
      'worker/pom.xml': pom('worker', boot),
    },
    [''],
  ],
  [
    'Maven modules of two programs',
    {
      'pom.xml': parent,
      'api/pom.xml': pom('api', boot),
      'core/pom.xml': pom('core'),
      'worker/pom.xml': pom('worker', boot),
    },
    ['api', 'worker'],
  ],
  [
    'Maven modules, one that runs and one that is published',
    {
      'pom.xml': parent,
      'api/pom.xml': pom('api', boot),
      'core/pom.xml': pom('core'),
      'worker/pom.xml': pom(
        'worker',
        '<distributionManagement/>'.replace('/>', '><repository/></distributionManagement>'),
      ),
    },
    ['api', 'worker'],
  ],
  [
    'an Nx workspace',
    {
      'package.json': npm({ scripts: {} }),
      'apps/web/project.json': '{"projectType":"application"}',
      'apps/web-e2e/project.json': '{"projectType":"application"}',
      'libs/ui/project.json': '{"projectType":"library"}',
    },
    ['apps/web', 'libs/ui'],
  ],
  [
    'crates, two of which run',
    {
      'Cargo.toml': '[workspace]\nmembers = ["crates/*"]',
      'crates/a/Cargo.toml': '[package]\nname = "a"\n[[bin]]\nname = "a"',
      'crates/b/Cargo.toml': '[package]\nname = "b"',
      'crates/b/Dockerfile': 'CMD b',
      'crates/c/Cargo.toml': '[package]\nname = "c"',
    },
    ['crates/a', 'crates/b', 'crates/c'],
  ],
  [
    '.NET projects of one program',
    {
      'src/Shop.Api/Shop.Api.csproj': '<Project Sdk="Microsoft.NET.Sdk.Web">',
      'src/Shop.Core/Shop.Core.csproj': '<Project Sdk="Microsoft.NET.Sdk">',
      'tests/Shop.Tests/Shop.Tests.csproj': '<Project Sdk="Microsoft.NET.Sdk">',
    },
    [''],
  ],
  [
    'crates of one library',
    {
      'Cargo.toml': '[workspace]\nmembers = ["crates/*"]',
      'crates/a/Cargo.toml': '[package]\nname = "a"',
      'crates/b/Cargo.toml': '[package]\nname = "b"',
    },
    [''],
  ],
  [
    'go.work',
    {
      'go.work': 'go 1.24\nuse (\n\t./pay\n\t./mail\n)\n',
      'pay/go.mod': 'module p',
      'mail/go.mod': 'module m',
    },
    ['mail', 'pay'],
  ],
  [
    "others' code and examples",
    {
      'go.mod': 'module x',
      'main.go': '',
      'vendor/a/go.mod': 'module a',
      'examples/one/go.mod': 'module o',
      'node_modules/a/package.json': '{}',
      'test/fixtures/b/package.json': '{}',
    },
    [''],
  ],
  [
    'a directory that no target can name',
    { 'services/a b*/go.mod': 'module a', 'services/b/go.mod': 'module b', 'services/c/go.mod': 'module c' },
    ['services/b', 'services/c'],
  ],
]

describe('what gets an entity', () => {
  it.each(table)('%s', async (_, files, directories) => {
    const { proof } = await proposed({ name: 'shop', files })
    const holders = proof
      .filter(({ text }) => text.includes('kind: Component'))
      .map(({ path }) => path.replace(/\/?catalog-info\.yaml$/, ''))
    expect(holders.sort()).toEqual([...directories].sort())
  })

  it('is led to from the root', async () => {
    const { edits } = await proposed({
      name: 'shop',
      files: { 'services/a/go.mod': '', 'services/b/go.mod': '' },
    })
    expect(edits[0]).toEqual({
      path: 'catalog-info.yaml',
      text: `apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: shop
  description: The components of this repository
spec:
  targets:
    - ./services/a/catalog-info.yaml
    - ./services/b/catalog-info.yaml
`,
    })
  })

  it('keeps the file that a part has', async () => {
    const { edits } = await proposed({
      files: {
        'services/a/go.mod': '',
        'services/a/catalog-info.yaml': 'kind: Component',
        'services/b/go.mod': '',
      },
    })
    expect(edits.map(({ path }) => path)).toEqual(['catalog-info.yaml', 'services/b/catalog-info.yaml'])
    expect(edits[0]?.text).toContain('./services/a/catalog-info.yaml')
  })

  it('is at most 50, each with a name of its own', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 300 }, (_, at) => [`services/s${at % 2}/x${at}/api/go.mod`, 'module x']),
    )
    const { edits, guesses } = await proposed({ files })
    expect(edits.length).toBeLessThanOrEqual(51)
    const names = guesses.filter(({ field }) => field === 'metadata.name').map(({ value }) => value)
    expect(new Set(names).size).toBe(names.length)
  })

  it('is read from 20,000 paths in less than two seconds', async () => {
    const paths = Array.from(
      { length: 20_000 },
      (_, at) => `${'a/'.repeat(at % 60)}services/s${at}/package.json`,
    )
    const snapshot = await snapshotTold({
      files: { 'package.json': workspace(...Array.from({ length: 100 }, (_, at) => `**/*${at}*`)) },
      paths,
    })
    const began = performance.now()
    proposeCatalogInfo(snapshot)
    expect(performance.now() - began).toBeLessThan(2_000)
  })
})

describe('nothing is proposed', () => {
  it.each([
    ['where there is a catalogue file', { 'catalog-info.yaml': 'kind: Component' }],
    ['where it only has another name', { 'catalog-info.yml': 'kind: Component' }],
    ['for an empty repository', {}],
  ])('%s', async (_, files: Record<string, string>) => {
    expect(proposeCatalogInfo(await snapshotTold({ files }))).toBeUndefined()
  })

  it.each([
    ['for an archived repository, which nobody can change', { isArchived: true }],
    ["for a fork, which is somebody else's software", { isFork: true }],
  ])('%s', async (_, more) => {
    const snapshot = await snapshotTold({
      files: { 'go.mod': '' },
      facts: { metadata: metadata({ ...more }) },
    })
    expect(proposeCatalogInfo(snapshot)).toBeUndefined()
    expect(
      proposeCatalogInfo(await snapshotTold({ files: { 'go.mod': '' }, facts: { metadata: metadata() } })),
    ).toBeDefined()
  })

  it('for .github, which holds what the others share', async () => {
    expect(
      proposeCatalogInfo(await snapshotTold({ name: '.github', files: { 'README.md': '# Acme' } })),
    ).toBeUndefined()
  })

  it('while the list of files is unknown', async () => {
    const snapshot = await snapshotTold({ files: { 'go.mod': '' } })
    expect(proposeCatalogInfo({ ...snapshot, tree: unknown('partial-answer', 'Too many') })).toBeUndefined()
  })

  it('where catalog-info.yaml is there and could not be read', async () => {
    const snapshot = await snapshotTold({ files: { 'go.mod': '' } })
    const files = { ...snapshot.files, 'catalog-info.yaml': unknown('too-large', 'It has 20 MB') }
    expect(proposeCatalogInfo({ ...snapshot, files })).toBeUndefined()
    const tree = known(
      [
        { path: 'catalog-info.yaml', type: 'blob' as const, mode: '120000' },
        { path: 'go.mod', type: 'blob' as const, mode: '100644' },
      ],
      'test',
    )
    const { 'catalog-info.yaml': _, ...unread } = snapshot.files
    expect(proposeCatalogInfo({ ...snapshot, files: unread, tree })).toBeUndefined()
  })
})
