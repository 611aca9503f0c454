import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { resolveAccounts } from '../../src/snapshot/accounts.ts'
import type { Directory } from '../../src/snapshot/github/directory.ts'
import { ownerMentions } from '../../src/snapshot/ownership.ts'
import { known } from '../../src/snapshot/snapshot.ts'
import { differences, onlyAdvising, propose, repositoryWith } from '../support/repair.ts'

interface CorpusFile {
  id: string
  path: string
  kind: 'catalog' | 'template' | 'codeowners'
}

const corpus = new URL('../../../shared/corpus/', import.meta.url)
const isThere = existsSync(corpus)
const index: CorpusFile[] = isThere ? JSON.parse(readFileSync(new URL('index.json', corpus), 'utf8')) : []

/** In an organisation where each of its owners is called a little otherwise, so that all of them have to be replaced. */
const renamed = async (path: string, text: string) => {
  const told = await repositoryWith({ [path]: text })
  const { refs, handles } = ownerMentions(told.entities, told.files)
  const names = [
    ...refs.map(ref => ref.slice(ref.indexOf('/') + 1)),
    ...handles.map(handle => handle.slice(handle.indexOf('/') + 1).replace('@', '')),
  ]
  const owner =
    handles
      .find(handle => handle.includes('/'))
      ?.slice(1)
      .split('/')[0] ?? 'acme'
  const directory = known<Directory>(
    { owner, teams: [...new Set(names)].map((name, id) => ({ id, slug: `${name}x` })), members: [] },
    'test',
  )
  const accounts = resolveAccounts({ refs, handles }, directory, {})
  return { snapshot: { ...told, repository: { ...told.repository, owner }, accounts }, directory }
}

describe.skipIf(!isThere)('real files keep every line that is not repaired', () => {
  // None of the faults in the catalogue files of the corpus can be repaired without asking their authors.
  it.each([
    ['catalog-info.yaml', 'catalog', 'catalog-info-valid', 0],
    ['catalog-info.yaml', 'catalog', 'owner-exists', 10],
    ['CODEOWNERS', 'codeowners', 'codeowners-valid', 15],
  ])('%s of kind %s, by the fix of %s', { timeout: 60_000 }, async (path, kind, id, least) => {
    let repaired = 0
    for (const each of index.filter(file => file.kind === kind)) {
      const text = readFileSync(new URL(`files/${each.id}/${each.path}`, corpus), 'utf8')
      const { snapshot, directory } = await renamed(path, text)
      const { edits, before } = await propose(snapshot, onlyAdvising(id), { directory })
      const verdict = before.controls.find(control => control.id === id)
      if (edits.length === 0) continue
      repaired += 1
      const lines = differences(snapshot, edits)[path] ?? []
      const gone = lines.filter(line => line.startsWith('-'))
      // A line for each that is taken away, and at most one more for a field that was missing.
      expect(lines.length - gone.length, each.id).toBeLessThanOrEqual(gone.length + 1)
      const words = (line: string) =>
        line
          .replace(/^[-+]\d+ /, '')
          .split(/\s+/)
          .filter(Boolean)
      for (const [number, line] of gone.entries()) {
        const made = lines.filter(other => other.startsWith('+'))[number] ?? ''
        expect(
          words(line).filter(word => /^[#*/]/.test(word)),
          each.id,
        ).toEqual(words(made).filter(word => /^[#*/]/.test(word)))
      }
      expect(verdict?.status).toBe('fail')
    }
    expect(repaired).toBeGreaterThanOrEqual(least)
  })
})
