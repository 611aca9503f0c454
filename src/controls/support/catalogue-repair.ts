import { parseDocument } from 'yaml'
import { listed, plain } from '../../snapshot/quoted-text.ts'
import { type EntityDocument, file, type Snapshot } from '../../snapshot/snapshot.ts'
import type { FileEdit, Fix } from '../control.ts'
import { type EntityChange, isTooMuch, withChanges } from './catalogue-text.ts'
import { repairsOf } from './repair-entity.ts'

/** Repairs every entity that Backstage refuses, where each fault can only have been meant one way; otherwise nothing. */
export const catalogueRepair = (snapshot: Snapshot): Fix | undefined => {
  const broken = snapshot.entities.filter(
    ({ judgement }) => judgement !== 'valid' && judgement !== 'undecided',
  )
  if (broken.length === 0 || broken.some(({ judgement }) => judgement !== 'invalid')) return undefined
  const unquoted = broken.filter(entity => entity.errors.some(isUnquoted))
  const unread = new Set(unquoted.map(({ path }) => path))
  const changes: EntityChange[] = []
  for (const entity of broken.filter(({ path }) => !unread.has(path))) {
    const fact = file(snapshot, entity.path)
    if (!fact.known || !fact.value.exists || isTooMuch(broken.length, fact.value.text)) return undefined
    const settings = repairsOf(entity, fact.value.text, snapshot)
    if (!settings) return undefined
    changes.push({ entity, settings })
  }
  // What else is wrong with such a file shows once it can be read: that is repaired next.
  if (unquoted.length > 0) return quoted(snapshot, unquoted)
  const edits = withChanges(snapshot, changes)
  if (!edits || edits.length === 0) return undefined
  const fields = [
    ...new Set(changes.flatMap(({ settings }) => settings.map(({ path }) => plain(path.join('.'))))),
  ]
  return {
    why: `Writes ${listed(fields, 4)} the way Backstage takes ${fields.length === 1 ? 'it' : 'them'}; nothing else is changed.`,
    edits,
  }
}

const isUnquoted = ({ message }: EntityDocument['errors'][number]): boolean => /unquoted colon/.test(message)

const quoted = (snapshot: Snapshot, unquoted: readonly EntityDocument[]): Fix | undefined => {
  if (unquoted.some(({ errors }) => errors.length !== 1)) return undefined
  const edits: FileEdit[] = []
  for (const [path, entities] of Map.groupBy(unquoted, entity => entity.path)) {
    const fact = file(snapshot, path)
    if (!fact.known || !fact.value.exists) return undefined
    const lines = fact.value.text.split('\n')
    for (const { errors } of entities) {
      const at = (errors[0]?.location.line ?? 0) - 1
      const line = withQuotes(lines[at] ?? '')
      if (line === undefined) return undefined
      lines[at] = line
    }
    edits.push({ path, text: lines.join('\n') })
  }
  return {
    why: 'Puts a value that holds a colon in quotes: without them it is no YAML, and Backstage reads nothing of the file.',
    edits,
  }
}

/** `description: Pays: cards` with quotes about what follows the first colon, where nothing else is special about it. */
const withQuotes = (line: string): string | undefined => {
  const [, key = '', value = '', rest = ''] =
    /^( *(?:- )?[\w./-]{1,100}:[ \t]+)([^\s"'&*!|>%@`{[\]},#-][^"\\\r]{0,2000}?)([ \t]*(?: #[^\r]*)?\r?)$/.exec(
      line,
    ) ?? []
  if (value === '' || / #/.test(value)) return undefined
  const quotes = `${key}"${value}"${rest}`
  const read = parseDocument(quotes.trim().replace(/^- /, ''), { prettyErrors: false })
  return read.errors.length === 0 ? quotes : undefined
}
