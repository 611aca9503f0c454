import { plain, quoted } from '../quoted-text.ts'
import type { Complaint } from './backstage-model.ts'
import { type Repair, removing, replacing, sampleFor, sampleOf, valueAt } from './entity-repair.ts'
import { describe, dotted, typeWords } from './field-words.ts'
import type { FieldPath, PointAt } from './yaml-lines.ts'

/** What Backstage complains of, as a field and a sentence without its full stop. */
export interface Problem {
  field: FieldPath
  message: string
  /** Where the field is missing, the map it is missing from. */
  pointAt: FieldPath
  /** `value` unless said otherwise. */
  part?: PointAt
  /** Changes the entity so that this complaint goes away and the next one shows; absent when nothing would. */
  repair?: Repair
}

const wanted: Readonly<Record<string, string>> = {
  apiVersion: 'backstage.io/v1alpha1, or scaffolder.backstage.io/v1beta3 for a Template',
  kind: 'a kind such as Component, API, System or Location',
  metadata: 'a map with at least a name',
  'metadata.name': 'a name of letters and digits, separated by -, _ or .',
  spec: 'a map of what this kind needs',
  'spec.type': 'a type such as service, website or library',
  'spec.lifecycle': 'a lifecycle: experimental, production or deprecated',
  'spec.owner': 'the group or user that owns it',
  'spec.definition': 'the definition of the API, or a $text placeholder that names its file',
  'spec.children': 'a list of child groups, [] for none',
  'spec.memberOf': 'a list of groups, [] for none',
  'spec.steps': 'a list of steps',
}

const rootFields = new Set(['apiVersion', 'kind', 'metadata', 'spec'])

/** Backstage's wording, read back into a field, a sentence and a repair. A wording we don't know keeps its words. */
export const problemOf = (complaint: Complaint, entity: Record<string, unknown>): Problem => {
  if (complaint.from === 'reference') return referenceProblem(complaint)
  const message = complaint.message.replace(/^Malformed envelope, /, '')
  return (
    schemaProblem(message, entity) ??
    formatProblem(message, entity) ??
    foreignField(message, entity) ??
    asWorded(message)
  )
}

/** `/spec must have required property 'owner' - missingProperty: owner`, from ajv. */
const schemaProblem = (text: string, entity: Record<string, unknown>): Problem | undefined => {
  const match = /^(<root>|\/[\s\S]*?) must ((?:NOT )?(?:have|be|match) [\s\S]*)$/.exec(text)
  const pointer = match?.[1]
  const demand = match?.[2]
  if (pointer === undefined || demand === undefined) return undefined
  const at = pointer === '<root>' ? [] : pathOf(pointer)
  const value = valueAt(entity, at)
  const missing = /^have required property '(.+?)'/.exec(demand)?.[1]
  if (missing !== undefined) return missingProblem([...at, missing], at)
  const type = /^be ((?:string|object|array|boolean|number|integer|null|,)+)/.exec(demand)?.[1]
  if (type !== undefined) {
    const field = dotted(at)
    const next = value === null ? `; remove the line when there is nothing to say` : ''
    return {
      field: at,
      pointAt: at,
      message: `${field} is ${describe(value)}. Expected ${typeWords(type)}${next}`,
      repair: replacing(at, sampleOf(type, at)),
    }
  }
  if (demand.startsWith('NOT have fewer than 1 character'))
    return {
      field: at,
      pointAt: at,
      message: `${dotted(at)} is empty. Expected ${wanted[dotted(at)] ?? 'at least one character'}`,
      repair: replacing(at, 'x'),
    }
  const allowed = /allowedValues: (.*)$/.exec(demand)?.[1]
  if (demand.startsWith('be equal to one of') && allowed !== undefined)
    return {
      field: at,
      pointAt: at,
      message: `${dotted(at)} is ${describe(value)}. Expected ${allowed.split(',').join(' or ')}`,
      repair: replacing(at, allowed.split(',')[0]),
    }
  if (demand.startsWith('NOT have additional properties')) return foreignField(text, entity)
  if (demand.startsWith('match exactly one schema'))
    return {
      field: at,
      pointAt: at,
      message: `${dotted(at)} is ${describe(value)}. Expected a map, or a list of maps`,
      repair: replacing(at, {}),
    }
  return {
    field: at,
    pointAt: at,
    message: `${dotted(at)} is ${describe(value)}. Backstage says: it must ${plain(demand.split(' - ')[0] ?? '')}`,
  }
}

const missingProblem = (field: FieldPath, parent: FieldPath): Problem => {
  const name = dotted(field)
  return {
    field,
    pointAt: parent,
    part: 'key',
    message: `${name} is missing. Expected ${wanted[name] ?? 'a value'}`,
    repair: name === 'kind' ? undefined : replacing(field, sampleFor(name)),
  }
}

