import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { proposeCatalogInfo } from '../../src/proposal/catalog-info.ts'
import { mostComponents } from '../../src/proposal/components.ts'
import type { CatalogInfoProposal } from '../../src/proposal/proposal.ts'
import { judgeEntities } from '../../src/snapshot/entities/entities.ts'
import { snapshotTold, type Told } from './repository.ts'

/** Whatever a repository holds: what is proposed for it is valid for Backstage, or it is not proposed. */

const nasty = [
  'on',
  'null',
  '~',
  '123',
  '0x1f',
  '1e3',
  'yes',
  '- a',
  'a: b',
  '# no',
  '*x',
  '&x',
  '!!js',
  '{{ x }}',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as a skeleton writes it
  '${{ values.name }}',
  '"',
  "'",
  '\\',
  '\u202eevil',
  '\u0000',
  '\ud800',
  '\ufeff',
  '日本',
  'x'.repeat(60_000),
  'a\nkind: Group',
  '---',
  '...',
  '%YAML',
  '@',
  '`',
  '-',
  '.',
  '..',
  '',
  '|',
  '>',
  '? x',
  '[',
  ']',
  '{',
  '<<',
  '=',
  'true',
  '2026-11-23',
  '\t',
  ' ',
  'e\u0301',
  '😀',
  '..-_',
  'A'.repeat(64),
  'constructor',
  '__proto__',
]
const word = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...nasty) },
  { weight: 2, arbitrary: fc.constantFrom('api', 'web', 'payments', 'ui', 'core', 'shop-api') },
  fc.string({ maxLength: 80, unit: 'binary' }),
)
const directory = fc
  .array(fc.oneof(fc.constantFrom('services', 'apps', 'packages', 'src', 'node_modules', 'examples'), word), {
    maxLength: 3,
  })
  .map(steps =>
    steps
      .map(step => step.replaceAll('/', ''))
      .filter(step => step !== '')
      .join('/'),
  )
const manifest = fc.oneof(
  fc
    .record(
      {
        name: word,
        description: word,
        version: word,
        private: fc.boolean(),
        bin: word,
        main: word,
        workspaces: fc.array(word, { maxLength: 4 }),
        dependencies: fc.dictionary(word, word, { maxKeys: 4 }),
      },
      { requiredKeys: [] },
    )
    .map((json): [string, string] => ['package.json', JSON.stringify(json)]),
  fc
    .tuple(word, word)
    .map(([name, more]): [string, string] => [
      'pyproject.toml',
      `[project]\nname = ${JSON.stringify(name)}\ndescription = ${JSON.stringify(more)}\n`,
    ]),
  word.map((name): [string, string] => ['go.mod', `module ${name}\n`]),
  word.map((name): [string, string] => [
    'pom.xml',
    `<project><artifactId>${name}</artifactId><modules><module>${name}</module></modules></project>`,
  ]),
  word.map((name): [string, string] => ['Cargo.toml', `[package]\nname = ${JSON.stringify(name)}\n`]),
  word.map((name): [string, string] => [
    'pnpm-workspace.yaml',
    `packages:\n  - ${JSON.stringify(name)}\n  - 'packages/*'\n`,
  ]),
  fc.tuple(
    fc.constantFrom(
      'Dockerfile',
      'mkdocs.yml',
      'Chart.yaml',
      'README.md',
      'build.gradle',
      'composer.json',
      'CODEOWNERS',
      'catalog-info.yaml',
      'x.csproj',
    ),
    word,
  ),
)
const repository: fc.Arbitrary<Told> = fc
  .record({
    name: word,
    files: fc.array(fc.tuple(directory, manifest), { maxLength: 12 }),
    topics: fc.array(word, { maxLength: 4 }),
    description: word,
    owners: fc.array(word, { maxLength: 4 }),
    slugs: fc.array(word, { maxLength: 4 }),
    properties: fc.dictionary(fc.constantFrom('owner', 'system', 'team'), word),
  })
  .map(
    ({ name, files, topics, description, owners, slugs, properties }): Told => ({
      name,
      files: {
        ...Object.fromEntries(files.map(([at, [file, text]]) => [at === '' ? file : `${at}/${file}`, text])),
        '.github/CODEOWNERS': `* ${owners.map(owner => `@acme/${owner}`).join(' ')}\n`,
      },
      facts: {
        topics,
        properties,
        metadata: {
          visibility: 'private',
          isArchived: false,
          isFork: false,
          isTemplate: false,
          isEmpty: false,
          hasIssuesEnabled: true,
          description,
        },
      },
      activity: {
        teams: slugs.map(slug => ({ slug, permission: 'admin' as const })),
        people: slugs.map(login => ({ login, authored: 1, reviewed: 1, teams: slugs })),
        pullRequests: 5,
      },
      exist: owners.map(owner => `@acme/${owner}`.toLowerCase()),
    }),
  )

