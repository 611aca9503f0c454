import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { judgeEntities } from '../../src/snapshot/entities/entities.ts'
import { parseCodeowners } from '../../src/snapshot/files/codeowners.ts'

/** Real files with Backstage's verdict, kept beside the project and never in it. */
const corpus = new URL('../../../shared/corpus/', import.meta.url)
const present = existsSync(new URL('index.json', corpus))

interface CorpusFile {
  id: string
  repository: string
  path: string
  kind: 'catalog' | 'template' | 'codeowners'
  documents?: { ok: boolean; first?: string; line: number; kind?: string; name?: unknown; owner?: unknown }[]
  rules?: { line: number; status: string; pattern: string; owners?: string[] }[]
}

const index: CorpusFile[] = present ? JSON.parse(readFileSync(new URL('index.json', corpus), 'utf8')) : []
const textOf = ({ id, path }: CorpusFile): string =>
  readFileSync(new URL(`files/${id}/${path}`, corpus), 'utf8')

/** Their placeholders lead to files that the corpus doesn't hold; the verdict was made as if they were right. */
const elsewhere = new Set(['t020'])

describe.skipIf(!present)('the corpus (skipped where it is absent)', () => {
  const entityFiles = index.filter(file => file.documents)

  it.each(entityFiles.map(file => [`${file.id} ${file.path}`, file] as const))('%s', async (_name, file) => {
    const judged = await judgeEntities(file.path, textOf(file))
    const good = elsewhere.has(file.id) ? 'undecided' : 'valid'
    expect(judged.map(({ judgement, line }) => ({ ok: judgement === good, line }))).toEqual(
      file.documents?.map(({ ok, line }) => ({ ok, line })),
    )
    for (const [position, expected] of (file.documents ?? []).entries()) {
      const document = judged[position]
      if (typeof expected.name === 'string') expect(document?.name).toBe(expected.name)
      if (typeof expected.owner === 'string') expect(document?.owner?.text).toBe(expected.owner)
      if (expected.ok) continue
      const [error] = document?.errors ?? []
      expect(error?.location.line).toBeGreaterThanOrEqual(1)
      const field = fieldIn(expected.first ?? '')
      expect(error?.message).toContain(field ?? 'YAML')
    }
  })

  it.each(index.filter(file => file.rules).map(file => [`${file.id} ${file.path}`, file] as const))(
    '%s',
    (_name, file) => {
      const { rules } = parseCodeowners(file.path, textOf(file))
      expect(
        rules.map(({ line, status, pattern, owners }) => ({
          line,
          status,
          pattern,
          owners: owners.map(({ text }) => text),
        })),
      ).toEqual(
        file.rules?.map(({ line, status, pattern, owners = [] }) => ({ line, status, pattern, owners })),
      )
    },
  )
})

/** The field in Backstage's own words; `undefined` for a YAML error, which has none. */
const fieldIn = (first: string): string | undefined => {
  const missing = /^(<root>|\/\S*) must have required property '(\w+)'/.exec(first)
  if (missing)
    return `${(missing[1] ?? '').replace('<root>', '').slice(1).replaceAll('/', '.')}.${missing[2]}`.replace(
      /^\./,
      '',
    )
  const named = /^"([\w.]+)" is not valid/.exec(first)?.[1]
  if (named) return named
  const pointer = /^\/(\S+) must/.exec(first)?.[1]
  if (pointer) return pointer.replaceAll('/', '.')
  if (/^No processor recognized/.test(first)) return 'apiVersion'
  return /Map keys must be unique/.test(first) ? 'corona-pipeline' : undefined
}