const nameRule = 'letters and digits, separated by -, _ or ., at most 63 characters'
const keyRule = `a name of ${nameRule}, perhaps after a lower-case domain and a slash`
const formats: readonly (readonly [RegExp, string])[] = [
  [/^metadata\.name$/, nameRule],
  [/^metadata\.namespace$/, 'lower-case letters and digits, separated by -, at most 63 characters'],
  [/^metadata\.tags\./, 'lower-case letters, digits, :, + and #, separated by -, at most 63 characters'],
  [/^metadata\.links\.\d+\.url$/, 'a whole URL, such as https://example.com/runbook'],
  [/^metadata\.links\./, 'some text'],
  [/^metadata\.labels\./, `a key that is ${keyRule}, and as its value ${nameRule}`],
  [/^metadata\.annotations\./, `a key that is ${keyRule}, and text as its value`],
  [/^apiVersion$/, 'backstage.io/v1alpha1'],
  [/^kind$/, 'letters and digits, a letter first, at most 63 characters'],
]

/** `"metadata.name" is not valid; expected …`, from the field format policy, which leaves out `metadata.` at times. */
const formatProblem = (text: string, entity: Record<string, unknown>): Problem | undefined => {
  const name =
    /^"([\s\S]+?)" is not valid;/.exec(text)?.[1] ??
    /^(\S+) (?:must have a value|could not be validated)/.exec(text)?.[1]
  if (name === undefined) return undefined
  const [, group, rest] = /^(labels|annotations|tags|links)\.([\s\S]*)$/.exec(name) ?? []
  const keyed = group === 'labels' || group === 'annotations'
  const field: FieldPath =
    group === undefined || rest === undefined
      ? name.split('.')
      : [
          'metadata',
          group,
          ...(keyed ? [rest] : rest.split('.').map(step => (/^\d+$/.test(step) ? Number(step) : step))),
        ]
  const full = dotted(field)
  const expected = formats.find(([pattern]) => pattern.test(full))?.[1] ?? 'a value that Backstage accepts'
  const fixed = group === undefined && (full === 'kind' || full === 'apiVersion')
  return {
    field,
    pointAt: field,
    part: keyed ? 'key' : 'value',
    message: `${full} is ${describe(valueAt(entity, field))}. Expected ${expected}`,
    repair: fixed
      ? undefined
      : keyed
        ? removing(field)
        : replacing(field, full.endsWith('.url') ? 'https://x' : 'x'),
  }
}

const foreignField = (text: string, entity: Record<string, unknown>): Problem | undefined => {
  const named = /^Unknown field ([\s\S]+)$/.exec(text)?.[1]
  if (named === undefined && !/must NOT have additional properties/.test(text)) return undefined
  const foreign =
    named ?? Object.keys(entity).find(key => !rootFields.has(key) && key !== 'relations' && key !== 'status')
  if (foreign === undefined) return undefined
  return {
    field: [foreign],
    pointAt: [foreign],
    part: 'key',
    message: `${plain(foreign)} is no field at the top of an entity. Expected only apiVersion, kind, metadata and spec; it may belong inside one of them`,
    repair: removing([foreign]),
  }
}

const referenceProblem = (complaint: Extract<Complaint, { from: 'reference' }>): Problem => {
  const field = dotted(complaint.field)
  const kindless = /missing or empty kind/.test(complaint.message)
  const expected = kindless
    ? `a kind before it, such as component:${plain(complaint.value)}`
    : 'a reference such as payments, group:payments or group:default/payments'
  return {
    field: complaint.field,
    pointAt: complaint.field,
    message: `${field} is ${quoted(complaint.value)}${kindless ? ', which says no kind' : ''}. Expected ${expected}`,
  }
}

const asWorded = (text: string): Problem => ({
  field: [],
  pointAt: [],
  message: `Backstage refuses this entity: ${plain(text)}`,
})

/** Kinds Backstage knows, with the apiVersions it takes them in. */
const knownKinds: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    ['API', 'Component', 'Domain', 'Group', 'Location', 'Resource', 'System', 'User'].map(kind => [
      kind,
      ['backstage.io/v1alpha1', 'backstage.io/v1beta1'],
    ]),
  ),
  Template: ['scaffolder.backstage.io/v1beta3'],
}

/** For an entity whose kind and apiVersion no validator knows: what is wrong with them, unless the kind is a foreign one. */
export const unrecognised = (kind: string, apiVersion: string): Problem | undefined => {
  const versions = Object.hasOwn(knownKinds, kind) ? knownKinds[kind] : undefined
  if (versions)
    return {
      field: ['apiVersion'],
      pointAt: ['apiVersion'],
      message: `apiVersion is ${quoted(apiVersion)}, which Backstage doesn't know for a ${kind}. Expected ${versions.join(' or ')}`,
    }
  const meant = Object.keys(knownKinds).find(known => known.toLowerCase() === kind.toLowerCase())
  if (!meant) return undefined
  return {
    field: ['kind'],
    pointAt: ['kind'],
    message: `kind is ${quoted(kind)}. Expected ${meant}, written like that`,
  }
}

const pathOf = (pointer: string): (string | number)[] =>
  pointer
    .slice(1)
    .split('/')
    .map(step => step.replaceAll('~1', '/').replaceAll('~0', '~'))
