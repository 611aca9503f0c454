import { listed, plain, quoted } from '../snapshot/quoted-text.ts'
import type { Account, EntityDocument, Snapshot } from '../snapshot/snapshot.ts'
import { file } from '../snapshot/snapshot.ts'
import type { Control, Finding, Fix, Outcome } from './control.ts'
import { fail, failIfAny, notApplicable, pass, undecided, unreadableFile } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { bounded } from './support/bounded.ts'
import { type EntityChange, withChanges } from './support/catalogue-text.ts'
import { missingCatalogue } from './support/missing-catalogue.ts'
import { isDead, ownerMeant } from './support/owner-handle.ts'

const path = 'catalog-info.yaml'

const messages = {
  missing: `Nobody is named as owner, because there is no ${path}. Expected one with spec.owner.`,
  nobody: 'Nothing in the catalogue file is owned: it holds only kinds that have no owner.',
  unreadable: "The owner can't be read until the catalogue file is valid.",
  unowned: ({ kind, name }: EntityDocument): string =>
    `${plain(kind ?? 'The entity')} ${quoted(name ?? '')} names no owner. Expected spec.owner with a team or user.`,
  noReference: (owner: string): string =>
    `${quoted(owner)} is no reference to an owner. Expected a team or user, such as payments or user:jane.`,
  unknownOwner: (owner: string, organisation: string, { nearest }: Account): string =>
    `${quoted(owner)} is no team or user of ${plain(organisation) || 'the organisation'}. Expected a team or user that exists${nearest ? `; the nearest is ${quoted(nearest)}` : ''}.`,
}

/** Kinds that Backstage lets be without an owner; `Template` may name one. */
const ownerless = new Set(['location', 'user', 'group'])

export const ownerExists: Control = {
  id: 'owner-exists',
  title: 'Owner exists',
  why: 'Whoever must act on an incident or a vulnerability has to find a team that is there.',
  satisfies: evidenceOf('owner-exists'),
  reads: { files: [path], facts: [], entities: true },
  check: snapshot => {
    const fact = file(snapshot, path)
    if (!fact.known) return unreadableFile(path, fact)
    if (!fact.value.exists)
      return fail({
        message: messages.missing,
        next: `Add ${path} with the team that answers for this repository`,
      })
    return ownersKnown(snapshot)
  },
  fix: (snapshot, context) => {
    const outcome = ownerExists.check(snapshot, context)
    if (outcome.status !== 'fail') return undefined
    const fact = file(snapshot, path)
    if (fact.known && !fact.value.exists) return missingCatalogue(snapshot)
    return ownersMeant(snapshot, outcome.findings.length)
  },
}

/** Each is looked for among the rules of CODEOWNERS, of which there may be thousands. */
const mostOwners = 100

/** Every owner that doesn't exist, replaced by the one that was meant; nothing where one of them is anybody's guess. */
const ownersMeant = (snapshot: Snapshot, findings: number): Fix | undefined => {
  const dead = snapshot.entities.filter(({ owner }) => isDead(owner?.ref, snapshot))
  // An entity without any owner is another finding, and nothing tells whom to name.
  if (new Set(dead.map(({ owner }) => `${owner?.location.path}:${owner?.location.line}`)).size < findings)
    return undefined
  if (dead.length > mostOwners) return undefined
  const changes: EntityChange[] = []
  const words: string[] = []
  for (const entity of dead) {
    const meant = ownerMeant(entity, snapshot)
    if (meant === undefined) return undefined
    changes.push({ entity, settings: [{ path: ['spec', 'owner'], value: meant }] })
    words.push(`${quoted(entity.owner?.text ?? '')} by ${quoted(meant)}`)
  }
  const edits = withChanges(snapshot, changes)
  return edits && edits.length > 0
    ? {
        why: `Replaces ${listed([...new Set(words)], 3)}: an owner that exists, and the likeliest one meant.`,
        edits,
      }
    : undefined
}

const ownersKnown = (snapshot: Snapshot): Outcome => {
  const findings: Finding[] = []
  const open: string[] = []
  const owners = new Set<string>()
  let unreadable = 0
  for (const entity of snapshot.entities) {
    const { owner } = entity
    if (!owner) {
      if (entity.judgement !== 'valid') unreadable += entity.judgement === 'unsupported-kind' ? 0 : 1
      else if (!ownerless.has(entity.kind?.toLowerCase() ?? '') && entity.kind !== 'Template')
        findings.push({
          message: messages.unowned(entity),
          location: { path: entity.path, line: entity.line },
        })
      continue
    }
    owners.add(owner.ref ?? owner.text)
    const account = owner.ref ? snapshot.accounts[owner.ref] : undefined
    if (!owner.ref) {
      // A placeholder of a skeleton is nobody yet; the file itself is refused elsewhere.
      if (entity.judgement === 'valid')
        findings.push({ message: messages.noReference(owner.text), location: owner.location })
      else unreadable += 1
    } else if (!account) open.push(`${quoted(owner.text)} was not looked up`)
    else if (!account.known) open.push(account.detail)
    else if (!account.value.exists)
      findings.push({
        message: messages.unknownOwner(owner.text, snapshot.repository.owner, account.value),
        location: owner.location,
        next: nextStep(account.value, owner.location.line),
      })
  }
  return failIfAny(bounded(distinct(findings)), () => {
    if (open.length > 0) return undecided(`${listed([...new Set(open)], 2)}.`)
    if (unreadable > 0) return undecided(messages.unreadable)
    return owners.size === 0 ? notApplicable(messages.nobody) : pass(passMessage([...owners]))
  })
}

/** One finding for each place; aliases can put two entities' owners at one. */
const distinct = (findings: readonly Finding[]): Finding[] => [
  ...new Map(
    findings.map(found => [`${found.location?.path}:${found.location?.line}:${found.message}`, found]),
  ).values(),
]

const nextStep = ({ nearest }: Account, line = 1): string =>
  nearest
    ? `Change line ${line} to "owner: ${plain(nearest)}"`
    : `Name a team or user that exists in line ${line}, or create the one that is meant`

const passMessage = (owners: readonly string[]): string =>
  owners.length === 1
    ? `${plain(owners[0] ?? '')} exists.`
    : `All ${owners.length} owners exist: ${listed(owners.map(plain), 3)}.`
