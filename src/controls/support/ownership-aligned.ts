import type { Codeowners } from '../../snapshot/files/codeowners.ts'
import { handleOf, type OwnershipClaim } from '../../snapshot/ownership.ts'
import { listed, quoted } from '../../snapshot/quoted-text.ts'
import type { Snapshot } from '../../snapshot/snapshot.ts'
import type { Finding, Fix } from '../control.ts'
import { type EntityChange, withChanges } from './catalogue-text.ts'
import { codeownersText, type OwnerChange, withFirstRule, withOwners } from './codeowners-edit.ts'
import { handleFor, isDead, ownerMeant } from './owner-handle.ts'

/**
 * Lets the source whose owner exists speak for the one whose owner is gone, or that says nothing. Where both name somebody who
 * is there, only they can tell which is right: nothing is offered then.
 */
export const ownershipAligned = (
  snapshot: Snapshot,
  codeowners: Codeowners,
  ruleFor: (at: string, codeowners: Codeowners) => OwnershipClaim | undefined,
  findings: readonly Finding[],
): Fix | undefined => {
  const inCatalogue: EntityChange[] = []
  const inCodeowners: OwnerChange[] = []
  const rules = new Set<string>()
  const words = new Set<string>()
  for (const { location } of findings) {
    const entity = snapshot.entities.find(
      ({ path, owner }) => path === location?.path && owner?.location.line === location.line,
    )
    if (!entity) return undefined
    const claim = ruleFor(entity.path, codeowners)
    const handle = handleFor(entity, snapshot)
    if (handle === undefined) {
      const meant = ownerMeant(entity, snapshot)
      if (meant === undefined) return undefined
      inCatalogue.push({ entity, settings: [{ path: ['spec', 'owner'], value: meant }] })
      words.add(`${quoted(meant)} for ${quoted(entity.owner?.text ?? '')}, who is not there`)
      continue
    }
    if (!claim) {
      const directory = entity.path.slice(0, entity.path.lastIndexOf('/') + 1)
      if (/[\s#\\*?[\]!]/.test(directory)) return undefined
      rules.add(directory === '' ? `* ${handle}` : `/${directory} ${handle}`)
      words.add(`${quoted(handle)} for ${quoted(directory || '*')}, which nobody owns`)
      continue
    }
    const rule = codeowners.rules.find(({ line }) => line === claim.location.line)
    if (!rule || rule.owners.length === 0 || !rule.owners.every(owner => isDead(handleOf(owner), snapshot)))
      return undefined
    for (const [index, { text, column }] of rule.owners.entries())
      inCodeowners.push({ line: rule.line, column, from: text, ...(index === 0 ? { to: handle } : {}) })
    words.add(
      `${quoted(handle)} for ${listed(
        rule.owners.map(({ text }) => quoted(text)),
        3,
      )}, who is not there`,
    )
  }
  const text = codeownersText(snapshot, codeowners)
  const edits = withChanges(snapshot, inCatalogue)
  const owned = text === undefined ? undefined : withOwners(text, distinct(inCodeowners))
  if (!edits || text === undefined || owned === undefined) return undefined
  const edited = [...rules].reduceRight((before, rule) => withFirstRule(before, rule), owned)
  const all = edited === text ? edits : [...edits, { path: codeowners.path, text: edited }]
  return all.length === 0 ? undefined : { why: `Names ${listed([...words], 3)}.`, edits: all }
}

/** Two entities may lead to one line. */
const distinct = (changes: readonly OwnerChange[]): OwnerChange[] => [
  ...new Map(changes.map(change => [`${change.line}:${change.column}`, change])).values(),
]
