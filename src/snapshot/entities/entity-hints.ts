import { distance } from 'fastest-levenshtein'
import { isRecord } from '../plain-record.ts'
import { quoted } from '../quoted-text.ts'
import type { EntityError, Location } from '../snapshot.ts'
import type { FieldPath } from './yaml-lines.ts'

const lifecycles = ['experimental', 'production', 'deprecated']

const deprecatedAnnotations: Readonly<Record<string, string>> = {
  'backstage.io/github-actions-id': 'github.com/project-slug',
  'backstage.io/definition-at-location': 'a $text placeholder in spec.definition',
  'jenkins.io/github-folder': 'jenkins.io/job-full-name',
}

/** Legal in Backstage, and most likely not what was meant. */
export const hintsOf = (
  entity: Record<string, unknown>,
  locate: (field: FieldPath) => Location,
): EntityError[] => {
  const hints: EntityError[] = []
  const hint = (field: FieldPath, message: string): void => {
    hints.push({ field: field.join('.'), message, location: locate(field) })
  }
  const spec = isRecord(entity.spec) ? entity.spec : {}
  const metadata = isRecord(entity.metadata) ? entity.metadata : {}
  const annotations = isRecord(metadata.annotations) ? metadata.annotations : {}

  const owner = typeof spec.owner === 'string' ? ownerHint(spec.owner) : undefined
  if (owner) hint(['spec', 'owner'], owner)
  if (spec.links !== undefined)
    hint(['spec', 'links'], 'spec.links is shown nowhere. Expected metadata.links; move it there')
  const lifecycle = spec.lifecycle
  if (typeof lifecycle === 'string' && lifecycle && !lifecycles.includes(lifecycle)) {
    const near = lifecycles.find(usual => distance(usual, lifecycle.slice(0, 40)) <= 3)
    hint(
      ['spec', 'lifecycle'],
      `spec.lifecycle is ${quoted(lifecycle)}, which is no usual lifecycle. ${near ? `Most likely meant: ${near}` : 'Usual are experimental, production and deprecated'}`,
    )
  }
  for (const [key, instead] of Object.entries(deprecatedAnnotations))
    if (Object.hasOwn(annotations, key))
      hint(['metadata', 'annotations', key], `${key} is deprecated. Expected ${instead} instead`)
  return hints
}

/** No address is longer; the expression for one would take a minute for 200,000 dots. */
const longestAddress = 254

const ownerHint = (owner: string): string | undefined => {
  if (/\$?\{\{/.test(owner))
    return `spec.owner is ${quoted(owner)}, a placeholder that nobody filled in. Expected a group or user`
  if (owner.length <= longestAddress && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(owner))
    return `spec.owner is the e-mail address ${quoted(owner)}. Expected a group or user of the catalogue; people have one as user:name`
  if (/\s/.test(owner))
    return `spec.owner is ${quoted(owner)}, and no group's name holds a space. Expected a name such as payments`
  if (owner.startsWith('@'))
    return `spec.owner is ${quoted(owner)}, written as in CODEOWNERS. Expected ${quoted(owner.slice(owner.lastIndexOf('/') + 1).replace(/^@/, ''))}, without @`
  const [, namespace, name] = /^([^:/]+)\/([^:/]+)$/.exec(owner) ?? []
  if (namespace && name && namespace !== 'default')
    return `spec.owner ${quoted(owner)} means the group ${quoted(name)} in the namespace ${quoted(namespace)}. If a GitHub team was meant, write ${quoted(name)}`
  return undefined
}
