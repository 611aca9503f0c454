import type { Home } from '../files/repository-path.ts'
import { isRecord } from '../plain-record.ts'
import { plain } from '../quoted-text.ts'
import type { EntityDocument, Location } from '../snapshot.ts'
import type { BackstageModel } from './backstage-model.ts'
import type { YamlDocument } from './entity-yaml.ts'
import { locationTargets } from './location-targets.ts'
import type { ResolvedEntity } from './placeholders.ts'
import type { FieldPath } from './yaml-lines.ts'

/** What can be read of an entity, valid or not. */
export const describeEntity = (
  path: string,
  index: number,
  document: YamlDocument & { ok: true },
  resolved: ResolvedEntity,
  model: BackstageModel,
  place: (field: FieldPath) => Location,
  home: Home | undefined,
): Omit<EntityDocument, 'judgement' | 'errors' | 'hints'> => {
  const { entity } = resolved
  const metadata = isRecord(entity.metadata) ? entity.metadata : {}
  const spec = isRecord(entity.spec) ? entity.spec : {}
  const kind = textIn(entity.kind)
  const name = textIn(metadata.name)
  const namespace = textIn(metadata.namespace)
  const type = textIn(spec.type)
  const lifecycle = textIn(spec.lifecycle)
  const system = textIn(spec.system)
  const owner = textIn(spec.owner)
  const annotations = annotationsOf(metadata.annotations)
  const placeholders = [...new Set(resolved.placeholders.flatMap(({ path: at }) => at ?? []))]
  const ownerRef = owner && model.refOf(owner, { kind: 'group', namespace: namespace ?? 'default' })
  const template = templateOf(annotations, spec.scaffoldedFrom, model, place)
  return {
    path,
    document: index,
    line: document.line,
    ...(kind && name ? { ref: `${kind}:${namespace ?? 'default'}/${name}`.toLowerCase() } : {}),
    ...(kind ? { kind } : {}),
    ...(name ? { name } : {}),
    ...(namespace ? { namespace } : {}),
    ...(type ? { type } : {}),
    ...(lifecycle ? { lifecycle } : {}),
    ...(system ? { system } : {}),
    ...(owner
      ? { owner: { text: owner, ...(ownerRef ? { ref: ownerRef } : {}), location: place(['spec', 'owner']) } }
      : {}),
    annotations,
    ...(template ? { template } : {}),
    targets: locationTargets(path, entity, home, place),
    ...(placeholders.length > 0 ? { placeholders } : {}),
  }
}

/** Long enough for any name, reference or type; Backstage refuses names beyond 63 characters. */
const longestName = 500

const textIn = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? printable(value.slice(0, longestName)) : undefined

/** PostgreSQL stores no NUL, in text or in JSON. */
const printable = (text: string): string => text.toWellFormed().replaceAll('\0', '\ufffd')

const mostAnnotations = 200
const longestAnnotation = 2_000

const annotationsOf = (value: unknown): Record<string, string> =>
  isRecord(value)
    ? Object.fromEntries(
        Object.entries(value)
          .filter((entry): entry is [string, string] => typeof entry[1] === 'string')
          .slice(0, mostAnnotations)
          .map(([key, text]) => [
            printable(key.slice(0, longestName)),
            printable(text.slice(0, longestAnnotation)),
          ]),
      )
    : {}

const sourceTemplate = 'backstage.io/source-template'
const templateVersion = 'backstage.io/template-version'

/**
 * `backstage.io/source-template` is what the action `catalog:write` writes, `spec.scaffoldedFrom` what
 * `catalog:scaffolded-from` does, and `catalog:template:version` notes the version. On the Template itself the same annotation is its own.
 */
const templateOf = (
  annotations: Record<string, string>,
  scaffoldedFrom: unknown,
  model: BackstageModel,
  place: (field: FieldPath) => Location,
): EntityDocument['template'] => {
  const defaults = { kind: 'template', namespace: 'default' }
  const annotated = annotations[sourceTemplate]
  const fromAnnotation = annotated ? model.refOf(annotated, defaults) : undefined
  const written = textIn(scaffoldedFrom)
  const ref = fromAnnotation ?? (written ? model.refOf(written, defaults) : undefined)
  if (!ref) return undefined
  const version = annotations[templateVersion]?.trim()
  return {
    ref: plain(ref),
    ...(version ? { version: plain(version) } : {}),
    location: place(
      fromAnnotation ? ['metadata', 'annotations', sourceTemplate] : ['spec', 'scaffoldedFrom'],
    ),
  }
}
