import { expandTarget, isGlobTarget } from '../snapshot/entities/location-globs.ts'
import { listed, plain } from '../snapshot/quoted-text.ts'
import type { EntityDocument, EntityError, LocationTarget, Snapshot } from '../snapshot/snapshot.ts'
import { file } from '../snapshot/snapshot.ts'
import type { Control, Finding, Outcome } from './control.ts'
import { fail, failIfAny, pass, undecided, unreadableFile } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { bounded } from './support/bounded.ts'
import { catalogueRepair } from './support/catalogue-repair.ts'
import { missingCatalogue } from './support/missing-catalogue.ts'

const path = 'catalog-info.yaml'
const misspelt = 'catalog-info.yml'

const messages = {
  missing: `There is no ${path}. Expected one at the root, which says what this repository holds and who owns it.`,
  misnamed: `The file is called ${misspelt}. Expected ${path}, the only name Backstage looks for.`,
  empty: `${path} holds no entity. Expected at least one, such as a Component.`,
  target: ({ text, problem }: LocationTarget): string =>
    `The target "${text}" ${problem}. Expected a file of this repository.`,
  lost: ({ text }: LocationTarget): string =>
    `The target "${text}" doesn't exist. Expected a file of this repository; Backstage refuses a Location whose target it can't read.`,
  elsewhere: ({ text, location: { path: at, line } }: LocationTarget): string =>
    `The target "${text}" (${at}:${line}) lies outside this repository, so that it is neither looked at nor registered`,
  none: ({ text }: LocationTarget): string =>
    `The target "${text}" stands for no file. Expected at least one; Backstage refuses a Location whose target it can't read.`,
  foreignKind: ({ kind, path: at, line }: EntityDocument): string =>
    `Whether ${plain(kind ?? 'this kind')} is a kind of your Backstage can't be known (${at}:${line}); the rule can name it under kinds`,
}

export const catalogInfoValid: Control = {
  id: 'catalog-info-valid',
  title: 'Catalogue file valid',
  why: 'Backstage shows only what it can read: a file it refuses leaves the service without an owner, or with an old one.',
  satisfies: evidenceOf('catalog-info-valid'),
  reads: { files: [path, misspelt], facts: [], entities: true },
  // A valid entity whose name another repository has is one that Backstage ignores.
  implies: ['entity-ref-free'],
  parameters: {
    kinds: {
      default: [],
      expects: 'a list of kinds that your Backstage knows beside its own, such as [Tool]',
      accepts: value => Array.isArray(value) && value.every(kind => typeof kind === 'string' && kind !== ''),
    },
  },
  check: (snapshot, context) => {
    const fact = file(snapshot, path)
    if (!fact.known) return unreadableFile(path, fact)
    if (!fact.value.exists) return missing(snapshot)
    if (snapshot.entities.length === 0)
      return fail({
        message: messages.empty,
        location: { path, line: 1 },
        next: 'Describe the repository in it, or delete the file',
      })
    return judged(snapshot, kindsOf(context.parameters.kinds))
  },
  fix: (snapshot, context) => {
    if (catalogInfoValid.check(snapshot, context).status !== 'fail') return undefined
    const fact = file(snapshot, path)
    const other = file(snapshot, misspelt)
    if (!fact.known || !other.known) return undefined
    // Under the wrong name there is one already: it wants to be renamed, and not to have a second beside it.
    if (!fact.value.exists) return other.value.exists ? undefined : missingCatalogue(snapshot)
    return catalogueRepair(snapshot)
  },
}

const missing = (snapshot: Snapshot): Outcome => {
  const other = file(snapshot, misspelt)
  if (other.known && other.value.exists)
    return fail({
      message: messages.misnamed,
      location: { path: misspelt, line: 1 },
      next: `Rename ${misspelt} to ${path}`,
    })
  return fail({
    message: messages.missing,
    next: `Add ${path} with apiVersion, kind, metadata.name, spec.type, spec.lifecycle and spec.owner`,
  })
}

const kindsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter(kind => typeof kind === 'string') : []

const judged = (snapshot: Snapshot, kinds: readonly string[]): Outcome => {
  const findings: Finding[] = []
  const open: string[] = []
  for (const entity of snapshot.entities) {
    if (entity.judgement === 'invalid' || entity.judgement === 'skeleton')
      findings.push(...entity.errors.map(finding))
    if (entity.judgement === 'undecided') open.push(...entity.errors.map(error => error.message))
    if (entity.judgement === 'unsupported-kind' && !kinds.includes(entity.kind ?? ''))
      open.push(messages.foreignKind(entity))
    for (const target of entity.targets) {
      const problem = problemOf(target, snapshot)
      if (problem?.finding) findings.push(problem.finding)
      if (problem?.open) open.push(problem.open)
    }
  }
  return failIfAny(bounded(findings), () =>
    open.length > 0 ? undecided(`${listed(open, 2)}.`) : pass(passMessage(snapshot.entities)),
  )
}

/** What is wrong with a target; `open` when what it stands for was not read, so that nobody knows. */
const problemOf = (
  target: LocationTarget,
  snapshot: Snapshot,
): { finding?: Finding; open?: string } | undefined => {
  const { path: at, location, problem } = target
  if (problem) return { finding: { message: messages.target(target), location } }
  if (at === undefined) return { open: messages.elsewhere(target) }
  const isGlob = isGlobTarget(at)
  if (isGlob && !snapshot.tree.known) return { open: `${plain(at)}: ${snapshot.tree.detail}` }
  const paths = isGlob && snapshot.tree.known ? expandTarget(at, snapshot.tree.value) : [at]
  if (paths.length === 0)
    return {
      finding: { message: messages.none(target), location, next: 'Change the target, or remove it' },
    }
  for (const path of paths) {
    const fact = file(snapshot, path)
    if (!fact.known) return { open: fact.detail }
    if (!fact.value.exists)
      return {
        finding: {
          message: messages.lost(target),
          location,
          next: `Add ${plain(path)}, or remove the target`,
        },
      }
  }
  return undefined
}

const finding = ({ message, field, location }: EntityError): Finding => ({
  message: `${message}.`,
  location,
  next: nextStep(message, field, location.line),
})

const nextStep = (message: string, field: string | undefined, line = 1): string => {
  if (/skeleton of a template/.test(message))
    return 'Fill in the placeholders, or keep the skeleton where Backstage does not look'
  if (/unquoted colon/.test(message)) return `Put the value in line ${line} in quotes`
  if (!field) return `Repair line ${line}`
  return / is missing\./.test(message) ? `Add ${field}` : `Change ${field} in line ${line}`
}

const passMessage = (entities: readonly EntityDocument[]): string => {
  const count =
    entities.length === 1
      ? 'Backstage would accept the entity'
      : `Backstage would accept all ${entities.length} entities`
  const hints = entities.flatMap(entity =>
    entity.hints.map(({ message, location }) => `${message} (${location.path}:${location.line})`),
  )
  return [count, ...hints.slice(0, 5)].map(note => `${note}.`).join(' ')
}
