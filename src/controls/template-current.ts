import { createTwoFilesPatch } from 'diff'
import { listed, plain } from '../snapshot/quoted-text.ts'
import type { EntityDocument, Snapshot, TemplateContract } from '../snapshot/snapshot.ts'
import { file } from '../snapshot/snapshot.ts'
import { heldContract, wasRead } from '../snapshot/templates/templates.ts'
import type { Control, Finding } from './control.ts'
import { failIfAny, notApplicable, pass, undecided } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { bounded } from './support/bounded.ts'

const path = 'catalog-info.yaml'

const messages = {
  none: 'No Software Template made what is in this repository, or none is named.',
  gone: (template: string): string => `${template} is no longer in the catalogue`,
  claimed: (template: string, problem: string): string =>
    `Which ${template} made this can't be told: ${plain(problem)}`,
  noFiles: (template: string): string =>
    `What ${template} makes is not known: no repository that is looked at holds it with golden-path.dev/requires`,
  noRoom: (template: string, path: string): string =>
    `Whether ${template} changed ${path} is not known: of a template at most 64 KiB are remembered`,
  unseen: (template: string, version: string): string =>
    `What version ${version} of ${template} made was never seen: it is none that a look at the template's repository found`,
  differs: (title: string, versions: string, path: string, change: string): string =>
    `The template "${title}" has moved on${versions}, and ${path} ${change}.`,
}

export const templateCurrent: Control = {
  id: 'template-current',
  title: 'Template changes taken over',
  why: 'What a template learns after a service was made helps that service only once it is told.',
  satisfies: evidenceOf('template-current'),
  reads: { files: [path], facts: [], entities: true },
  onlyAdvises: true,
  check: snapshot => {
    const fact = file(snapshot, path)
    if (!fact.known) return undecided(`${fact.detail}.`)
    const made = new Map<string, EntityDocument>()
    for (const entity of snapshot.entities)
      if (entity.template && !made.has(entity.template.ref)) made.set(entity.template.ref, entity)
    if (made.size === 0) return notApplicable(messages.none)
    const compared = [...made].map(([ref, entity]) => compare(snapshot, ref, entity))
    return failIfAny(bounded(compared.flatMap(each => each.findings)), () => {
      const open = compared.flatMap(each => each.open)
      if (open.length > 0) return undecided(`${listed([...new Set(open)], 2)}.`)
      return pass(`${compared.map(each => each.said).join('. ')}.`)
    })
  },
}

interface Compared {
  findings: Finding[]
  open: string[]
  said: string
}

const compare = (snapshot: Snapshot, ref: string, entity: EntityDocument): Compared => {
  const compared: Compared = { findings: [], open: [], said: '' }
  const fact = snapshot.templates[ref]
  if (!fact?.known) return { ...compared, open: [fact ? fact.detail : `${plain(ref)} was not looked up`] }
  if (!fact.value.exists) return { ...compared, open: [messages.gone(plain(ref))] }
  if (fact.value.problem) return { ...compared, open: [messages.claimed(plain(ref), fact.value.problem)] }
  const { contracts = [], title } = fact.value
  const [newest, previous] = contracts
  if (!newest) return { ...compared, open: [messages.noFiles(plain(ref))] }
  const named = entity.template?.version
  const held = heldContract(fact.value, named)
  if (named !== undefined && held.contract?.version !== named)
    return { ...compared, open: [messages.unseen(plain(ref), plain(named))] }
  // A service that does not say which version it came from is told of the last change that was seen.
  const before = named === undefined ? previous : held.contract
  if (!before || before === newest)
    return {
      ...compared,
      said: `${plain(ref)} has not changed since${versionOf(named) || ' it was first seen'}`,
    }
  const own = ownValues(entity)
  // Where the same is asked and another file is read, the policy changed; whether the template did is not known.
  const isCompared = before.requires.join() === newest.requires.join() ? wasRead(before) : () => true
  compared.open.push(...(newest.left ?? []).map(at => messages.noRoom(plain(ref), plain(at))))
  for (const at of Object.keys(newest.files).filter(isCompared).toSorted()) {
    if (before.left?.includes(at)) {
      compared.open.push(messages.noRoom(plain(ref), plain(at)))
      continue
    }
    const [was, is] = [textAt(before, at, own), textAt(newest, at, own)]
    if (is === undefined || was === is) continue
    const present = file(snapshot, at)
    if (!present.known) {
      compared.open.push(present.detail)
      continue
    }
    const change = present.value.exists
      ? changeOf(was ?? '', is, present.value.text)
      : 'is not in this repository'
    if (change === undefined) continue
    const versions =
      before.version === newest.version
        ? ''
        : ` from${versionOf(before.version)} to${versionOf(newest.version)}`
    compared.findings.push({
      message: messages.differs(plain(title), versions, plain(at), change),
      location: present.value.exists ? { path: at } : (entity.template?.location ?? { path }),
      next: nextOf(at, newest, named),
      ...withDiff(at, present.value.exists ? (was ?? '') : '', is),
    })
  }
  compared.said = `What ${plain(ref)} changed${named === undefined ? '' : ` since${versionOf(named)}`} is taken over`
  return compared
}

