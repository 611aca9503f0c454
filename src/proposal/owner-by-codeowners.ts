import {
  type Codeowners,
  honouredCodeowners,
  ownersOf,
  tooManyToMatch,
} from '../snapshot/files/codeowners.ts'
import { handleOf } from '../snapshot/ownership.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import type { Component } from './component.ts'
import { isWide, plainSlug, slugOf } from './team.ts'
import type { Sign } from './weighed.ts'

interface Named {
  teams: Sign[]
  people: string[]
}

/** The rule that decides for most of its files. */
export const namedInCodeowners = (component: Component, snapshot: Snapshot): Named => {
  const fact = honouredCodeowners(snapshot.files)
  if (!fact.known || !fact.value || fact.value.rules.length === 0) return { teams: [], people: [] }
  const { total, byHandle } = coverage(fact.value, component)
  const teams: Sign[] = []
  const people: string[] = []
  for (const [handle, { weight, line }] of byHandle) {
    const slug = slugOf(handle, snapshot)
    const share = weight / total
    if (slug)
      teams.push({
        for: slug,
        // A rule for everybody only says who may approve.
        weight: (isWide(slug) ? 0.4 : 0.9) * Math.min(1, share),
        because: `${fact.value.path}:${line} gives it ${share > 0.95 ? 'all' : `${Math.round(share * 100)} %`} of the files`,
      })
    else if (!handle.includes('/') && plainSlug.test(handle.slice(1))) people.push(`user:${handle.slice(1)}`)
  }
  return { teams, people }
}

const mostSampled = 400

/** How many of the files each owner has, a file of two owners divided: the first named a little ahead. */
const coverage = (codeowners: Codeowners, { directory, paths }: Component) => {
  const step = Math.max(1, Math.floor(paths.length / mostSampled))
  const sampled = paths.filter((_, index) => index % step === 0).slice(0, mostSampled)
  const inFile = `${directory === '' ? '' : `${directory}/`}catalog-info.yaml`
  const asked = sampled.length === 0 || tooManyToMatch(codeowners, sampled) ? [inFile] : sampled
  const byHandle = new Map<string, { weight: number; line: number }>()
  if (tooManyToMatch(codeowners, asked)) return { total: 1, byHandle }
  for (const path of asked) {
    const rule = ownersOf(codeowners, path)
    const handles = rule?.owners.map(handleOf).filter(handle => handle !== undefined) ?? []
    for (const [index, handle] of handles.slice(0, 10).entries()) {
      const before = byHandle.get(handle)
      const weight = handles.length === 1 ? 1 : index === 0 ? 0.6 : 0.4 / (handles.length - 1)
      byHandle.set(handle, { weight: (before?.weight ?? 0) + weight, line: before?.line ?? rule?.line ?? 1 })
    }
  }
  return { total: asked.length, byHandle }
}
