import { describe, expect, it } from 'vitest'
import { readDocument, startReading } from '../../../src/policy/document.ts'
import { formatOf } from '../../../src/policy/formats/format.ts'

const read = (path: string, text: string) => {
  const document = readDocument(path, text)
  if (!document.ok) throw new Error(`${document.line}:${document.column}: ${document.message}`)
  return document
}

describe('which file is read as what', () => {
  it.each([
    ['config/a.YAML', 'yaml'],
    ['.github/workflows/ci.yml', 'yaml'],
    ['a.json', 'json'],
    ['Cargo.toml', 'toml'],
    ['app.properties', 'properties'],
    ['Dockerfile', 'dockerfile'],
    ['deploy/Containerfile', 'dockerfile'],
    ['Dockerfile.dev', 'dockerfile'],
    ['web.dockerfile', 'dockerfile'],
    ['Dockerfiles.md', 'text'],
    ['go.mod', 'text'],
    ['README', 'text'],
  ])('%s: %s', (path, format) => {
    expect(formatOf(path)).toBe(format)
  })
})

describe('what is in a file', () => {
  it('TOML, with whole numbers, dates as text, and the lines of its keys', () => {
    const text = 'name = "x"\n[tool.ruff]\nline-length = 100\n[[jobs]]\nday = 2027-01-15\nratio = 0.5\n'
    const { docs, lineOf } = read('a.toml', text)
    expect(docs).toEqual([
      { name: 'x', tool: { ruff: { 'line-length': 100n } }, jobs: [{ day: '2027-01-15', ratio: 0.5 }] },
    ])
    expect(lineOf(['tool', 'ruff', 'line-length'])).toEqual({ line: 3, column: 1 })
    expect(lineOf(['tool', 'ruff', 'missing'])).toEqual({ line: 2, column: 1 })
  })

  it('properties, by their whole keys', () => {
    const { docs, lineOf } = read('a.properties', '# x\naudit.enabled = true\npath: C\\:\\\\a \\\n  b\n')
    expect(docs).toEqual([{ 'audit.enabled': 'true', path: 'C:\\a b' }])
    expect(lineOf(['path'])).toEqual({ line: 3, column: 1 })
  })

  it('a Dockerfile, as its instructions and the images it is built from', () => {
    const text = `# syntax=docker/dockerfile:1
ARG V=24
FROM --platform=$BUILDPLATFORM node:\${V} AS build
RUN apt-get update \\
  # because
  && apt-get install -y curl
from localhost:5000/acme/base@sha256:${'a'.repeat(64)}
COPY --from=build /a /b
FROM build
USER node
`
    const { docs, lineOf } = read('Dockerfile', text)
    expect(docs).toEqual([
      {
        instructions: [
          { instruction: 'ARG', arguments: 'V=24', line: 2n },
          { instruction: 'FROM', arguments: `--platform=$BUILDPLATFORM node:\${V} AS build`, line: 3n },
          { instruction: 'RUN', arguments: 'apt-get update && apt-get install -y curl', line: 4n },
          {
            instruction: 'FROM',
            arguments: `localhost:5000/acme/base@sha256:${'a'.repeat(64)}`,
            line: 7n,
          },
          { instruction: 'COPY', arguments: '--from=build /a /b', line: 8n },
          { instruction: 'FROM', arguments: 'build', line: 9n },
          { instruction: 'USER', arguments: 'node', line: 10n },
        ],
        from: [
          { image: 'node', tag: `\${V}`, digest: '', stage: 'build' },
          { image: 'localhost:5000/acme/base', tag: '', digest: `sha256:${'a'.repeat(64)}`, stage: '' },
        ],
      },
    ])
    expect(lineOf(['from', 1, 'tag'])).toEqual({ line: 7, column: 1 })
    expect(lineOf(['instructions', 4])).toEqual({ line: 8, column: 1 })
  })

  it('a workflow, whose "on" stays text', () => {
    expect(read('.github/workflows/ci.yml', 'on: push\nyes: no\n').docs).toEqual([{ on: 'push', yes: 'no' }])
  })
})

