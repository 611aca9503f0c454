import { listed, plain } from '../snapshot/quoted-text.ts'
import type { EntityDocument, Snapshot } from '../snapshot/snapshot.ts'
import { file } from '../snapshot/snapshot.ts'
import type { Control, Finding, Outcome } from './control.ts'
import { failIfAny, notApplicable, pass, undecided } from './control.ts'
import { evidenceOf } from './evidence.ts'
import { bounded } from './support/bounded.ts'

const path = 'catalog-info.yaml'

const messages = {
  nothing: 'No entity of this repository has a name yet.',
  notAsked: 'No catalogue was asked who has these names.',
  twice: (ref: string, first: EntityDocument): string =>
    `${plain(ref)} stands twice in this repository, first in ${plain(first.path)}:${first.line}. Backstage takes only one of them. Expected a name for each.`,
  taken: (ref: string, holder: string): string =>
    `${plain(ref)} belongs to ${holder}. Backstage would ignore this file. Expected a name that is free.`,
  unclear: (ref: string, origin: string): string =>
    `${plain(ref)} is in the catalogue from ${plain(origin)}, and which repository that is can't be told`,
}

export const entityRefFree: Control = {
  id: 'entity-ref-free',
  title: 'Entity name free',
  why: 'Backstage keeps the first who takes a name and drops the second without a word.',
  satisfies: evidenceOf('entity-ref-free'),
  reads: { files: [path], facts: [], entities: true },
  check: snapshot => {
    const fact = file(snapshot, path)
    if (!fact.known) return undecided(`${fact.detail}.`)
    const named = snapshot.entities.filter(
      ({ ref, judgement }) => ref !== undefined && judgement !== 'skeleton',
    )
    return named.length === 0 ? notApplicable(messages.nothing) : judged(snapshot, named)
  },
}

const judged = (snapshot: Snapshot, named: readonly EntityDocument[]): Outcome => {
  const findings: Finding[] = []
  const open: string[] = []
  const first = new Map<string, EntityDocument>()
  let asked = 0
  for (const entity of named) {
    const ref = entity.ref ?? ''
    const location = { path: entity.path, line: entity.line }
    const before = first.get(ref)
    if (before) {
      findings.push({ message: messages.twice(ref, before), location, next: 'Rename or remove one of them' })
      continue
    }
    first.set(ref, entity)
    const fact = snapshot.catalogue[ref]
    if (!fact?.known) {
      if (fact?.reason === 'not-configured' || fact?.reason === 'offline') continue
      open.push(fact ? fact.detail : `${plain(ref)} was not looked up in the catalogue`)
      continue
    }
    asked += 1
    if (!fact.value.registered) continue
    // Registered by us before a rename or a transfer: the same repository under another address.
    if (snapshot.registered?.includes(fact.value.origin.replace(/^url:/, ''))) continue
    const holder = holderOf(fact.value.origin, snapshot.repository.url)
    if (holder.is === 'another')
      findings.push({
        message: messages.taken(ref, holder.name),
        location,
        next: `Rename it here, or take the entity over in ${holder.name} first`,
      })
    if (holder.is === 'unclear') open.push(messages.unclear(ref, fact.value.origin))
  }
  return failIfAny(bounded(findings), () => {
    if (open.length > 0) return undecided(`${listed(open, 2)}.`)
    return asked === 0
      ? notApplicable(messages.notAsked)
      : pass(`Nobody else has ${asked === 1 ? 'the name' : 'the names'}.`)
  })
}

type Holder = { is: 'this' } | { is: 'another'; name: string } | { is: 'unclear' }

/** @param origin `url:https://github.com/acme/payments/blob/main/catalog-info.yaml` */
const holderOf = (origin: string, ours: string): Holder => {
  const target = URL.parse(origin.replace(/^url:/, ''))
  const home = URL.parse(ours)
  if (!target || !home || !/^https?:$/.test(target.protocol)) return { is: 'unclear' }
  const repository = repositoryIn(target)
  if (!repository) return { is: 'unclear' }
  const same = target.host === home.host && repository.toLowerCase() === repositoryIn(home)?.toLowerCase()
  if (same) return { is: 'this' }
  return {
    is: 'another',
    name: plain(target.host === home.host ? repository : `${target.host}/${repository}`),
  }
}

/** The first two segments: `acme/payments`. */
const repositoryIn = ({ pathname }: URL): string | undefined => /^\/([^/]+\/[^/]+)/.exec(pathname)?.[1]
