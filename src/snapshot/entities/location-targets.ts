import type { Home } from '../files/repository-path.ts'
import { placeOf } from '../files/repository-path.ts'
import { isRecord } from '../plain-record.ts'
import { plain } from '../quoted-text.ts'
import type { Location, LocationTarget } from '../snapshot.ts'
import type { FieldPath } from './yaml-lines.ts'

/** More than any Location seen; each target in the repository is a file to read. */
const mostTargets = 500

/** What a Location entity points to. Nothing here reads it. */
export const locationTargets = (
  path: string,
  entity: Record<string, unknown>,
  home: Home | undefined,
  locate: (field: FieldPath) => Location,
): LocationTarget[] => {
  const spec = entity.spec
  if (entity.kind !== 'Location' || !isRecord(spec)) return []
  const named: [string, FieldPath][] = []
  if (typeof spec.target === 'string' && spec.target) named.push([spec.target, ['spec', 'target']])
  if (Array.isArray(spec.targets))
    for (const [index, target] of spec.targets.slice(0, mostTargets).entries())
      if (typeof target === 'string' && target) named.push([target, ['spec', 'targets', index]])
  const targets = named.map(([text, field]) => target(path, text, spec.type, home, locate(field)))
  const left = Array.isArray(spec.targets) ? spec.targets.slice(mostTargets) : []
  // Backstage would follow those too: a Location of which a part was not looked at is none to register.
  if (left.length > 0)
    targets.push({
      text: plain(String(left[0])),
      location: locate(['spec', 'targets', mostTargets]),
      problem: `and ${left.length.toLocaleString('en')} targets in all are beyond the ${mostTargets} that are followed`,
    })
  return targets
}

const target = (
  path: string,
  text: string,
  type: unknown,
  home: Home | undefined,
  location: Location,
): LocationTarget => {
  const place = placeOf(path, text, home)
  const shown: LocationTarget = { text: plain(text), location }
  if (place.in === 'nowhere') return { ...shown, problem: place.why }
  if (place.in === 'repository') shown.path = place.path
  // Backstage takes only `url` locations from a file it read by URL; left out, the type is inherited.
  if (typeof type === 'string' && type !== 'url')
    shown.problem = `has the type "${plain(type)}", and Backstage follows only the type url from a repository`
  return shown
}