const versionOf = (version: string | undefined): string => (version === undefined ? '' : ` ${plain(version)}`)

const nextOf = (at: string, newest: TemplateContract, named: string | undefined): string => {
  const take = `Take over the change to ${plain(at)}`
  return newest.version === undefined || named === undefined
    ? take
    : `${take}; after the last one write backstage.io/template-version: ${plain(newest.version)}`
}

interface OwnValues {
  name?: string
  owner?: string
}

const ownValues = ({ name, owner }: EntityDocument): OwnValues => ({
  ...(name === undefined ? {} : { name }),
  ...(owner === undefined ? {} : { owner: owner.text }),
})

/** A file as the template would make it for this service: its own name and owner where the example's stand. */
const textAt = (
  { files, example = {} }: TemplateContract,
  at: string,
  own: OwnValues,
): string | undefined => {
  const text = Object.hasOwn(files, at) ? files[at] : undefined
  if (text === undefined) return undefined
  const filled = replaced(text, example.owner, own.owner)
  return replaced(filled, example.name, own.name)
}

const replaced = (text: string, from: string | undefined, to: string | undefined): string =>
  // Three letters may stand anywhere.
  from === undefined || to === undefined || from.length < 4 ? text : text.replaceAll(from, () => to)

/** What of the template's change the service does not have; `undefined` when it has all of it. Its own lines are its own. */
const changeOf = (was: string, is: string, present: string): string | undefined => {
  const [old, now, own] = [linesOf(was), linesOf(is), linesOf(present)]
  const lacks = [...now].filter(line => !old.has(line) && !own.has(line)).length
  const keeps = [...old].filter(line => !now.has(line) && own.has(line)).length
  if (lacks === 0 && keeps === 0) return undefined
  const parts = [
    ...(lacks > 0 ? [`lacks ${lacks === 1 ? 'a line' : `${lacks} lines`} that it brings now`] : []),
    ...(keeps > 0 ? [`still has ${keeps === 1 ? 'a line' : `${keeps} lines`} that it took out`] : []),
  ]
  return parts.join(' and ')
}

const linesOf = (text: string): Set<string> =>
  new Set(
    text
      .split('\n')
      .map(line => line.trim())
      .filter(line => line !== ''),
  )

const mostLines = 40
/** Two files of 64 KiB with nothing in common would take seconds. */
const mostEdits = 1_000

const withDiff = (at: string, was: string, is: string): Pick<Finding, 'diff'> => {
  const patch = createTwoFilesPatch(at, at, was, is, undefined, undefined, {
    context: 2,
    maxEditLength: mostEdits,
  })
  if (patch === undefined) return {}
  const lines = patch
    // The names of the files stand in the finding.
    .slice(Math.max(0, patch.indexOf('@@')))
    .split('\n')
    .filter(line => !line.startsWith('\\ '))
    .map(line => (line.length > 200 ? `${line.slice(0, 199)}…` : line))
  const shown = lines.slice(0, mostLines)
  const left = lines.length - shown.length
  return { diff: [...shown, ...(left > 0 ? [`… and ${left} more lines`] : [])].join('\n').trimEnd() }
}