const complaints = async (proposal: CatalogInfoProposal): Promise<string[]> => {
  const found: string[] = []
  for (const { path, text } of proposal.proof)
    for (const entity of await judgeEntities(path, text, {
      repository: { url: 'https://github.com/acme/shop' },
    })) {
      if (entity.judgement !== 'valid')
        found.push(`${path}: ${entity.judgement} ${entity.errors[0]?.message}\n${text}`)
      for (const target of entity.targets)
        if (target.problem || !proposal.proof.some(file => file.path === target.path))
          found.push(`${path}: ${target.text} leads nowhere`)
    }
  return found
}

describe('every proposal', () => {
  it('is valid for Backstage, its targets are there, and its names are its own', async () => {
    await fc.assert(
      fc.asyncProperty(repository, async told => {
        const proposal = proposeCatalogInfo(await snapshotTold(told))
        if (!proposal) return
        expect(await complaints(proposal)).toEqual([])
        const names = proposal.guesses
          .filter(({ field }) => field === 'metadata.name')
          .map(({ value }) => value)
        expect(new Set(names).size).toBe(names.length)
        expect(names.length).toBeLessThanOrEqual(mostComponents)
      }),
      { numRuns: 120 },
    )
  })

  it('differs from its proof only in the lines that are left, which are empty there', async () => {
    await fc.assert(
      fc.asyncProperty(repository, async told => {
        const proposal = proposeCatalogInfo(await snapshotTold(told))
        if (!proposal) return
        for (const [index, { path, text }] of proposal.edits.entries()) {
          const [lines, proven] = [text, proposal.proof[index]?.text ?? ''].map(each => each.split('\n'))
          const left = proposal.left.filter(each => each.path === path).map(({ line }) => line)
          const differing = (lines ?? []).flatMap((line, at) => (line === proven?.[at] ? [] : [at + 1]))
          expect(differing).toEqual(left)
          for (const line of left) expect(lines?.[line - 1]).toMatch(/^ {2}(?:type|lifecycle|owner): # /)
          for (const document of parseAllDocuments(text))
            expect('errors' in document ? document.errors : []).toEqual([])
        }
      }),
      { numRuns: 60 },
    )
  })

  it('says of each line that is left what it could be, and of each guess how sure it is', async () => {
    await fc.assert(
      fc.asyncProperty(repository, async told => {
        const proposal = proposeCatalogInfo(await snapshotTold(told))
        for (const guess of proposal?.guesses ?? []) {
          expect(guess.confidence).toBeGreaterThanOrEqual(0)
          expect(guess.confidence).toBeLessThanOrEqual(1)
          expect(guess.evidence.length).toBeLessThanOrEqual(320)
          expect(guess.evidence).not.toMatch(/[\p{Cc}\u202e\n]/u)
          expect(guess.candidates).not.toContain(guess.value)
          expect(guess.value === undefined).toBe(
            proposal?.left.some(({ path, field }) => path === guess.path && field === guess.field),
          )
        }
      }),
      { numRuns: 60 },
    )
  })
})
