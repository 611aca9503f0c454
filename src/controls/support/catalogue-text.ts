import { LineCounter, parseAllDocuments } from 'yaml'
import { fullAllowance, takeTokens } from '../../snapshot/entities/entity-file-bounds.ts'
import { type Setting, setValues } from '../../snapshot/files/set-values.ts'
import { type EntityDocument, file, type Snapshot } from '../../snapshot/snapshot.ts'
import { withoutStacks } from '../../snapshot/without-stacks.ts'
import type { FileEdit } from '../control.ts'

/** What is to be set in one entity of a file. */
export interface EntityChange {
  entity: EntityDocument
  settings: readonly Setting[]
}

/** Each change reads the whole file a few times: 100 entities of 4 KB, or 6 of 64 KB, take about a second. */
export const isTooMuch = (entities: number, text: string): boolean => entities * text.length > 400_000

/** The files with those values set, all else to the letter as it is; `undefined` where one of them can't be set surely. */
export const withChanges = (snapshot: Snapshot, changes: readonly EntityChange[]): FileEdit[] | undefined => {
  const edits: FileEdit[] = []
  for (const [path, ofFile] of Map.groupBy(changes, ({ entity }) => entity.path)) {
    const fact = file(snapshot, path)
    if (!fact.known || !fact.value.exists) return undefined
    let { text } = fact.value
    if (isTooMuch(ofFile.length, text)) return undefined
    // From the last to the first, so that the lines of the others stay where they are.
    for (const { entity, settings } of ofFile.toSorted((a, b) => b.entity.line - a.entity.line)) {
      const at = documentAt(text, entity.line)
      const next = at === undefined ? undefined : setValues(text, settings, false, at)
      if (next === undefined) return undefined
      text = next
    }
    if (text !== fact.value.text) edits.push({ path, text })
  }
  return edits
}

/** The number of the YAML document that begins in a line, counted from 0 with empty ones. */
const documentAt = (text: string, line: number): number | undefined => {
  if (takeTokens(text, fullAllowance()) !== undefined) return undefined
  const lineCounter = new LineCounter()
  try {
    const documents = withoutStacks(() => [
      ...parseAllDocuments(text, { lineCounter, prettyErrors: false, uniqueKeys: false, logLevel: 'silent' }),
    ])
    const found = documents.flatMap((document, index) =>
      Math.max(lineCounter.linePos(document.range?.[0] ?? 0).line, 1) === line && document.contents !== null
        ? [index]
        : [],
    )
    return found.length === 1 ? found[0] : undefined
  } catch {
    return undefined
  }
}
