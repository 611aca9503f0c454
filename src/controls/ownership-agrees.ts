import type { Codeowners } from '../snapshot/files/codeowners.ts'
import { codeownersPaths, honouredCodeowners, tooManyToMatch } from '../snapshot/files/codeowners.ts'
import { claimOfEntity, claimOfRule, claimOnPath, type OwnershipClaim } from '../snapshot/ownership.ts'
import { listed, plain, quoted } from '../snapshot/quoted-text.ts'
import type { EntityDocument, Snapshot } from '../snapshot/snapshot.ts'
import { file } from '../snapshot/snapshot.ts'
import type { Control, Finding, Outcome } from './control.ts'
import { failIfAny, notApplicable, pass, undecided } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { bounded } from './support/bounded.ts'
import { ownershipAligned } from './support/ownership-aligned.ts'

const path = 'catalog-info.yaml'

const messages = {
  noCatalogue: `There is no ${path} to compare with CODEOWNERS.`,
  noCodeowners: `There is no CODEOWNERS file to compare with ${path}.`,
  nothing: 'No entity names an owner, and there is nothing to compare.',
  differ: (entity: EntityDocument, { owners, location }: OwnershipClaim): string =>
    owners.length === 0
      ? `${plain(entity.path)} says ${quoted(entity.owner?.text ?? '')}, ${location.path}:${location.line} says nobody. Expected the same people in both.`
      : `${plain(entity.path)} says ${quoted(entity.owner?.text ?? '')}, ${location.path}:${location.line} says ${listed(owners.map(plain), 3)}. Expected the same people in both.`,
  tooMany: (rules: number, path: string, files: number): string =>
    `The ${rules.toLocaleString('en')} rules of ${path} and the ${files} catalogue files are too many to compare.`,
  uncovered: (entity: EntityDocument, codeowners: string): string =>
    `${plain(entity.path)} says ${quoted(entity.owner?.text ?? '')}, and no rule of ${codeowners} covers its directory. Expected a rule that names the same people.`,
}

export const ownershipAgrees: Control = {
  id: 'ownership-agrees',
  title: 'Ownership agrees',
  why: 'When the catalogue and CODEOWNERS name different people, one of them is out of date, and nobody knows which.',
  satisfies: evidenceOf('ownership-agrees'),
  reads: { files: [path, ...codeownersPaths], facts: [], entities: true },
  check: snapshot => {
    const catalogue = file(snapshot, path)
    if (!catalogue.known) return undecided(`${catalogue.detail}.`)
    if (!catalogue.value.exists) return notApplicable(messages.noCatalogue)
    const codeowners = honouredCodeowners(snapshot.files)
    if (!codeowners.known) return undecided(`${codeowners.detail}.`)
    if (!codeowners.value) return notApplicable(messages.noCodeowners)
    if (codeowners.value.problem) return undecided(`${codeowners.value.path} ${codeowners.value.problem}.`)
    return compared(snapshot, codeowners.value)
  },
  fix: (snapshot, context) => {
    const outcome = ownershipAgrees.check(snapshot, context)
    const codeowners = honouredCodeowners(snapshot.files)
    return outcome.status === 'fail' && codeowners.known && codeowners.value
      ? ownershipAligned(snapshot, codeowners.value, ruleFor, outcome.findings)
      : undefined
  },
}

const compared = (snapshot: Snapshot, codeowners: Codeowners): Outcome => {
  const owned = snapshot.entities.filter(entity => entity.owner && entity.judgement !== 'skeleton')
  if (owned.length === 0) return notApplicable(messages.nothing)
  const named = new Set(codeowners.rules.flatMap(rule => claimOfRule(codeowners.path, rule).principals))
  const paths = [...new Set(owned.map(entity => entity.path))]
  // Each is looked for twice, by its directory and by itself.
  if (tooManyToMatch(codeowners, [...paths, ...paths]))
    return undecided(messages.tooMany(codeowners.rules.length, codeowners.path, paths.length))
  const ruleOf = new Map(paths.map(each => [each, ruleFor(each, codeowners)]))
  const findings: Finding[] = []
  const open: string[] = []
  for (const entity of owned) {
    const claim = claimOfEntity(entity, snapshot.accounts)
    if (!claim) continue
    const rule = ruleOf.get(entity.path)
    if (rule?.principals.some(principal => claim.principals.includes(principal))) continue
    // One file may describe what many teams own: there any rule that names the owner agrees.
    if (sharesFile(entity, owned) && claim.principals.some(principal => named.has(principal))) continue
    if (claim.principals.length === 0)
      open.push(`${quoted(claim.owners[0] ?? '')} stands for nobody on GitHub that is known`)
    else if (rule && rule.owners.length > 0 && rule.principals.length === 0)
      open.push(
        `${rule.location.path}:${rule.location.line} names only e-mail addresses, which can't be compared`,
      )
    else
      findings.push({
        message: rule ? messages.differ(entity, rule) : messages.uncovered(entity, codeowners.path),
        location: claim.location,
        next: rule
          ? `Change spec.owner, or line ${rule.location.line} of ${codeowners.path}`
          : `Add a rule for it to ${codeowners.path}`,
      })
  }
  return failIfAny(bounded(findings), () =>
    open.length > 0
      ? undecided(`${listed([...new Set(open)], 2)}.`)
      : pass(`${path} and ${codeowners.path} name the same people.`),
  )
}

/**
 * The rule for the entity's whole directory, by a name that no pattern can mean; `catalog-info.yaml` itself is often
 * owned by a platform team, and speaks only where nothing else does.
 */
const ruleFor = (at: string, codeowners: Codeowners): OwnershipClaim | undefined => {
  const directory = at.slice(0, at.lastIndexOf('/') + 1)
  return claimOnPath(codeowners, `${directory}\ufffd`) ?? claimOnPath(codeowners, at)
}

const sharesFile = (entity: EntityDocument, owned: readonly EntityDocument[]): boolean =>
  owned.some(other => other.path === entity.path && other.owner?.ref !== entity.owner?.ref)