describe('a package manifest', () => {
  it.each<[string, string, object]>([
    [
      'package.json',
      '{"name":"@acme/a","version":"1.2.3","dependencies":{"x":"^1","__proto__":"2"},"devDependencies":{"y":"*"},"peerDependencies":[]}',
      {
        ecosystem: 'npm',
        name: '@acme/a',
        version: '1.2.3',
        dependencies: JSON.parse('{"x":"^1","__proto__":"2"}'),
        developmentDependencies: { y: '*' },
      },
    ],
    [
      'services/a/pyproject.toml',
      '[project]\nname = "a"\nversion = "1"\ndependencies = ["Foo_Bar[x]>=2; python_version < \'4\'", "requests"]\n[project.optional-dependencies]\ntest = ["pytest~=8"]\n',
      {
        ecosystem: 'pypi',
        name: 'a',
        version: '1',
        dependencies: { 'foo-bar': '>=2', requests: '' },
        developmentDependencies: { pytest: '~=8' },
      },
    ],
    [
      'pyproject.toml',
      '[tool.poetry]\nname = "p"\nversion = "2"\n[tool.poetry.dependencies]\npython = "^3"\nrich = { version = "^13" }\n[tool.poetry.group.dev.dependencies]\nblack = "24"\n',
      {
        ecosystem: 'pypi',
        name: 'p',
        version: '2',
        dependencies: { rich: '^13' },
        developmentDependencies: { black: '24' },
      },
    ],
    [
      'Cargo.toml',
      '[package]\nname = "c"\nversion = { workspace = true }\n[dependencies]\nserde = { version = "1", features = [] }\nlocal = { path = "x" }\n[dev-dependencies]\nproptest = "1"\n',
      {
        ecosystem: 'cargo',
        name: 'c',
        version: '',
        dependencies: { serde: '1', local: '' },
        developmentDependencies: { proptest: '1' },
      },
    ],
    [
      'go.mod',
      'module acme.dev/pay // ours\n\ngo 1.24\nrequire a.dev/x v1.0.0\nrequire (\n\tb.dev/y v2.0.0 // indirect\n)\nreplace b.dev/y => ../y\n',
      {
        ecosystem: 'go',
        name: 'acme.dev/pay',
        version: '',
        dependencies: { 'a.dev/x': 'v1.0.0', 'b.dev/y': 'v2.0.0' },
        developmentDependencies: {},
      },
    ],
    [
      'package.json',
      '[1]',
      { ecosystem: 'npm', name: '', version: '', dependencies: {}, developmentDependencies: {} },
    ],
  ])('%s', (path, text, expected) => {
    expect(read(path, text).manifest).toEqual(expected)
  })
})

describe('a file that can not be read as what it should be', () => {
  const big = (line: string, bytes: number) => line.repeat(Math.ceil(bytes / line.length))
  it.each<[string, string, string, string]>([
    ['broken YAML', 'a.yaml', 'a: 1\nb: [\n', '3:1 is not valid YAML'],
    ['broken TOML', 'a.toml', 'a = 1\nb = \n', '2:5 is not valid TOML'],
    ['a TOML key twice', 'a.toml', 'a = 1\na = 2\n', '2:1 is not valid TOML'],
    ['TOML nested without end', 'a.toml', `a = ${'['.repeat(10_000)}`, 'nested'],
    ['JSON that is none', 'a.json', '{"a": ', '1:7 is not valid YAML'],
    ['a long TOML', 'a.toml', big('#\n', 300_000), 'more than the 256 KiB'],
    ['a long JSON', 'a.json', big(' ', 600_000), 'more than the 512 KiB'],
    ['a long Dockerfile', 'Dockerfile', big('RUN a\n', 70_000), 'more than the 64 KiB'],
    ['a Dockerfile of comments', 'Dockerfile', 'FROM a\n#\n'.repeat(5_000), 'more than 4,000 lines'],
  ])('%s', (_, path, text, expected) => {
    const document = readDocument(path, text)
    const said = document.ok ? 'read' : `${document.line}:${document.column} ${document.message}`
    expect(said).toContain(expected)
  })

  it('and many that are slow share one allowance', () => {
    const reading = startReading()
    const before = process.cpuUsage()
    const slow = Array.from({ length: 20 }, () =>
      readDocument('Dockerfile', 'FROM a\n#\n'.repeat(1_900), reading),
    )
    const { user, system } = process.cpuUsage(before)
    expect(slow.filter(document => document.ok).length).toBeLessThan(5)
    expect((user + system) / 1_000).toBeLessThan(3_000)
  })
})

describe('hostile keys', () => {
  it.each([
    ['a.toml', '__proto__.polluted = 1\n[constructor]\nx = 1\n'],
    ['a.properties', '__proto__ = 1\nconstructor = 2\n'],
    ['a.yaml', '__proto__: { polluted: 1 }\nconstructor: 2\n'],
    ['a.json', '{"__proto__": {"polluted": 1}}'],
  ])('of %s change no other object', (path, text) => {
    const { docs } = read(path, text)
    expect(Object.keys(docs[0] as object)).toContain('__proto__')
    expect({}).not.toHaveProperty('polluted')
  })
})
